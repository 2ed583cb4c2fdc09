"""`GET /v1/suggestions` and `/v1/choices`: what to ask, and what to tell about oneself."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from api.state import assistant
from assistant.assistant import Assistant
from assistant.question import Profile
from assistant.state import today
from assistant.suggest import suggest

router = APIRouter(prefix="/v1", tags=["suggestions"])
Sanad = Annotated[Assistant, Depends(assistant)]
Word = Annotated[str | None, Query(max_length=100)]

_MARKETS = "place"
_NO_MARKETS = frozenset({"southern-regions", "tanger-med", "morocco"})
"""Places of the glossary that lie in the country itself."""


class SuggestionEntry(BaseModel):
    """A question that `document_id` answers; `concerned` when a profile names what it is about."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    text: str
    language: str
    document_id: str
    concerned: bool


class SuggestionList(BaseModel):
    """Others each day, the same all day; those that concern a profile first."""

    model_config = ConfigDict(frozen=True)

    questions: tuple[SuggestionEntry, ...]


class NamedChoice(BaseModel):
    """One choice: its id, and its names by language (fr, ar, en) as far as the corpus has them."""

    model_config = ConfigDict(frozen=True)

    id: str
    names: Mapping[str, str]


class Choices(BaseModel):
    """What the fields of a profile may name so that it counts."""

    model_config = ConfigDict(frozen=True)

    regions: tuple[NamedChoice, ...]
    sectors: tuple[NamedChoice, ...]
    markets: tuple[NamedChoice, ...]


@router.get("/suggestions")
def list_suggestions(
    sanad: Sanad,
    language: Annotated[Literal["fr", "ar", "en"], Query()] = "fr",
    limit: Annotated[int, Query(ge=1, le=20)] = 4,
    *,
    region: Word = None,
    sector: Word = None,
    market: Word = None,
    first_export: bool | None = None,
) -> SuggestionList:
    """Questions that the documents answer, for whoever does not know what to ask."""
    profile = Profile(region=region, sector=sector, market=market, first_export=first_export)
    found = suggest(sanad.store, language, day=today(), limit=limit, profile=profile)
    return SuggestionList(questions=tuple(SuggestionEntry.model_validate(one) for one in found))


@router.get("/choices")
def list_choices(sanad: Sanad) -> Choices:
    """Regions, sectors and markets that the documents and the glossary know."""
    store = sanad.store
    terms = {term.id: term for term in store.terms()}
    named = {key: term.names for key, term in terms.items()}
    places = (one for one in terms.values() if one.kind == _MARKETS and one.id not in _NO_MARKETS)
    return Choices(
        regions=tuple(NamedChoice(id=one.id, names=one.names) for one in store.regions()),
        sectors=tuple(NamedChoice(id=one, names=named.get(one, {})) for one in store.sectors()),
        markets=tuple(NamedChoice(id=one.id, names=one.names) for one in places),
    )
