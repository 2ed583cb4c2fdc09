"""Files that must be what they were: sealed, only read, and on the disk to the last byte."""

import hashlib
import os
import sqlite3
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class FileSeal(BaseModel):
    """Size in bytes and SHA-256 (hexadecimal) of one file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int
    sha256: str

    def matches(self, path: Path) -> bool:
        """Whether `path` is a file of this size and hash; another size spares the hashing."""
        return path.is_file() and path.stat().st_size == self.size and seal(path) == self


def seal(path: Path) -> FileSeal:
    """Hash a file in blocks, whatever its size."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileSeal(size=path.stat().st_size, sha256=digest)


def address(path: Path) -> str:
    """How SQLite is told of a file that nothing changes any more."""
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"


def read_only(path: Path) -> sqlite3.Connection:
    """An SQLite file that nothing changes any more, for any thread; it can neither be written nor
    run what its schema brings along.
    """
    connection = sqlite3.connect(address(path), uri=True, check_same_thread=False)
    connection.executescript("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;")
    return connection


def folder_size(folder: Path) -> int:
    """Bytes of all files in a folder and below it."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def sync(path: Path) -> None:
    """Flush a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
