"""Ruling: tables that lines draw on a page, as cells in rows and columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.formats.geometry import Box
from ingest.formats.printed import Word


@dataclass(frozen=True, slots=True)
class Ruled:
    """A table drawn with lines: where it stands, and the words of each place in it.

    A cell that spans several places gives its words to each of them.
    """

    box: Box
    places: tuple[tuple[tuple[Word, ...], ...], ...]


def ruled_tables(rules: Sequence[Box], words: Sequence[Word]) -> tuple[Ruled, ...]:
    """The tables on a page, from top to bottom: two columns and two rows of words at least."""
    tables = (_table(group, words) for group in _groups(rules))
    return tuple(sorted((table for table in tables if table), key=lambda table: -table.box.top))


_NEAR = 3.0
"""Points: lines that meet are drawn to within this of each other."""

_LEAST = 4.0


def _groups(rules: Sequence[Box]) -> Iterator[list[Box]]:
    """Lines that touch, directly or through others; swept from left to right."""
    groups: list[tuple[Box, list[Box]]] = []
    for rule in sorted(rules, key=lambda rule: rule.left):
        touching = [group for group in groups if _touches(group, rule)]
        around, members = rule, [rule]
        for group in touching:
            around = _around([around, group[0]])
            members = [*group[1], *members]
            groups.remove(group)
        groups.append((around, members))
    for _, members in groups:
        if len(members) > _LEAST:
            yield members


def _touches(group: tuple[Box, list[Box]], rule: Box) -> bool:
    return _meets(group[0], rule) and any(_meets(one, rule) for one in group[1])


def _meets(one: Box, other: Box) -> bool:
    return (
        one.left <= other.right + _NEAR
        and other.left <= one.right + _NEAR
        and one.bottom <= other.top + _NEAR
        and other.bottom <= one.top + _NEAR
    )


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.bottom for box in boxes),
        max(box.right for box in boxes),
        max(box.top for box in boxes),
    )


def _table(rules: Sequence[Box], words: Sequence[Word]) -> Ruled | None:
    upright = [rule for rule in rules if rule.top - rule.bottom > rule.right - rule.left]
    level = [rule for rule in rules if rule.top - rule.bottom <= rule.right - rule.left]
    columns = list(pairwise(_edges(rule.left for rule in upright)))
    rows = list(pairwise(reversed(_edges(rule.bottom for rule in level))))
    if len(columns) < 2 or len(rows) < 2 or len(columns) * len(rows) > _PLACES:
        return None
    box = _around(rules)
    inside = [word for word in words if box.holds(_middle(word), _height(word))]
    cells = _Cells(columns, rows, upright, level)
    held: dict[int, list[Word]] = {}
    for word in inside:
        place = cells.place(word)
        if place is None:
            return None
        held.setdefault(cells.cell(*place), []).append(word)
    if len(held) < 3:
        return None
    return Ruled(
        box,
        tuple(
            tuple(tuple(held.get(cells.cell(row, column), ())) for column in range(len(columns)))
            for row in range(len(rows))
        ),
    )


_PLACES = 20_000


def _edges(places: Iterable[float]) -> list[float]:
    """Distinct places in order; lines drawn twice, or as the two sides of a stroke, are one."""
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > _NEAR:
            edges.append(place)
    return edges


def _middle(word: Word) -> float:
    return (word.left + word.right) / 2


def _height(word: Word) -> float:
    return word.baseline + word.size / 4


class _Cells:
    """Which places of a table make one cell: those with no line between them."""

    def __init__(
        self,
        columns: Sequence[tuple[float, float]],
        rows: Sequence[tuple[float, float]],
        upright: Sequence[Box],
        level: Sequence[Box],
    ) -> None:
        self._columns, self._rows = columns, rows
        self._root = list(range(len(columns) * len(rows)))
        for row, (top, bottom) in enumerate(rows):
            for column, (left, right) in enumerate(columns):
                x, y = (left + right) / 2, (top + bottom) / 2
                if column + 1 < len(columns) and not _is_between(upright, right, y, upright=True):
                    self._join(self._at(row, column), self._at(row, column + 1))
                if row + 1 < len(rows) and not _is_between(level, x, bottom, upright=False):
                    self._join(self._at(row, column), self._at(row + 1, column))

    def place(self, word: Word) -> tuple[int, int] | None:
        """The row and column in which a word stands."""
        x, y = _middle(word), _height(word)
        row = next((at for at, (top, low) in enumerate(self._rows) if low <= y <= top), None)
        column = next((at for at, (a, b) in enumerate(self._columns) if a <= x <= b), None)
        return None if row is None or column is None else (row, column)

    def cell(self, row: int, column: int) -> int:
        """What the places of one cell have in common."""
        return self._find(self._at(row, column))

    def _at(self, row: int, column: int) -> int:
        return row * len(self._columns) + column

    def _find(self, at: int) -> int:
        while self._root[at] != at:
            at = self._root[at]
        return at

    def _join(self, one: int, other: int) -> None:
        self._root[self._find(other)] = self._find(one)


def _is_between(rules: Sequence[Box], x: float, y: float, *, upright: bool) -> bool:
    """Whether a line passes through a point, give or take the breadth of a stroke."""
    across, along = (_NEAR, 0.0) if upright else (0.0, _NEAR)
    return any(
        rule.left - across <= x <= rule.right + across
        and rule.bottom - along <= y <= rule.top + along
        for rule in rules
    )
