"""Workbook: the sheets of an Excel file as tables, each row as a person reads it.

The values that a program last showed are read and never a formula. Sheets, rows and columns that
are hidden are left out and told.
"""

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from ingest.errors import ExtractError
from ingest.extracted import Extracted
from ingest.formats.celltext import cell_text
from ingest.formats.limits import Limits
from ingest.formats.table import table_lines
from ingest.load import RawFile
from ingest.suspicion import suspicions
from ingest.unseen import Unseen, unseen

Rows = list[list[str]]


def read_workbook(raw: RawFile, limits: Limits) -> Extracted:
    """All visible sheets of an XLSX file, each under its name.

    `limits.max_cells` bounds them together. Raises `ExtractError` for a file that is damaged or
    larger, and for one whose formulas were never computed: their cells would be empty.
    """
    _check_cells(raw, limits)
    sheets = _sheets(raw)
    title = PurePosixPath(raw.id).stem
    hidden: list[Unseen] = []
    lines = [f"# {title}"]
    for sheet in sheets:
        hidden += _hidden(sheet)
        if sheet.sheet_state == "visible":
            lines += ["", f"## {sheet.title}", "", *_lines(sheet)]
    text = "\n".join(lines)
    return Extracted(
        text=text,
        title=title,
        guessed=("title",),
        suspicions=suspicions(text),
        unseen=tuple(hidden),
    )


_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>]")
_UNCOMPUTED = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)(?:<(?:\w+:)?v(?:/>|></(?:\w+:)?v>))?</(?:\w+:)?c>"
)
_CHUNK = 1 << 20


def _check_cells(raw: RawFile, limits: Limits) -> None:
    """Count cells while they are still bytes; the caller has checked the archive."""
    cells = 0
    with ZipFile(io.BytesIO(raw.data)) as archive:
        for name in filter(_SHEET.fullmatch, archive.namelist()):
            with archive.open(name) as stream:
                tail = b""
                while chunk := stream.read(_CHUNK):
                    piece = tail + chunk
                    cells += len(_CELL.findall(chunk))
                    if cells > limits.max_cells:
                        raise ExtractError(_too_many(raw.id, limits))
                    if _UNCOMPUTED.search(piece):
                        raise ExtractError(
                            f"{raw.id} holds formulas without their values ({name}); open it in a "
                            "spreadsheet program and save it"
                        )
                    tail = piece[-200:]


def _too_many(name: str, limits: Limits) -> str:
    return f"{name} holds more than {limits.max_cells:,} cells; split it into several files"


def _sheets(raw: RawFile) -> Sequence[Worksheet]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(raw.data), data_only=True).worksheets
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError) as error:
        message = f"{raw.id} is no workbook that can be read ({error}); save it again as XLSX"
        raise ExtractError(message) from error


def _lines(sheet: Worksheet) -> Iterator[str]:
    """The tables of a sheet, parted by its empty rows; a row of one cell above a table is text."""
    for number, block in enumerate(_blocks(_rows(sheet))):
        if number:
            yield ""
        at = next((at for at, row in enumerate(block) if not _is_caption(row)), len(block))
        for row in block[:at]:
            yield from (next(filter(None, row)), "")
        rows = block[at:]
        yield from table_lines(rows, 1 if _has_header(rows) else None)


def _rows(sheet: Worksheet) -> Rows:
    hidden = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    columns = _hidden_columns(sheet)
    merged = _merged(sheet)
    return [
        [
            merged.get((number, column)) or cell_text(cell.value, cell.number_format)
            for column, cell in enumerate(row, 1)
            if column not in columns
        ]
        for number, row in enumerate(sheet.iter_rows(), 1)
        if number not in hidden
    ]


def _merged(sheet: Worksheet) -> dict[tuple[int, int], str]:
    """What stands in each place of the merged cells: the words of the first one."""
    if not sheet.merged_cells.ranges:
        return {}
    last = sheet.max_row, sheet.max_column
    return {
        place: cell_text(first.value, first.number_format)
        for area in sheet.merged_cells.ranges
        for first in [sheet.cell(area.min_row, area.min_col)]
        for place in _places(area.bounds, last)
    }


def _places(bounds: tuple[int, int, int, int], last: tuple[int, int]) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = bounds
    for row in range(top, min(bottom, last[0]) + 1):
        for column in range(left, min(right, last[1]) + 1):
            yield row, column


def _blocks(rows: Rows) -> Iterator[Rows]:
    block: Rows = []
    for row in [*rows, []]:
        if any(row):
            block.append(row)
        elif block:
            yield block
            block = []


def _is_caption(row: Sequence[str]) -> bool:
    """Whether a row says one thing, be it in one cell or in cells merged over the table."""
    return len(set(filter(None, row))) == 1


def _has_header(rows: Rows) -> bool:
    """Whether the first row names the columns: words in all of them, and figures below."""
    if len(rows) < 2:
        return False
    first = rows[0]
    named = [cell for cell in first if cell]
    is_words = len(named) > 1 and not any(_FIGURE.fullmatch(cell) for cell in named)
    return is_words and any(_FIGURE.fullmatch(cell) for row in rows[1:] for cell in row if cell)


_FIGURE = re.compile(r"[-+(]?[\d\s.,/:%)-]*\d[\d\s.,/:%)-]*(?:[^\W\d]{1,4})?")


def _hidden_columns(sheet: Worksheet) -> set[int]:
    hidden = [(one.min, one.max) for one in sheet.column_dimensions.values() if one.hidden]
    last = sheet.max_column if hidden else 0
    return {n for low, high in hidden for n in range(low or 1, min(high or 1, last) + 1)}


def _hidden(sheet: Worksheet) -> tuple[Unseen, ...]:
    """What a sheet hides, told by its first row: all of it, or rows and columns."""
    all_hidden = sheet.sheet_state != "visible"
    rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    columns = _hidden_columns(sheet)
    if not (all_hidden or rows or columns):
        return ()
    found = [
        (number, words)
        for number, row in enumerate(sheet.iter_rows(), 1)
        for column, cell in enumerate(row, 1)
        if all_hidden or number in rows or column in columns
        for words in [cell_text(cell.value, cell.number_format)]
        if words
    ]
    first = found[0][0] if found else 1
    return unseen(first, "\n".join(words for _, words in found), f"{sheet.title}: ")
