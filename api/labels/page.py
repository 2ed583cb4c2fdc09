"""Answers to grade as one page: nothing fetched, nothing of an answer ever run, grades kept here.

What a cell of the sheet holds stands in the page once, as text; the script reads it back from
there, so that the CSV it writes is the sheet with its grades filled in.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.report.page import isolated, tongue
from evals.labels import COLUMNS, CRITERIA, SHOWN, Row
from evals.spreadsheet import FORMULA


def render(rows: Sequence[Row]) -> str:
    """The page for these rows; equal rows give the same page, and find the same grades again."""
    style, script = _asset("labels.css"), _asset("labels.js")
    settings = {
        "sheet": hashlib.sha256(repr(rows).encode()).hexdigest()[:16],
        "columns": COLUMNS,
        "shown": SHOWN,
        "criteria": CRITERIA,
        "formula": f"^(?:{FORMULA})",
        "strings": json.loads(_asset("strings.json")),
    }
    return (
        _environment()
        .get_template("labels.html.j2")
        .render(
            rows=rows,
            criteria=CRITERIA,
            settings=settings,
            style=Markup(style),  # noqa: S704  (our own file)
            script=Markup(script),  # noqa: S704
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'",
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api.labels", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(isolated=isolated)
    environment.globals.update(tongue=tongue)
    return environment


def _asset(name: str) -> str:
    return files("api.labels").joinpath("template", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
