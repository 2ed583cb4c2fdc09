"""Table: rows of cells as lines, the header first so that every row can be read with it."""

from collections.abc import Sequence
from itertools import zip_longest

Row = Sequence[str]


def table_lines(rows: Sequence[Row], headers: int | None = None) -> list[str]:
    """A table as lines `| a | b |`, with a rule below the header where there is one.

    `headers` counts the rows that the file marks as header, None when it does not say: then the
    first row is one only if it cannot be anything else (`_is_header`). Several become one, for a
    row is read with a single line above it.
    """
    filled = [[_cell(cell) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    width = max((len(row) for row in filled), default=0)
    even = [[*row, *[""] * (width - len(row))] for row in filled]
    if not even:
        return []
    count = int(_is_header(even)) if headers is None else min(headers, len(even) - 1)
    body = [_line(row) for row in even[count:]]
    if not count:
        return body
    return [_line(_merged(even[:count])), _line(["---"] * width), *body]


def _cell(text: str) -> str:
    """The words of a cell on one line; the sign that parts cells cannot stand in one."""
    return " ".join(text.replace("|", "¦").split())


def _line(row: Row) -> str:
    return f"| {' | '.join(row)} |"


def _is_header(rows: Sequence[Row]) -> bool:
    """Whether a first row that nothing marks names its columns: words alone, all different.

    In two columns it may as well be the first of a list of pairs, which would be lost as a header.
    """
    first = rows[0]
    return (
        len(rows) > 1
        and len(first) > 2
        and all(first)
        and len(set(first)) == len(first)
        and not any(character.isdigit() for cell in first for character in cell)
    )


def _merged(rows: Sequence[Row]) -> list[str]:
    """Header rows as one: below a heading shared by columns, each still has its own words."""
    columns = zip_longest(*rows, fillvalue="")
    return [" – ".join(dict.fromkeys(cell for cell in column if cell)) for column in columns]
