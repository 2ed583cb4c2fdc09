"""Columns: where the words of a page stand side by side, as columns of text or as a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby, takewhile
from math import inf
from statistics import mean

from ingest.formats.printed import Word
from ingest.formats.visual import logical

Gap = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side on one baseline with no wide gap between them."""

    words: tuple[Word, ...]
    left: float
    right: float
    baseline: float
    size: float
    is_bold: bool

    @classmethod
    def of(cls, words: Iterable[Word]) -> "Line":
        """The line that some words make; its size is that of most letters."""
        held = tuple(words)
        main = max(held, key=lambda word: word.right - word.left)
        return cls(
            words=held,
            left=min(word.left for word in held),
            right=max(word.right for word in held),
            baseline=main.baseline,
            size=main.size,
            is_bold=all(word.is_bold for word in held if any(map(str.isalnum, word.text))),
        )

    def words_in_order(self, *, is_rtl: bool) -> list[Word]:
        """The words from where reading begins."""
        return sorted(self.words, key=lambda word: -word.right if is_rtl else word.left)

    def text(self, *, is_rtl: bool) -> str:
        """The words as they are read."""
        return logical([word.glyphs for word in self.words], size=self.size, is_rtl=is_rtl)


@dataclass(frozen=True, slots=True)
class Band:
    """Rows below each other that leave the same gaps free, and those gaps from left to right."""

    rows: tuple[tuple[Line, ...], ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether every row has few words under every column; of two columns, three rows at least,
        for less may be chance.
        """
        least = 2 if len(self.gaps) > 1 else 3
        if not self.gaps or len(self.rows) < least:
            return False
        if any(not cell for row in self._cells for cell in row):
            return False
        return self._words_per_line() <= _FEW_WORDS

    @property
    def is_columns(self) -> bool:
        """Whether running text stands side by side."""
        if not self.gaps or self.is_table:
            return False
        return (
            all(len(column) >= _COLUMN_LINES for column in self.columns)
            and self._words_per_line() >= _RUNNING_WORDS
        )

    @property
    def columns(self) -> list[list[Line]]:
        """The lines of each column from the left, from the top down."""
        rows = self._cells
        return [[Line.of(row[at]) for row in rows if row[at]] for at in range(len(self.gaps) + 1)]

    @property
    def table_rows(self) -> list[list[tuple[Word, ...]]]:
        """The words of each place, row by row, from the left."""
        return [[tuple(cell) for cell in row] for row in self._cells]

    @property
    def _cells(self) -> list[list[list[Word]]]:
        """The words of each row by column."""
        edges = [*(right for _, right in self.gaps), inf]
        cells: list[list[list[Word]]] = []
        for row in self.rows:
            places: list[list[Word]] = [[] for _ in edges]
            for word in (word for line in row for word in line.words):
                at = next(at for at, edge in enumerate(edges) if word.left < edge)
                places[at].append(word)
            cells.append(places)
        return cells

    def _words_per_line(self) -> float:
        return mean(len(line.words) for column in self.columns for line in column)


Row = tuple[Line, ...]

_FEW_WORDS = 3.5
_RUNNING_WORDS = 2.5
_COLUMN_LINES = 3
_SAME_LINE = 0.45
_WIDE = 1.0
"""Of the size of the letters: a gap that no blank between two words makes."""


def bands(words: Iterable[Word]) -> Iterator[Band]:
    """The words in bands, from the top down; rows that share no gap are bands of their own."""
    rows: list[Row] = []
    free: list[Gap] = []
    for row in _rows(words):
        shared = _shared(free, _free(row)) if rows else _free(row)
        if rows and (not _inner(shared, [*rows, row]) or _ends_table(rows, row)):
            yield from _settled(rows)
            rows, shared = [], _free(row)
        rows.append(row)
        free = shared
    if rows:
        yield from _settled(rows)


def _ends_table(rows: Sequence[Row], row: Row) -> bool:
    """Whether the last rows are a table that `row` does not go on with."""
    if len(row) == len(rows[-1]):
        return False
    alike = list(takewhile(lambda one: len(one) == len(rows[-1]), reversed(rows)))
    return _band(alike).is_table


def _settled(rows: Sequence[Row]) -> Iterator[Band]:
    """The tables among rows that share a gap, and what stands between them."""
    between: list[Row] = []
    for _, group in groupby(rows, key=len):
        alike = tuple(group)
        band = _band(alike)
        if not band.is_table:
            between += alike
            continue
        if between:
            yield _band(between)
        between = []
        yield band
    if between:
        yield _band(between)


def _band(rows: Sequence[Row]) -> Band:
    shared = reduce(_shared, map(_free, rows))
    return Band(tuple(rows), tuple(_inner(shared, rows)))


def _rows(words: Iterable[Word]) -> Iterator[Row]:
    return (tuple(_lines(row)) for row in rows_of(words))


def rows_of(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Words that stand on one height, from the top down."""
    row: list[Word] = []
    for word in sorted(words, key=lambda word: -word.baseline):
        if row and row[0].baseline - word.baseline > _SAME_LINE * max(row[0].size, word.size):
            yield row
            row = []
        row.append(word)
    if row:
        yield row


def _lines(row: Sequence[Word]) -> Iterator[Line]:
    """The words of a row, parted where a gap is wide; a mark of an item stays with its words."""
    line: list[Word] = []
    for word in sorted(row, key=lambda word: word.left):
        is_apart = line and word.left - max(one.right for one in line) > _WIDE * word.size
        if is_apart and not _is_mark(line[-1:]) and not _is_mark([word]):
            yield Line.of(line)
            line = []
        line.append(word)
    yield Line.of(line)


_MARKS = frozenset("-–—•●▪◦■□➢✓*o\uf0b7\uf0a7\uf0d8")


def _is_mark(words: Sequence[Word]) -> bool:
    return all(word.text in _MARKS for word in words)


def _free(row: Sequence[Line]) -> list[Gap]:
    """The stretches of a row without words, those beside it included."""
    edges = [-inf, *(edge for line in row for edge in (line.left, line.right)), inf]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _shared(some: Sequence[Gap], others: Sequence[Gap]) -> list[Gap]:
    both = [(max(one[0], other[0]), min(one[1], other[1])) for one in some for other in others]
    return [gap for gap in both if gap[0] < gap[1]]


def _inner(free: Sequence[Gap], rows: Sequence[Sequence[Line]]) -> list[Gap]:
    """The free stretches with words on both sides that are wide enough to part columns."""
    left = min(line.left for row in rows for line in row)
    right = max(line.right for row in rows for line in row)
    size = min(line.size for row in rows for line in row)
    return [
        gap for gap in free if gap[0] > left and gap[1] < right and gap[1] - gap[0] >= 0.8 * size
    ]
