"""Grid: the cells of a table in their places, those that span several repeated in each."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.errors import ExtractError


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as a file writes it: its words and how many columns and rows it takes."""

    words: str
    columns: int = 1
    rows: int = 1


def grid(rows: Iterable[Iterable[Cell]], name: str) -> list[list[str]]:
    """The words of each place, row by row.

    Raises `ExtractError`, naming the file, when spans make it larger than `_PLACES`.
    """
    placed: list[list[str]] = []
    hanging: dict[int, tuple[str, int]] = {}
    places = 0
    for cells in rows:
        row, hanging = _row(cells, hanging)
        places += len(row)
        if places > _PLACES:
            raise ExtractError(f"{name} holds a table of more than {_PLACES:,} places; split it")
        placed.append(row)
    return placed


_PLACES = 1_000_000
_WIDEST = 1_000


def _row(
    cells: Iterable[Cell], hanging: dict[int, tuple[str, int]]
) -> tuple[list[str], dict[int, tuple[str, int]]]:
    """One row, and what hangs from it (or from above) into the next, by column."""
    row: list[str] = []
    below: dict[int, tuple[str, int]] = {}

    def take_hanging() -> None:
        while len(row) in hanging:
            words, rows = hanging[len(row)]
            if rows > 1:
                below[len(row)] = (words, rows - 1)
            row.append(words)

    for cell in cells:
        take_hanging()
        for _ in range(min(max(cell.columns, 1), _WIDEST)):
            if cell.rows > 1:
                below[len(row)] = (cell.words, cell.rows - 1)
            row.append(cell.words)
    take_hanging()
    return row, below
