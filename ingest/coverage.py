"""Coverage: where each fact that was collected for the corpus went, in `coverage.csv`.

Facts are collected first and worded later, so a fact can be lost on the way without anybody
noticing. Each one has a row for every statement that carries it, or one row saying why none does.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TextIO

from ingest.document import Document
from ingest.problem import Problem

COVERAGE_FILE = "coverage.csv"
COLUMNS = ("fact_id", "sheet", "anchor", "reason")

_FACT = re.compile(r"[A-Z]\d{3,}")


@dataclass(frozen=True, slots=True)
class Placement:
    """One fact in one statement: `sheet` and `anchor` are set, or else `reason`, never both.

    `line` is that of the file, counted from 1.
    """

    fact_id: str
    sheet: str | None
    anchor: str | None
    reason: str | None
    line: int


def read_coverage(folder: Path, problems: list[Problem]) -> tuple[Placement, ...]:
    """The placements in the corpus folder, in the order of the file; none when there is no file.

    What cannot be read is added to `problems` and left out.
    """
    path = folder / COVERAGE_FILE
    if not path.exists():
        return ()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return tuple(_placements(file, problems))
    except UnicodeDecodeError as error:
        problems.append(_problem(1, f"is not UTF-8 (byte {error.start})", rule="encoding"))
    except OSError as error:
        problems.append(_problem(1, f"cannot be read ({error.strerror})", rule="file"))
    return ()


def check_coverage(folder: Path, documents: Iterable[Document]) -> Iterator[Problem]:
    """All that is wrong in the file: broken rows, unknown places, repetitions, another order."""
    problems: list[Problem] = []
    placements = read_coverage(folder, problems)
    yield from problems
    yield from _missing_places(placements, documents)
    yield from _repetitions(placements)
    yield from _disorder(placements)


def _placements(file: TextIO, problems: list[Problem]) -> Iterator[Placement]:
    rows = csv.reader(file, strict=True)
    try:
        if tuple(next(rows, ())) != COLUMNS:
            problems.append(_problem(1, f"the first line must be {','.join(COLUMNS)}"))
            return
        for row in rows:
            placement = _placement(row, rows.line_num, problems)
            if placement:
                yield placement
    except csv.Error as error:
        problems.append(_problem(rows.line_num, f"this is not CSV ({error})"))


def _placement(row: Sequence[str], line: int, problems: list[Problem]) -> Placement | None:
    if len(row) != len(COLUMNS):
        message = f"a row has {len(COLUMNS)} values, {', '.join(COLUMNS)}; this one has {len(row)}"
        problems.append(_problem(line, message))
        return None
    fact_id, sheet, anchor, reason = (value.strip() for value in row)
    if not _FACT.fullmatch(fact_id):
        problems.append(_problem(line, f"the id {fact_id!r} is not of the form F001"))
        return None
    is_placed, is_left_out = bool(sheet and anchor), bool(reason)
    if is_placed == is_left_out or bool(sheet) != bool(anchor):
        message = f"{fact_id} needs a sheet with an anchor, or a reason why it is in none"
        problems.append(_problem(line, message))
        return None
    return Placement(fact_id, sheet or None, anchor or None, reason or None, line)


def _missing_places(
    placements: Iterable[Placement], documents: Iterable[Document]
) -> Iterator[Problem]:
    anchors: dict[str, set[str]] = {}
    for document in documents:
        known = anchors.setdefault(document.family, set())
        known.update(statement.anchor for statement in document.statements)
    for placement in placements:
        if placement.sheet is None:
            continue
        if placement.sheet not in anchors:
            yield _problem(placement.line, f"{placement.sheet!r} is no sheet")
        elif placement.anchor not in anchors[placement.sheet]:
            message = f"{placement.anchor!r} is no statement of the sheet {placement.sheet!r}"
            yield _problem(placement.line, message)


def _repetitions(placements: Iterable[Placement]) -> Iterator[Problem]:
    first: dict[tuple[str, str | None, str | None], int] = {}
    for placement in placements:
        place = (placement.fact_id, placement.sheet, placement.anchor)
        line = first.setdefault(place, placement.line)
        if line != placement.line:
            message = f"{placement.fact_id} has the same place on line {line}; keep one"
            yield _problem(placement.line, message, rule="duplicate")
    placed = {placement.fact_id for placement in placements if placement.sheet}
    for placement in placements:
        if placement.reason and placement.fact_id in placed:
            message = f"{placement.fact_id} is left out here and placed elsewhere; keep one"
            yield _problem(placement.line, message)


def _disorder(placements: Sequence[Placement]) -> Iterator[Problem]:
    for before, after in pairwise(placements):
        if _order(after) < _order(before):
            message = f"{after.fact_id} stands after {before.fact_id}; sort the rows"
            yield _problem(after.line, message, rule="order")
            return


def _order(placement: Placement) -> tuple[str, str, str]:
    return placement.fact_id, placement.sheet or "", placement.anchor or ""


def _problem(line: int, message: str, rule: str = "coverage") -> Problem:
    return Problem(COVERAGE_FILE, line, rule, message)
