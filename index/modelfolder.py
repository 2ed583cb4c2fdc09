"""A model folder that knows its own hashes, so that changed weights are refused, not loaded.

`sanad-model.json` holds the format version, the hash of the file that the folder was made from, and
size and SHA-256 of every other file in the folder.
"""

import glob
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from index.files import FileSeal, seal, sync
from ingest.errors import ModelDamagedError, ModelMissingError

SEAL: Final = "sanad-model.json"
_OPTIMISED: Final = "optimised"
_HEX: Final = 12


class FolderSeal(BaseModel):
    """What `sanad-model.json` says.

    `format` goes up whenever an unpacker writes other bytes; older folders are then made anew.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    source_sha256: str
    files: dict[str, FileSeal]


def publish(folder: Path, write: Callable[[Path], None], *, source_sha256: str, work: Path) -> None:
    """Let `write` fill a fresh folder, seal it, and put it in the place of `folder`.

    `work` is a folder on the same disk that belongs to the caller; it may hold the rests of an
    earlier crash and is gone afterwards. All bytes are on the disk before the name changes, so
    `folder` is never half-written. Raises what `write` raises; `folder` is then as it was.
    """
    _remove(work)
    fresh, former = work / "fresh", work / "former"
    fresh.mkdir(parents=True)
    try:
        write(fresh)
        files = {name: seal(path) for name, path in _files(fresh)}
        whole = FolderSeal(source_sha256=source_sha256, files=files)
        (fresh / SEAL).write_text(whole.model_dump_json(indent=2) + "\n", encoding="utf-8")
        for _, path in _files(fresh):
            sync(path)
        if folder.exists():
            folder.rename(former)
        fresh.rename(folder)
        sync(folder.parent)
    finally:
        _remove(work)


def check(folder: Path) -> FolderSeal:
    """Return the seal of `folder` after hashing every file (about 0.3 s per 500 MB with SHA-NI).

    Raises `ModelMissingError` when there is no such folder, and `ModelDamagedError` when a file
    is missing, added or changed, or when the seal itself cannot be read.
    """
    whole = read_seal(folder)
    found = dict(_files(folder))
    found.pop(SEAL)
    if odd := sorted(found.keys() ^ whole.files.keys()):
        raise _damaged(folder / odd[0], "is missing or does not belong there")
    for name, path in found.items():
        if not whole.files[name].matches(path):
            raise _damaged(path, "differs from its published hash")
    return whole


def optimised(models: Path, name: str, fingerprint: str) -> Path:
    """Where `sanad models optimise` puts what it makes of a model."""
    return models / _OPTIMISED / f"{name}-{fingerprint[:_HEX]}"


def all_optimised(models: Path, name: str) -> list[Path]:
    """What was ever made of the models of that name."""
    return sorted((models / _OPTIMISED).glob(f"{glob.escape(name)}-{'[0-9a-f]' * _HEX}"))


def read_seal(folder: Path) -> FolderSeal:
    """Return what the seal of `folder` says, without hashing the files; errors as in `check`."""
    if not folder.is_dir():
        raise ModelMissingError(f"There is no model in {folder}. Run `sanad models pull`.")
    path = folder / SEAL
    try:
        return FolderSeal.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError) as error:
        raise _damaged(path, "is missing or unreadable") from error


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if not path.is_dir():
            yield path.relative_to(folder).as_posix(), path


def _damaged(path: Path, what: str) -> ModelDamagedError:
    return ModelDamagedError(f"{path} {what}. Run `sanad models pull` to make the model anew.")


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
