"""`GET /v1/catalogue`: what lists and searches can be narrowed down by."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from api.state import assistant
from assistant.assistant import Assistant

router = APIRouter(prefix="/v1", tags=["documents"])
Sanad = Annotated[Assistant, Depends(assistant)]


class Choice(BaseModel):
    """One value of a filter, and how many entries of the list have it."""

    model_config = ConfigDict(frozen=True)

    value: str
    count: int


class RegionChoice(BaseModel):
    """A region: its id, and its names by language (fr, ar, en)."""

    model_config = ConfigDict(frozen=True)

    id: str
    names: Mapping[str, str]


class Catalogue(BaseModel):
    """The values that occur in the current generation, each list in alphabetical order.

    `sectors` are those of procedures, `topics` those of bodies in the directory, `publishers` those
    of the sources of documents.
    """

    model_config = ConfigDict(frozen=True)

    sectors: tuple[Choice, ...]
    topics: tuple[Choice, ...]
    publishers: tuple[Choice, ...]
    regions: tuple[RegionChoice, ...]


@router.get("/catalogue")
def read_catalogue(sanad: Sanad) -> Catalogue:
    """What the lists of the current generation can be narrowed down by."""
    store = sanad.store
    sectors = {one.family: one.sectors for one in store.documents_of_kind("procedure")}
    return Catalogue(
        sectors=_counted(sectors.values()),
        topics=_counted(body.topics for body in store.bodies()),
        publishers=_choices(store.publishers()),
        regions=tuple(RegionChoice(id=one.id, names=one.names) for one in store.regions()),
    )


def _counted(lists: Iterable[Iterable[str]]) -> tuple[Choice, ...]:
    return _choices(Counter(value for values in lists for value in values))


def _choices(counts: Mapping[str, int]) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, count=counts[value]) for value in sorted(counts))
