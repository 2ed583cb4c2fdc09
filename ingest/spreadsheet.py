"""CSV as spreadsheets make it: any of their separators, in; nothing that they would compute, out.

A cell that begins like a formula is written behind an apostrophe, and read without it; one that
has apostrophes before such a beginning gets one more, so that every text comes back as it was.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path

from ingest.errors import DatasetError
from ingest.fold import fold
from ingest.textlines import read_lines

FORMULA = r"'*[ \u00a0]*[=+\-@＝＋－＠\t\r\n]"
"""How a cell begins that some spreadsheet might compute; also a JavaScript pattern."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for the encoding of their country: no Arabic survives."""

_SEPARATORS = ",;\t"
_FORMULA = re.compile(FORMULA)


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a header, for spreadsheets: marked as UTF-8, lines end as RFC 4180 has them."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([neutralise(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + out.getvalue()


def read_csv(path: Path, required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers, from 1, and rows by column name; blank rows are skipped.

    The separator is the comma, semicolon or tab that the header has most of. Cells missing at the
    end of a row are empty; columns beyond the required ones are kept. Raises PathMissingError, or
    DatasetError naming file and line for a missing column, a row with more cells than the header,
    and what is not UTF-8 or no CSV.
    """
    lines = [line for _, line in read_lines(path)]
    header: list[str] = []
    for number, cells in _records(path, _separator(lines[0] if lines else "")):
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [fold(cell).strip() for cell in cells]
            _require(path, number, header, required)
        elif any(cell.strip() for cell in cells[len(header) :]):
            raise DatasetError(
                f"{path}:{number}: has {len(cells)} cells under {len(header)} columns; quote the "
                "cells that hold the separator"
            )
        else:
            missing = [""] * (len(header) - len(cells))
            yield number, dict(zip(header, map(restore, [*cells, *missing]), strict=False))
    if not header:
        _require(path, 1, header, required)


def neutralise(cell: str) -> str:
    """The cell so that no spreadsheet computes it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def restore(cell: str) -> str:
    """What was neutralised: `restore(neutralise(cell)) == cell`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def _records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins on."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator, strict=True)
        begin = 1
        try:
            for cells in reader:
                yield begin, cells
                begin = reader.line_num + 1
        except csv.Error as error:
            raise DatasetError(f"{path}:{begin}: {error}; save it as CSV again") from error


def _separator(header: str) -> str:
    return max(_SEPARATORS, key=header.count)


def _require(path: Path, line: int, header: Sequence[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        raise DatasetError(
            f"{path}:{line}: the column {missing[0]!r} is missing; the first line names "
            f"{', '.join(required)}"
        )
    twice = [name for name in header if name and header.count(name) > 1]
    if twice:
        raise DatasetError(f"{path}:{line}: two columns are named {twice[0]!r}; rename one")
