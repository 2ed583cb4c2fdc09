"""Pages of records, newest first; each names where the next one goes on, whatever was added."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

from fastapi import Query
from pydantic import AfterValidator

from ingest.fold import strip_controls

if TYPE_CHECKING:
    from api.memory.listing import Place

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEX = "[0-9a-f]"

Limit = Annotated[int, Query(ge=1, le=500, description="Records on a page.")]
Cursor = Annotated[
    str | None,
    Query(
        pattern=rf"^[0-9]{{1,16}}\.{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}$",
        description="`next` of the page before; without it the newest are given.",
    ),
]

Filter = Annotated[str, AfterValidator(strip_controls)]
"""A word to narrow a list down by; what no reader sees stands in no record."""


class Placed(Protocol):
    """A record that knows its place among those of its kind."""

    @property
    def place(self) -> "Place":
        """Its time and its id."""
        ...


_P = TypeVar("_P", bound=Placed)


def before(cursor: str | None) -> "Place | None":
    """The place that a cursor stands for."""
    if cursor is None:
        return None
    moment, _, name = cursor.partition(".")
    return _EPOCH + timedelta(microseconds=int(moment)), name


def page(records: Sequence[_P], limit: int) -> tuple[Sequence[_P], str | None]:
    """The first `limit` of the records, and the cursor of the rest when there is any."""
    if len(records) <= limit:
        return records, None
    moment, name = records[limit - 1].place
    return records[:limit], f"{(moment - _EPOCH) // timedelta(microseconds=1)}.{name}"
