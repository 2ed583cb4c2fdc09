"""Vectors already paid for, keyed by model and text: an unchanged text is never embedded twice.

Texts and vectors pass through the file, not through memory: a collection may be larger than the
machine. What is missing is embedded from long to short, in chunks that are committed whole. A run
that was killed therefore finds its first chunks done, and cuts the rest exactly as an undisturbed
run does: the last bits of a vector depend on the batch that it was computed in.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.embedding import Advance, Embedder, EmbedderIdentity, Vectors
from ingest.errors import StorageError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID;
CREATE TEMP TABLE wanted (
    row INTEGER PRIMARY KEY, key BLOB NOT NULL, length INTEGER NOT NULL, text TEXT NOT NULL
);
CREATE TEMP TABLE pending (place INTEGER PRIMARY KEY, key BLOB NOT NULL, row INTEGER NOT NULL);
"""
_FIND_MISSING = """
INSERT INTO pending (key, row)
SELECT key, min(row) AS first FROM wanted
WHERE NOT EXISTS (SELECT 1 FROM vectors WHERE vectors.key = wanted.key)
GROUP BY key ORDER BY length DESC, first
"""
_UNUSED = "FROM vectors WHERE key NOT IN (SELECT key FROM wanted)"
_CHUNK = 256
Identified = tuple[EmbedderIdentity, str]
"""A text with the model that its vector is of."""


@dataclass(frozen=True, slots=True)
class Unused:
    """Cached vectors that a collection does not need, and what they take in bytes."""

    vectors: int
    bytes: int


class EmbeddingCache:
    """A SQLite file beside the generations; each chunk is committed before the next is embedded.

    The file is a cache: it may be deleted at any time at the price of embedding again. All methods
    raise StorageError when the disk refuses or the file is no cache.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._storage():
            self._connection = sqlite3.connect(path)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def embed(
        self, embedder: Embedder, texts: Iterable[str], advance: Advance | None = None
    ) -> tuple[Vectors, int]:
        """Vectors of all texts, shape (texts, dimension), and how many had to be embedded anew."""
        count, embedded = self.pay(embedder, texts, advance)
        result = np.empty((count, embedder.identity.dimension), dtype=np.float32)
        for row, vector in enumerate(self.paid()):
            result[row] = vector
        return result, embedded

    def pay(
        self, embedder: Embedder, texts: Iterable[str], advance: Advance | None = None
    ) -> tuple[int, int]:
        """Have a vector for every text; `paid` then gives them in this order.

        Returns how many texts there are and how many had to be embedded anew.
        """
        identity = embedder.identity
        count, missing = self._want((identity, text) for text in texts)
        if advance:
            advance(count - missing)
        for keys, chunk in self._chunks():
            self._write(keys, embedder.embed_passages(chunk, advance))
        return count, missing

    def paid(self) -> Iterator[Vectors]:
        """The vectors of the texts that were paid last, each of shape (dimension,)."""
        with self._storage():
            for (vector,) in self._connection.execute(
                "SELECT vector FROM wanted JOIN vectors USING (key) ORDER BY row"
            ):
                yield np.frombuffer(vector, dtype=np.float32)

    def missing(self, texts: Iterable[Identified]) -> int:
        """How many different texts have no vector here."""
        return self._want(texts)[1]

    def unused(self, texts: Iterable[Identified]) -> Unused:
        """The vectors that belong to none of these texts."""
        self._want(texts)
        with self._storage():
            row = self._connection.execute(
                f"SELECT count(*), coalesce(sum(length(key) + length(vector)), 0) {_UNUSED}"
            ).fetchone()
        return Unused(*row)

    def shrink(self, texts: Iterable[Identified]) -> Unused:
        """Forget the vectors that belong to none of these texts, and give their space back."""
        found = self.unused(texts)
        with self._storage():
            with self._connection:
                self._connection.execute(f"DELETE {_UNUSED}")
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return found

    def _want(self, texts: Iterable[Identified]) -> tuple[int, int]:
        rows = (
            (row, _key(identity, text), len(text), text)
            for row, (identity, text) in enumerate(texts)
        )
        with self._storage(), self._connection:
            self._connection.execute("DELETE FROM wanted")
            self._connection.execute("DELETE FROM pending")
            self._connection.executemany("INSERT INTO wanted VALUES (?, ?, ?, ?)", rows)
            self._connection.execute(_FIND_MISSING)
            count, missing = self._connection.execute(
                "SELECT (SELECT count(*) FROM wanted), (SELECT count(*) FROM pending)"
            ).fetchone()
        return count, missing

    def _chunks(self) -> Iterator[tuple[list[bytes], list[str]]]:
        first = 1
        while True:
            with self._storage():
                rows = self._connection.execute(
                    "SELECT pending.key, text FROM pending JOIN wanted USING (row)"
                    " WHERE place BETWEEN ? AND ? ORDER BY place",
                    (first, first + _CHUNK - 1),
                ).fetchall()
            if not rows:
                return
            yield [key for key, _ in rows], [text for _, text in rows]
            first += _CHUNK

    def _write(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        with self._storage(), self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                ((key, row.tobytes()) for key, row in zip(keys, vectors, strict=True)),
            )

    @contextmanager
    def _storage(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise StorageError(
                f"{self._path} cannot be used: {error}. Free some space, or delete that file: "
                "what it held is then embedded again."
            ) from error


def _key(identity: EmbedderIdentity, text: str) -> bytes:
    parts = (identity.fingerprint, str(identity.dimension), identity.passage_prefix, text)
    return hashlib.sha256("\0".join(parts).encode()).digest()
