"""Sheets that somebody filled in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.labels import COLUMNS, CRITERIA, SHOWN, Row, blind
from evals.score import Result
from ingest.spreadsheet import write_csv

Grades = Mapping[str, str | Sequence[str]]


def fill(
    path: Path, rows: Sequence[Row], grader: str, grades: Grades, *lines: Sequence[str]
) -> Path:
    """Write the sheet of these rows; `grades` gives, by id, one for each criterion, or one for
    all. `lines` are added as they are.
    """
    table = [
        [*row, *_four(grades.get(row.id, "")), grader if row.id in grades else "", ""]
        for row in rows
    ]
    path.write_text(write_csv(COLUMNS, [*table, *lines]), encoding="utf-8", newline="")
    return path


def rows_of(results: Sequence[Result]) -> list[Row]:
    """All rows, in the order of the results."""
    order = [result.id for result in results]
    return sorted(blind(results, len(results)), key=lambda row: order.index(row.id))


def extra(name: str, **cells: str) -> list[str]:
    """A row of its own, blank but for these cells."""
    assert set(cells) <= {*SHOWN, *CRITERIA, "grader", "note"}
    return [{"id": name, **cells}.get(column, "") for column in COLUMNS]


def _four(given: str | Sequence[str]) -> list[str]:
    return [given] * len(CRITERIA) if isinstance(given, str) else list(given)
