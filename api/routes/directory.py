"""`GET /v1/directory`: the bodies that can help, and how to reach them."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from api.keywords import Keywords
from api.sourced import SourceEntry
from api.state import assistant
from assistant.assistant import Assistant
from index.store import Store
from ingest.body import Body, ContactKind

router = APIRouter(prefix="/v1", tags=["directory"])
Sanad = Annotated[Assistant, Depends(assistant)]


class ContactEntry(BaseModel):
    """One way to reach a body, with the source that ties it to that body."""

    model_config = ConfigDict(frozen=True)

    kind: ContactKind
    value: str
    source: SourceEntry


class BodyEntry(BaseModel):
    """An institution or department; `names` and `purpose` by language (fr, ar, en).

    `regions` are the ids of those that it is the office of; `topics` those it can help with.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    names: Mapping[str, str]
    aliases: tuple[str, ...]
    purpose: Mapping[str, str]
    topics: tuple[str, ...]
    regions: tuple[str, ...]
    contacts: tuple[ContactEntry, ...]


class Directory(BaseModel):
    """The bodies that match, ordered by id. Numbers that no source ties to a body are not here."""

    model_config = ConfigDict(frozen=True)

    bodies: tuple[BodyEntry, ...]


@router.get("/directory")
def list_bodies(
    sanad: Sanad,
    region: Annotated[
        str | None,
        Query(max_length=100, description="Id or name of a region, or of a place in it."),
    ] = None,
    topic: Annotated[str | None, Query(max_length=100)] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words it must hold.")] = None,
) -> Directory:
    """The directory of the current generation, narrowed down by what is given."""
    store, words = sanad.store, Keywords(q or "")
    served = offices(store)
    wanted = None if region is None else regions_named(store, region)
    found = (
        body
        for body in store.bodies()
        if (wanted is None or wanted & frozenset(served.get(body.id, ())))
        and (topic is None or topic in body.topics)
        and words.found_in((*body.names.values(), *body.aliases, *body.purpose.values()))
    )
    return Directory(bodies=tuple(entry(body, served.get(body.id, ())) for body in found))


def entry(body: Body, regions: tuple[str, ...]) -> BodyEntry:
    """A body as it is shown."""
    return BodyEntry(
        id=body.id,
        names=body.names,
        aliases=body.aliases,
        purpose=body.purpose,
        topics=body.topics,
        regions=regions,
        contacts=tuple(
            ContactEntry(kind=one.kind, value=one.value, source=SourceEntry.of(one.source))
            for one in body.contacts
        ),
    )


def regions_named(store: Store, text: str) -> frozenset[str]:
    """Ids of the regions that a text names, by id, by name or by a place."""
    by_id = {region.id for region in store.regions() if region.id == text}
    return frozenset(by_id or {region.id for region in store.gazetteer.named(text)})


def offices(store: Store) -> dict[str, tuple[str, ...]]:
    """The regions of each body that is an office of some."""
    offices: dict[str, tuple[str, ...]] = {}
    for region in store.regions():
        offices[region.office] = (*offices.get(region.office, ()), region.id)
    return offices
