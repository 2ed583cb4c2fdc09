"""`GET /v1/gaps`: what was asked and not answered, for whoever writes the next document."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from api import problems, state
from api.access.caller import Caller, require
from api.clusters import MOST, Cluster, Clusters
from api.memory import gaps
from api.memory.database import Database
from api.paging import Cursor, Filter, Limit, before, page
from assistant.answer import Status
from assistant.assistant import Assistant
from assistant.question import SHEET_LANGUAGE, Language
from index.store import Store
from ingest.draft import draft, slug_of
from ingest.errors import RecordMissingError
from ingest.sheet import LANGUAGES, SheetLanguage

router = APIRouter(prefix="/v1", tags=["gaps"])
Records = Annotated[Database, Depends(state.database)]
Reader = Annotated[Caller, Depends(require("agent", "evaluator"))]

_LISTED = problems.documented(*problems.STAFF, *problems.RECORDS)
_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DRAFTED = 40
"""Gaps that one draft takes: their ids make an address."""


class GapEntry(BaseModel):
    """One question, masked; `status`, `reason` and `generation` are of the last time it was asked.

    Spellings that read alike are one question; `count` is how often it was asked. `answered` is
    when a later generation answered it, which closes the gap; null while it is open.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    question: str
    language: str | None
    region: str | None
    status: str
    reason: str | None
    generation: str | None
    count: int
    first_seen: datetime
    last_seen: datetime
    answered: datetime | None
    answer_id: str | None


class GapList(BaseModel):
    """One page, those met last first; `next` is the cursor of the following one."""

    model_config = ConfigDict(frozen=True)

    gaps: tuple[GapEntry, ...]
    next: str | None


class Share(BaseModel):
    """How often something was asked in a language, or from a region; null where that is unknown."""

    model_config = ConfigDict(frozen=True)

    value: str | None
    asked: int


class ClusterEntry(BaseModel):
    """Open gaps about one thing; `question` is the one nearest to all of them."""

    model_config = ConfigDict(frozen=True)

    question: str
    language: str | None
    asked: int
    languages: tuple[Share, ...]
    regions: tuple[Share, ...]
    first_seen: datetime
    last_seen: datetime
    gaps: tuple[GapEntry, ...]


class ClusterList(BaseModel):
    """The clusters, those asked most first; `more` says that older gaps were left out."""

    model_config = ConfigDict(frozen=True)

    clusters: tuple[ClusterEntry, ...]
    generation: str
    more: bool


class DraftFile(BaseModel):
    """One file of a sheet that is to be written, by its name."""

    model_config = ConfigDict(frozen=True)

    name: str
    language: SheetLanguage
    text: str


class Draft(BaseModel):
    """A sheet with its questions filled in, a file for each language."""

    model_config = ConfigDict(frozen=True)

    id: str
    files: tuple[DraftFile, ...]


@router.get("/gaps", responses=_LISTED)
def list_gaps(
    records: Records,
    _staff: Reader,
    *,
    language: Annotated[Language | None, Query()] = None,
    region: Annotated[Filter | None, Query(max_length=100)] = None,
    status: Annotated[Status | None, Query()] = None,
    open: Annotated[  # noqa: A002  (as it is called in the address)
        bool, Query(description="Without those that a later generation answered.")
    ] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> GapList:
    """The questions that were not answered, those met last first."""
    with records.session(readonly=True) as session:
        found = gaps.listed(
            session,
            language=language,
            region=region,
            status=status,
            open_only=open,
            limit=limit + 1,
            before=before(cursor),
        )
    kept, following = page(found, limit)
    return GapList(gaps=tuple(GapEntry.model_validate(one) for one in kept), next=following)


@router.get("/gaps/clusters", responses=_LISTED)
def cluster_gaps(
    records: Records,
    _staff: Reader,
    sanad: Annotated[Assistant, Depends(state.assistant)],
    clusters: Annotated[Clusters, Depends(state.clusters)],
    *,
    language: Annotated[Language | None, Query()] = None,
    region: Annotated[Filter | None, Query(max_length=100)] = None,
) -> ClusterList:
    """The open gaps by what they are about, those asked most first."""
    with records.session(readonly=True) as session:
        found = gaps.listed(
            session, language=language, region=region, open_only=True, limit=MOST + 1
        )
    together = clusters.of(sanad, found[:MOST])
    return ClusterList(
        clusters=tuple(map(_entry, together)),
        generation=sanad.generation.name,
        more=len(found) > MOST,
    )


@router.get(
    "/gaps/draft",
    responses=problems.documented(*problems.STAFF, RecordMissingError, *problems.RECORDS),
)
def draft_sheet(
    records: Records,
    _staff: Reader,
    sanad: Annotated[Assistant, Depends(state.assistant)],
    gap: Annotated[
        str,
        Query(
            max_length=37 * _DRAFTED,
            pattern=rf"^{_ID}(,{_ID}){{0,{_DRAFTED - 1}}}$",
            description=f"Ids of gaps, at most {_DRAFTED}, with commas; the main one first.",
        ),
    ],
) -> Draft:
    """A sheet to be written, with the questions that it is to answer."""
    ids = list(dict.fromkeys(gap.split(",")))
    with records.session(readonly=True) as session:
        found = gaps.chosen(session, ids)
    if not found:
        raise RecordMissingError("None of these gaps is kept any more; list them again.")
    found = tuple(sorted(found, key=lambda one: one.id != ids[0]))
    asked = _by_language(found)
    latin = [text for language in ("en", "fr") for text in asked.get(language, ())]
    name = slug_of(latin, f"gap-{found[0].id[:8]}")
    files = draft(name, asked, datetime.now(UTC).date(), _regions(sanad.store, found))
    return Draft(
        id=name,
        files=tuple(
            DraftFile(name=file, language=language, text=text)
            for (file, text), language in zip(files.items(), LANGUAGES, strict=True)
        ),
    )


def _entry(cluster: Cluster) -> ClusterEntry:
    middle = cluster.gaps[0]
    return ClusterEntry(
        question=middle.question,
        language=middle.language,
        asked=cluster.asked,
        languages=tuple(_shares(cluster.languages)),
        regions=tuple(_shares(cluster.regions)),
        first_seen=min(one.first_seen for one in cluster.gaps),
        last_seen=max(one.last_seen for one in cluster.gaps),
        gaps=tuple(map(GapEntry.model_validate, cluster.gaps)),
    )


def _shares(counts: Iterable[tuple[str | None, int]]) -> Iterable[Share]:
    return (Share(value=value, asked=asked) for value, asked in counts)


def _by_language(found: Sequence[gaps.Gap]) -> dict[SheetLanguage, list[str]]:
    """Questions under the language of the sheet that is to answer them."""
    asked: dict[SheetLanguage, list[str]] = {}
    for one in found:
        told = next((mine for theirs, mine in SHEET_LANGUAGE.items() if theirs == one.language), "")
        language: SheetLanguage = next((known for known in LANGUAGES if known == told), "fr")
        asked.setdefault(language, []).append(one.question)
    return asked


def _regions(store: Store, found: Sequence[gaps.Gap]) -> list[str]:
    """The one region that all of them were asked from, as sheets name it."""
    named = {
        frozenset(region.id for region in store.gazetteer.named(one.region or "")) for one in found
    }
    return sorted(*named) if len(named) == 1 else []
