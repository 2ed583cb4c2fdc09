"""Csvtable: a CSV file as one table, whatever program and country it was written in."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ingest.errors import ExtractError
from ingest.extracted import Extracted
from ingest.formats.celltext import cell_text
from ingest.formats.charset import decode_text
from ingest.formats.limits import Limits
from ingest.formats.table import table_lines
from ingest.load import RawFile
from ingest.suspicion import suspicions
from ingest.unseen import shown

Rows = list[list[str]]


def read_csv(raw: RawFile, limits: Limits) -> Extracted:
    """The rows of the file below their header, cells as they stand.

    The delimiter is what gives rows of one width, the encoding named in `guessed` where the file
    could be something else. Raises `ExtractError` when nothing fits, and
    beyond `limits.max_cells`.
    """
    decoded = decode_text(raw)
    text, hidden = shown(decoded.text)
    rows = _table(raw.id, _NAMED.sub("\n", text.removeprefix("\ufeff"), count=1), limits)
    title = PurePosixPath(raw.id).stem
    named = 1 if _names_columns(rows) else None
    lines = [f"# {title}", "", *table_lines(rows, named)]
    return Extracted(
        text="\n".join(lines),
        title=title,
        guessed=("title", *decoded.guessed),
        suspicions=suspicions(text),
        unseen=hidden,
    )


_NAMED = re.compile(r"\A\"?sep=.\"?\r?\n", re.IGNORECASE)
"""A line by which a spreadsheet names its delimiter; the rows keep their numbers without it."""


def _table(name: str, text: str, limits: Limits) -> Rows:
    """The rows of the delimiter that cuts them most finely into one width."""
    readings: list[Rows] = []
    complaint = ""
    for delimiter in ";,\t|":
        if delimiter not in text.lstrip().partition("\n")[0]:
            continue
        try:
            readings.append(list(_rows(name, text, delimiter, limits)))
        except _UnevenError as error:
            complaint = complaint or str(error)
    if readings:
        return max(readings, key=lambda rows: len(rows[0]) if rows else 0)
    if complaint:
        raise ExtractError(f"{name}:{complaint}")
    return [[cell_text(line)] for line in text.split("\n") if line.strip()]


class _UnevenError(Exception):
    """Under this delimiter the rows have no common width."""


def _rows(name: str, text: str, delimiter: str, limits: Limits) -> Iterator[list[str]]:
    width, cells = 0, 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            width = width or len(row)
            cells += len(row)
            if len(row) != width:
                raise _UnevenError(
                    f"{reader.line_num} has {len(row)} cells where the first row has {width}; put "
                    f"quotes around cells that hold {delimiter!r}"
                )
            if cells > limits.max_cells:
                raise ExtractError(
                    f"{name} holds more than {limits.max_cells:,} cells; split it into several"
                )
            yield [cell_text(cell) for cell in row]
    except csv.Error as error:
        raise _UnevenError(
            f"{reader.line_num} cannot be read ({error}); check its quotes"
        ) from error


def _names_columns(rows: Rows) -> bool:
    """Whether the first row is a header, as nearly always: words, all there, all different."""
    if len(rows) < 2:
        return False
    first = rows[0]
    has_words = all(any(map(str.isalpha, cell)) for cell in first)
    return has_words and len(set(first)) == len(first)
