"""Vocabulary: the words of a collection as people write them, and which one a slip stands for."""

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.commonwords import LEAST, CommonWords, script
from index.files import read_only
from ingest.fold import fold

_WORD = re.compile(r"[^\W\d_]+")
_TWO_FROM = 9
_COUNT = 3
_COUNT_FOR_TWO = 10
_SCHEMA = """
CREATE TABLE words (
    word TEXT PRIMARY KEY, written TEXT NOT NULL, count INTEGER NOT NULL,
    script TEXT NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX by_size ON words (script, size, count);
"""


class Vocabulary:
    """Folded words with how often they occur in a collection, in an SQLite file of its generation.

    A word was misspelt when the collection has never seen it, hardly anybody writes it (see
    `index.commonwords`), and it is one slip away from a word of the collection, two if it is long:
    a letter too many, too few or wrong, or two in the wrong order (optimal string alignment;
    Boytsov, 2011). Rare words may be slips themselves.

    Opening reads no word; a slip is held against the words that are about as long. Safe to share
    between threads.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._common = CommonWords.load()

    @classmethod
    def open(cls, path: Path) -> "Vocabulary":
        """The vocabulary that `write` left in a file; sqlite3.Error when it is none."""
        connection = read_only(path)
        connection.execute("SELECT word, written, count FROM words LIMIT 1")
        return cls(connection)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Vocabulary":
        """The words of `texts`, in memory."""
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        _fill(connection, texts)
        return cls(connection)

    @staticmethod
    def write(path: Path, texts: Iterable[str]) -> None:
        """Count the words of `texts` into a new file; equal texts give equal bytes."""
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            _fill(connection, texts)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def __len__(self) -> int:
        """How many words occur."""
        return int(self._connection.execute("SELECT count(*) FROM words").fetchone()[0])

    def __contains__(self, word: str) -> bool:
        """Whether a folded word occurs."""
        found = self._connection.execute("SELECT 1 FROM words WHERE word = ?", (word,))
        return found.fetchone() is not None

    def written(self, word: str) -> str:
        """A folded word as it is mostly spelt, itself when it does not occur."""
        found = self._connection.execute("SELECT written FROM words WHERE word = ?", (word,))
        row = found.fetchone()
        return str(row[0]) if row else word

    def meant_by(self, word: str, among: Collection[str] | None = None) -> str | None:
        """The word that a folded one is a slip of, None if it is none that anybody can tell.

        With `among` only these are thought of. Of the nearest it is the most frequent.
        """
        if len(word) < LEAST[script(word)] or word in self or word in self._common:
            return None
        most = 2 if len(word) >= _TWO_FROM else 1
        counts = self._about_as_long(word, most)
        likely = [
            (distance, found[0] != word[0], -counts[found], found)
            for found, distance in _within(word, most, [*counts])
            if (distance == 1 or counts[found] >= _COUNT_FOR_TWO)
            and (among is None or found in among)
        ]
        return self.written(min(likely)[-1]) if likely else None

    def _about_as_long(self, word: str, most: int) -> dict[str, int]:
        """The words that are not rare, at most `most` letters longer or shorter, with counts."""
        rows = self._connection.execute(
            "SELECT word, count FROM words"
            " WHERE script = ? AND size BETWEEN ? AND ? AND count >= ?",
            (script(word), len(word) - most, len(word) + most, _COUNT),
        )
        return dict(rows.fetchall())


def _within(word: str, most: int, among: Sequence[str]) -> Iterator[tuple[str, int]]:
    found = process.extract(word, among, scorer=OSA.distance, score_cutoff=most, limit=None)
    return ((near, int(distance)) for near, distance, _ in found)


def _fill(connection: sqlite3.Connection, texts: Iterable[str]) -> None:
    counts, written = _counted(texts)
    connection.executescript(_SCHEMA)
    connection.executemany(
        "INSERT INTO words VALUES (?, ?, ?, ?, ?)",
        (
            (word, written[word], count, script(word), len(word))
            for word, count in sorted(counts.items())
        ),
    )
    connection.commit()


def _counted(texts: Iterable[str]) -> tuple[Counter[str], dict[str, str]]:
    """How often each folded word occurs, and how it is mostly spelt; a spelling is folded once."""
    raw = Counter(chain.from_iterable(text.split() for text in texts)).most_common()
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    lines = fold("\n".join(typed for typed, _ in raw)).split("\n") if raw else []
    for line, (typed, count) in zip(lines, raw, strict=True):
        found = _WORD.findall(line)
        spelt = _WORD.findall(typed)
        spelt = spelt if len(spelt) == len(found) else found
        for word, spelling in zip(found, spelt, strict=True):
            counts[word] += count
            written.setdefault(word, spelling)
    return counts, written
