"""Listings: newest first, a page at a time, without gaps or repeats while records are added."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, Table, select, tuple_
from sqlalchemy.sql import literal

Place = tuple[datetime, str]
"""Where a page ended: time and id of its last record. Hand it on as `before` for the next page."""

LIMIT = 50
"""Records on a page unless the caller says otherwise."""


def newest(
    table: Table, moment: str, *wanted: ColumnElement[bool], limit: int, before: Place | None
) -> Select[tuple[object, ...]]:
    """The records that are `wanted`, by the column `moment`, the newest first."""
    at, name = table.c[moment], table.c.id
    chosen = select(table).where(*wanted).order_by(at.desc(), name.desc()).limit(limit)
    if before is None:
        return chosen
    return chosen.where(
        tuple_(at, name) < tuple_(literal(before[0], at.type), literal(before[1], name.type))
    )
