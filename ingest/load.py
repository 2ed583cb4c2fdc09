"""Load: from a folder or a file to bytes with an id; what cannot be read is reported."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import PathMissingError

SUFFIXES = (".md", ".txt")
_KINDS = ", ".join(SUFFIXES)


class LoadSettings(BaseModel):
    """What is read. `max_bytes` bounds one file: text far beyond it is data, not a document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_bytes: int = Field(default=20_000_000, ge=1)


@dataclass(frozen=True, slots=True)
class RawFile:
    """The bytes of one file; `id` is its path under the loaded folder, with `/` on every system."""

    path: Path
    id: str
    data: bytes


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """A file that was left out, and why."""

    file: str
    reason: str


def load(path: Path, settings: LoadSettings) -> Iterator[RawFile | Failure]:
    """The files under `path` (or the one file it is), sorted by id; hidden ones are not looked at.

    Raises `PathMissingError` when `path` does not exist. A file of another kind, too large,
    unreadable, or reached through a link that leaves the folder is a `Failure`.
    """
    if not path.exists():
        raise PathMissingError(f"{path} does not exist; give a folder or a file that does")
    root = path.resolve()
    if root.is_file():
        yield _read(root, root.name, root.parent, settings)
        return
    for name in sorted(_names(root)):
        yield _read(root / name, name, root, settings)


def _names(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = [name for name in folders if not name.startswith(".") and name not in links]
        for name in (*files, *links):
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(root).as_posix()


def _read(path: Path, name: str, root: Path, settings: LoadSettings) -> RawFile | Failure:
    reason = _refusal(path, root, settings)
    if reason:
        return Failure(name, reason)
    try:
        return RawFile(path, name, path.read_bytes())
    except OSError as error:
        return Failure(name, f"cannot be read ({error.strerror}); check its permissions")


def _refusal(path: Path, root: Path, settings: LoadSettings) -> str | None:
    try:
        target = path.resolve(strict=True)
        size = target.stat().st_size
    except (OSError, RuntimeError):
        return "is a link to nothing; remove it or restore its target"
    limit = settings.max_bytes
    refusals = (
        (not target.is_relative_to(root), "is a link out of the folder; copy the file in instead"),
        (target.is_dir(), "is a link to a folder, whose files are read in their own place"),
        (not target.is_file(), "is not a regular file"),
        (path.suffix.lower() not in SUFFIXES, f"is not of a kind that is read ({_KINDS})"),
        (size > limit, f"holds {size} bytes, more than the {limit} allowed; split it"),
    )
    return next((reason for applies, reason in refusals if applies), None)
