"""The shelf: what was read from each file, kept until the file changes.

    reading.sqlite   a row for each file, with the hash of its bytes and of the code that read it,
                     and its documents as JSON; and what was worked out from a document

Each file is committed by itself, so a run that was killed continues with the next one, and an
unchanged file is not read again. Documents come back one by one: the collection may be larger than
memory. The file is a cache and may be deleted at the price of reading everything again.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from ingest.clean import RemovedLine
from ingest.document import Document
from ingest.errors import StorageError
from ingest.load import Failure, RawFile
from ingest.unseen import LeftOut

_SCHEMA = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY, seal TEXT NOT NULL, published TEXT, present INTEGER NOT NULL,
    notes TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    file TEXT NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (file, place)
);
CREATE INDEX IF NOT EXISTS documents_by_id ON documents (id, file, place);
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, result TEXT NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE used (key TEXT PRIMARY KEY) WITHOUT ROWID;
UPDATE files SET present = 0;
"""
_PRESENT = "FROM documents JOIN files ON files.name = documents.file WHERE files.present"

State = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Notes:
    """What is told about a file besides its documents.

    `cleaned` counts the lines that were taken out, `unattributed` are those of them that are
    contacts nobody owns, `repaired` counts the documents whose letters were put right, `failures`
    are parts of the file that could not be read, `hidden` what it does not show.
    """

    cleaned: int = 0
    unattributed: tuple[RemovedLine, ...] = ()
    repaired: int = 0
    failures: tuple[Failure, ...] = ()
    hidden: tuple[LeftOut, ...] = ()


_DOCUMENT = TypeAdapter(Document)
_NOTES = TypeAdapter(Notes)


class Shelf:
    """The documents of the files that are there now, and of those that were published last.

    One process at a time: another gets a StorageError at once. `path` None keeps all in memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        with self._storage():
            if path:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path or ":memory:", timeout=0)
            self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def has(self, raw: RawFile, reading: str) -> bool:
        """Whether these very bytes were read before, in this way; they are present then."""
        with self._storage(), self._connection:
            found = self._connection.execute(
                "UPDATE files SET present = 1 WHERE name = ? AND seal = ?",
                (raw.id, _seal(raw, reading)),
            )
            return found.rowcount > 0

    def put(self, raw: RawFile, reading: str, documents: Iterable[Document], notes: Notes) -> None:
        """What was read from a file now, instead of what was read before."""
        self._put(raw.id, _seal(raw, reading), documents, notes)

    def keep(self, name: str) -> tuple[str, ...]:
        """Let a file, or all files of a folder, be present as they were read before.

        Returns their names, none if nothing was read.
        """
        with self._storage(), self._connection:
            rows = self._connection.execute(
                "UPDATE files SET present = 1"
                " WHERE name = :name OR substr(name, 1, length(:name) + 1) = :name || '/'"
                " RETURNING name",
                {"name": name},
            ).fetchall()
        return tuple(sorted(name for (name,) in rows))

    def restore(self, name: str, documents: Iterable[Document]) -> None:
        """Documents of a file that were published before and are not on this shelf."""
        self._put(name, "", documents, Notes())

    def state(self, name: str) -> State:
        """What became of a present file since the last publication."""
        with self._storage():
            published, seal = self._connection.execute(
                "SELECT published, seal FROM files WHERE name = ?", (name,)
            ).fetchone()
        if published is None:
            return "new"
        return "unchanged" if published == seal else "changed"

    def vanished(self) -> tuple[str, ...]:
        """Files that were published and are not present."""
        with self._storage():
            rows = self._connection.execute(
                "SELECT name FROM files WHERE NOT present AND published IS NOT NULL ORDER BY name"
            ).fetchall()
        return tuple(name for (name,) in rows)

    def notes(self) -> Iterator[tuple[str, Notes]]:
        """What is told about the present files, by name."""
        with self._storage():
            for name, notes in self._connection.execute(
                "SELECT name, notes FROM files WHERE present ORDER BY name"
            ):
                yield name, _NOTES.validate_json(notes)

    def ids(self) -> Iterator[tuple[str, str]]:
        """Id and file of the present documents, by id, file and place in it."""
        with self._storage():
            yield from self._connection.execute(
                f"SELECT documents.id, documents.file {_PRESENT} ORDER BY id, file, place"
            )

    def documents(self, among: Container[str] | None = None) -> Iterator[Document]:
        """The present documents in the order of `ids`; with `among` only those with such an id."""
        with self._storage():
            for name, body in self._connection.execute(
                f"SELECT id, body {_PRESENT} ORDER BY id, file, place"
            ):
                if among is None or name in among:
                    yield _DOCUMENT.validate_json(body)

    def document(self, name: str) -> Document:
        """The document that `documents` gives for an id."""
        with self._storage():
            (body,) = self._connection.execute(
                f"SELECT body {_PRESENT} AND id = ? ORDER BY file, place", (name,)
            ).fetchone()
        return _DOCUMENT.validate_json(body)

    def result(self, what: str, document: Document, work: Callable[[Document], str]) -> str:
        """What `work` makes of a document; done once, until the document or our code changes."""
        key = f"{what} {document.digest} {reading_code()}"
        with self._storage(), self._connection:
            self._connection.execute("INSERT OR IGNORE INTO used VALUES (?)", (key,))
            found = self._connection.execute(
                "SELECT result FROM results WHERE key = ?", (key,)
            ).fetchone()
        if found:
            return str(found[0])
        made = work(document)
        with self._storage(), self._connection:
            self._connection.execute("INSERT INTO results VALUES (?, ?)", (key, made))
        return made

    def settle(self) -> None:
        """What is present was published; all else is forgotten."""
        with self._storage(), self._connection:
            self._connection.execute("DELETE FROM results WHERE key NOT IN (SELECT key FROM used)")
            self._connection.execute("DELETE FROM files WHERE NOT present")
            self._connection.execute(
                "DELETE FROM documents WHERE file NOT IN (SELECT name FROM files)"
            )
            self._connection.execute("UPDATE files SET published = seal")

    def _put(self, name: str, seal: str, documents: Iterable[Document], notes: Notes) -> None:
        rows = (
            (name, place, one.id, _DOCUMENT.dump_json(one).decode())
            for place, one in enumerate(documents)
        )
        with self._storage(), self._connection:
            self._connection.execute("DELETE FROM documents WHERE file = ?", (name,))
            self._connection.executemany("INSERT INTO documents VALUES (?, ?, ?, ?)", rows)
            self._connection.execute(
                "INSERT INTO files VALUES (?, ?, NULL, 1, ?) ON CONFLICT (name) DO UPDATE"
                " SET seal = excluded.seal, present = 1, notes = excluded.notes",
                (name, seal, _NOTES.dump_json(notes).decode()),
            )

    @contextmanager
    def _storage(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.DatabaseError) as error:
            if "locked" in str(error):
                raise StorageError(
                    f"Another process is reading into {self._path}; try again when it has finished."
                ) from error
            raise StorageError(
                f"{self._path} cannot be used: {error}. Free some space, or delete that file: "
                "what it held is then read again."
            ) from error


def _seal(raw: RawFile, reading: str) -> str:
    origin = raw.origin.model_dump_json() if raw.origin else ""
    return hashlib.sha256(raw.data + origin.encode()).hexdigest() + reading


@cache
def reading_code() -> str:
    """Hash of the code that reads files: this room, and the libraries it may use.

    Whoever changes how a file is read need not remember a version number.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    for name in sorted(f"{one.name} {one.version}" for one in distributions()):
        digest.update(name.encode())
    return digest.hexdigest()[:16]
