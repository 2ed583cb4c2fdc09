"""Stale: what in a corpus is out of date, soon will be, or has grown too old to trust unread."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ingest.corpus import Corpus
from ingest.document import PAST, Document, Statement
from ingest.figures import Figure, find_figures

REVIEW_DAYS = 180
"""A sheet without `review_after` is to be read again this many days after its `as_of`."""
SOON_DAYS = 60
"""What ends within this many days is named before it ends."""
SOURCE_YEARS = 2
"""Sources that are older no longer prove by themselves that something still holds."""

StaleKind = Literal[
    "expired", "expiring", "superseded", "overdue", "review", "old-source", "undated-source"
]


@dataclass(frozen=True, slots=True)
class Stale:
    """One thing to look at again: a statement, or a whole sheet where `anchor` is None.

    `topic` is the first one of the sheet, `owner` the id of the body that its `contact` names.
    `date` decided, in ISO form, possibly partial; None where nothing is dated. `kind` tells why:

    - `expired`, `expiring`: `date` is the last day it holds, past or near;
    - `superseded`: something replaced it, which the corpus also holds;
    - `overdue`: announced, and the last date that the announcement names is past;
    - `review`: `date` was the last day to trust the sheet unread;
    - `old-source`, `undated-source`: no source of `sources` is younger than two years; `date` is
      that of the youngest.
    """

    topic: str
    owner: str | None
    sheet: str
    anchor: str | None
    kind: StaleKind
    date: str | None = None
    sources: tuple[str, ...] = ()


def stale(corpus: Corpus, today: date) -> tuple[Stale, ...]:
    """All that is stale on the day `today`, by topic, owner and sheet, in the order of the text.

    A sheet is told once, whatever its languages: they share dates, statuses and sources. What is
    marked superseded or historical is settled, so neither its end nor the age of its sources is
    told.
    """
    replaced = {document.supersedes for document in corpus.documents}
    sheets = {document.family: document for document in corpus.documents}
    ordered = sorted(
        sheets.values(), key=lambda sheet: (_topic(sheet), sheet.contact or "", sheet.id)
    )
    return tuple(
        one
        for sheet in ordered
        for one in _of_sheet(sheet, today, is_replaced=sheet.family in replaced)
    )


def _of_sheet(sheet: Document, today: date, *, is_replaced: bool) -> Iterator[Stale]:
    if is_replaced:
        yield _stale(sheet, None, "superseded")
    ending = _ending(sheet.valid_to, today)
    if ending:
        yield _stale(sheet, None, ending, sheet.valid_to)
    review = review_day(sheet)
    if review and review < today:
        yield _stale(sheet, None, "review", review.isoformat())
    is_settled = is_replaced or ending == "expired"
    for statement in sheet.own_statements:
        yield from _of_statement(sheet, statement, today, is_settled=is_settled)


def review_day(sheet: Document) -> date | None:
    """The last day to trust a sheet unread: `review_after`, or 180 days after its `as_of`."""
    if sheet.review_after:
        return date.fromisoformat(sheet.review_after)
    if sheet.as_of:
        as_of = date.fromisoformat(sheet.as_of)
        return as_of + min(timedelta(days=REVIEW_DAYS), date.max - as_of)
    return None


def _of_statement(
    sheet: Document, statement: Statement, today: date, *, is_settled: bool
) -> Iterator[Stale]:
    if statement.status == "superseded":
        yield _stale(sheet, statement, "superseded", statement.valid_to)
    if statement.status in PAST:
        return
    ending = _ending(statement.valid_to, today)
    if ending:
        yield _stale(sheet, statement, ending, statement.valid_to)
    if statement.status == "announced" and ending != "expired":
        planned = _last_date(sheet.text[statement.start : statement.end])
        if planned and _end(planned) < _day(today):
            yield _stale(sheet, statement, "overdue", planned)
    if not is_settled and ending != "expired":
        yield from _aged(sheet, statement, today)


def _ending(last: str | None, today: date) -> Literal["expired", "expiring"] | None:
    if last is None:
        return None
    day = date.fromisoformat(last)
    if day < today:
        return "expired"
    return "expiring" if (day - today).days <= SOON_DAYS else None


def _aged(sheet: Document, statement: Statement, today: date) -> Iterator[Stale]:
    sources = tuple(source.key for source in statement.sources)
    dates = [source.date for source in statement.sources if source.date]
    if not dates:
        yield _stale(sheet, statement, "undated-source", sources=sources)
        return
    youngest = max(dates, key=_end)
    year, *rest = _end(youngest)
    if (year + SOURCE_YEARS, *rest) < _day(today):
        yield _stale(sheet, statement, "old-source", youngest, sources)


def _last_date(text: str) -> str | None:
    """The latest date that a text names, a bare year included."""
    dates = [named for figure in find_figures(text) if (named := _named_date(figure, text))]
    return max(dates, key=_end, default=None)


def _named_date(figure: Figure, text: str) -> str | None:
    if figure.kind == "date":
        return figure.value if figure.value[0] != "-" else None
    is_year = figure.kind == "number" and _YEAR.fullmatch(text[figure.start : figure.end])
    return figure.value if is_year else None


_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def _end(text: str) -> tuple[int, ...]:
    """When a year, a month or a day in ISO form is over, as numbers to compare with `_day`."""
    parts = tuple(map(int, text.split("-")))
    return (*parts, 12, 31) if len(parts) == 1 else (*parts, 31)[:3]


def _day(day: date) -> tuple[int, ...]:
    return day.year, day.month, day.day


def _stale(
    sheet: Document,
    statement: Statement | None,
    kind: StaleKind,
    day: str | None = None,
    sources: tuple[str, ...] = (),
) -> Stale:
    anchor = statement.anchor if statement else None
    return Stale(_topic(sheet), sheet.contact, sheet.family, anchor, kind, day, sources)


def _topic(sheet: Document) -> str:
    return sheet.topics[0] if sheet.topics else ""
