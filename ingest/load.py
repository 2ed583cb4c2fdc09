"""Load: from a folder or a file to bytes with an id; what cannot be read is reported."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ingest.errors import ExtractError, PathMissingError
from ingest.feeds.origin import Origin, read_origins
from ingest.foldersource import SOURCE_FILE, FolderSource, FolderSources

SUFFIXES = (
    ".csv",
    ".docx",
    ".htm",
    ".html",
    ".jsonl",
    ".md",
    ".ndjson",
    ".pdf",
    ".tsv",
    ".txt",
    ".xhtml",
    ".xlsx",
)
_KINDS = ", ".join(SUFFIXES)


class LoadSettings(BaseModel):
    """What is read. `max_bytes` bounds one file: text far beyond it is data, not a document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_bytes: int = Field(default=20_000_000, ge=1)


@dataclass(frozen=True, slots=True)
class RawFile:
    """The bytes of one file; `id` is its path under the loaded folder, with `/` on every system.

    `origin` is where it was fetched, or what its folder says of its files; None when neither does.
    """

    path: Path
    id: str
    data: bytes
    origin: Origin | FolderSource | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was left out, and why: a sentence that begins with its name, and with the line,
    page or record where it is known.

    `is_quarantined` tells that it could be read and is held back: people have to look at it.
    `is_part` tells that only a part of it was left out, as a line of a file of records.
    """

    file: str
    reason: str
    is_quarantined: bool = False
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of documents, or one file. `name` stands before the ids of its files.

    It keeps the files of several folders apart in one index.
    """

    path: Path
    name: str = ""

    def id(self, file: str) -> str:
        """The id of a file of this folder."""
        return f"{self.name}/{file}" if self.name else file


def load(folder: Folder, settings: LoadSettings) -> Iterator[RawFile | Failure]:
    """The files of a folder, sorted by id; hidden ones and those of the desktop are not looked at.

    Raises `PathMissingError` when there is no such path, and `ExtractError` when it, or what it
    says of its files, cannot be read: then nothing is known, least of all that files are gone. A
    file of another kind, too large, unreadable, or reached through a link that leaves the folder is
    a `Failure`, and so is a folder inside that cannot be read.
    """
    root, found = _found(folder.path)
    origins, sources = read_origins(root), FolderSources(root)
    for name, refusal in found:
        if refusal:
            yield _failure(folder.id(name), refusal)
            continue
        read = _read(root / name, folder.id(name), root, settings)
        if isinstance(read, RawFile):
            read = replace(read, origin=origins.get(name) or sources.of(name))
        yield read


def count_files(folder: Folder) -> int:
    """How many files `load` will give; raises as it does."""
    return len(_found(folder.path)[1])


def _found(path: Path) -> tuple[Path, list[tuple[str, str]]]:
    """What is there by name, with the reason why it cannot be looked at, if it cannot."""
    if not path.exists():
        raise PathMissingError(
            f"{path} does not exist; give a folder or a file that does (the corpus is the folder "
            "that SANAD_CORPUS names)"
        )
    root = path.resolve()
    if root.is_file():
        return root.parent, [(root.name, "")]
    return root, sorted(_names(root))


_HIDDEN = (".", "~$")
"""`~$` begins the name of the file by which an Office program locks the one that is open."""

_NO_DOCUMENT = frozenset({"thumbs.db", "desktop.ini"})


def _names(root: Path) -> Iterator[tuple[str, str]]:
    closed: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=closed.append):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = [name for name in folders if not name.startswith(".") and name not in links]
        for name in (*files, *links):
            if name != SOURCE_FILE and not _is_of_the_desktop(name):
                yield (Path(folder) / name).relative_to(root).as_posix(), ""
    for error in closed:
        refusal = f"cannot be read ({error.strerror}); check its permissions"
        if Path(error.filename) == root:
            raise ExtractError(f"{root} {refusal}. Nothing was changed.") from error
        yield Path(error.filename).relative_to(root).as_posix(), refusal


def _is_of_the_desktop(name: str) -> bool:
    return name.startswith(_HIDDEN) or name.lower() in _NO_DOCUMENT


def _read(path: Path, name: str, root: Path, settings: LoadSettings) -> RawFile | Failure:
    reason = _refusal(path, root, settings)
    if reason:
        return _failure(name, reason)
    try:
        return RawFile(path, name, path.read_bytes())
    except OSError as error:
        return _failure(name, f"cannot be read ({error.strerror}); check its permissions")


def _failure(name: str, reason: str) -> Failure:
    return Failure(name, f"{name} {reason}")


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
