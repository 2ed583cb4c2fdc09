"""Vectors already paid for, keyed by model and text: an unchanged text is never embedded twice."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from index.embedding import Advance, Embedder, Vectors
from ingest.errors import StorageError

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
_CHUNK = 256


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
            self._connection.execute(_SCHEMA)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def embed(
        self, embedder: Embedder, texts: Sequence[str], advance: Advance | None = None
    ) -> tuple[Vectors, int]:
        """Vectors of all texts, shape (texts, dimension), and how many had to be embedded anew."""
        keys = [_key(embedder, text) for text in texts]
        found = self._read(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if advance:
            advance(len(texts) - len(missing))
        pending = sorted(missing.items(), key=lambda item: -len(item[1]))
        for begin in range(0, len(pending), _CHUNK):
            chunk = pending[begin : begin + _CHUNK]
            vectors = embedder.embed_passages([text for _, text in chunk], advance)
            rows = {key: row for (key, _), row in zip(chunk, vectors, strict=True)}
            self._write(rows)
            found.update(rows)
        result = np.empty((len(texts), embedder.identity.dimension), dtype=np.float32)
        for row, key in enumerate(keys):
            result[row] = found[key]
        return result, len(missing)

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        with self._storage():
            for key in set(keys):
                row = self._connection.execute(
                    "SELECT vector FROM vectors WHERE key = ?", (key,)
                ).fetchone()
                if row is not None:
                    found[key] = np.frombuffer(row[0], dtype=np.float32)
        return found

    def _write(self, rows: dict[bytes, Vectors]) -> None:
        with self._storage(), self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                [(key, vector.tobytes()) for key, vector in rows.items()],
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


def _key(embedder: Embedder, text: str) -> bytes:
    identity = embedder.identity
    parts = (identity.fingerprint, str(identity.dimension), identity.passage_prefix, text)
    return hashlib.sha256("\0".join(parts).encode()).digest()
