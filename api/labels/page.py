"""Answers to grade as one page, which keeps the grades.

What a cell of the sheet holds stands in the page once, as text; the script reads it back from
there, so that the CSV it writes is the sheet with its grades filled in.
"""

import hashlib
import json
from collections.abc import Sequence

from api.html.page import asset, render_page
from evals.labels import COLUMNS, CRITERIA, SHOWN, Row
from ingest.spreadsheet import FORMULA


def render(rows: Sequence[Row]) -> str:
    """The page for these rows; equal rows give the same page, and find the same grades again."""
    settings = {
        "sheet": hashlib.sha256(repr(rows).encode()).hexdigest()[:16],
        "columns": COLUMNS,
        "shown": SHOWN,
        "criteria": CRITERIA,
        "formula": f"^(?:{FORMULA})",
        "strings": json.loads(asset("api.labels", "strings.json")),
    }
    return render_page("api.labels", "labels", rows=rows, criteria=CRITERIA, settings=settings)
