"""`GET /v1/procedures` and `/v1/procedures/{document_id}`: who does what, with which papers."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api import problems
from api.keywords import Keywords
from api.sourced import SourceEntry
from api.state import assistant
from assistant.assistant import Assistant
from ingest.document import Document, Section, Statement, Status
from ingest.errors import DocumentMissingError

router = APIRouter(prefix="/v1", tags=["procedures"])
Sanad = Annotated[Assistant, Depends(assistant)]

KNOWN = ("steps", "papers", "body", "delay", "cost", "legal-basis", "unknown")
"""Anchors of the sections that procedures have, as far as the sources speak of them."""


class SectionHead(BaseModel):
    """A section: its anchor, the same in every language, and its heading."""

    model_config = ConfigDict(frozen=True)

    anchor: str = Field(description=f"One of {', '.join(KNOWN)}, or the sheet's own.")
    title: str


class ProcedureEntry(BaseModel):
    """A procedure without its statements; `contact` is the id of a body of the directory."""

    model_config = ConfigDict(frozen=True)

    id: str
    family: str
    language: str
    title: str
    sectors: tuple[str, ...]
    topics: tuple[str, ...]
    regions: tuple[str, ...]
    as_of: str | None
    valid_from: str | None
    valid_to: str | None
    contact: str | None
    sections: tuple[SectionHead, ...]


class ProcedureList(BaseModel):
    """One page of procedures, ordered by id; `total` counts all that match."""

    model_config = ConfigDict(frozen=True)

    procedures: tuple[ProcedureEntry, ...]
    total: int


class ProcedureStatement(BaseModel):
    """A sentence with its sources; `quote` is `text[start:end]` of `GET /v1/documents/{id}`.

    `status` is `unknown` where it says what the sources do not tell.
    """

    model_config = ConfigDict(frozen=True)

    anchor: str
    quote: str
    start: int
    end: int
    status: Status
    valid_to: str | None
    sources: tuple[SourceEntry, ...]


class ProcedureSection(SectionHead):
    """A section with its statements, in the order in which they apply."""

    statements: tuple[ProcedureStatement, ...]


class Procedure(ProcedureEntry):
    """A whole procedure; `languages` gives the ids of the same one in other languages."""

    sections: tuple[ProcedureSection, ...]
    languages: dict[str, str]


_LINKS = {
    "procedure": {
        "operationId": "read_procedure",
        "parameters": {"document_id": "$response.body#/procedures/0/id"},
        "description": "The first of them.",
    }
}


@router.get("/procedures", responses={200: {"links": _LINKS}})
def list_procedures(
    sanad: Sanad,
    *,
    language: Annotated[Literal["fr", "ar", "en"] | None, Query()] = None,
    sector: Annotated[str | None, Query(max_length=100)] = None,
    topic: Annotated[str | None, Query(max_length=100)] = None,
    market: Annotated[
        str | None, Query(max_length=100, description="A country or market that it must name.")
    ] = None,
    q: Annotated[
        str | None, Query(max_length=200, description="Words it must hold, in any language.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> ProcedureList:
    """The procedures of the current generation, narrowed down by what is given."""
    everything = sanad.store.documents_of_kind("procedure")
    families = _families(everything, Keywords(q or ""), Keywords(market or ""))
    found = [
        one
        for one in everything
        if language in (None, one.language)
        and (sector is None or sector in one.sectors)
        and (topic is None or topic in one.topics)
        and one.family in families
    ]
    page = found[offset : offset + limit]
    entries = (ProcedureEntry(**_metadata(one), sections=_heads(one)) for one in page)
    return ProcedureList(procedures=tuple(entries), total=len(found))


@router.get("/procedures/{document_id:path}", responses=problems.documented(DocumentMissingError))
def read_procedure(document_id: Annotated[str, Path(max_length=500)], sanad: Sanad) -> Procedure:
    """One procedure: its statements by section, each with its sources and its place in the text."""
    found = sanad.store.document(document_id)
    if found.kind != "procedure":
        raise DocumentMissingError(
            f"The document {document_id!r} is no procedure; GET /v1/procedures lists those that "
            "are, and GET /v1/documents/{id} has this one."
        )
    return Procedure(
        **_metadata(found),
        sections=tuple(_section(found, section) for section in found.sections),
        languages=sanad.store.variants(found.family),
    )


def _families(found: Sequence[Document], words: Keywords, market: Keywords) -> frozenset[str]:
    """The procedures that hold the words and name the market, be it in another language."""
    texts: dict[str, list[str]] = {}
    for one in found:
        heads = (one.title, *one.questions, *one.topics, *one.sectors)
        texts.setdefault(one.family, []).extend(heads)
    wanted = {family for family, heads in texts.items() if words.found_in(heads)}
    return frozenset(
        one.family
        for one in found
        if one.family in wanted and market.found_in((*texts[one.family], one.text))
    )


def _metadata(document: Document) -> dict[str, object]:
    fields = ProcedureEntry.model_fields.keys() - {"sections"}
    return {name: getattr(document, name) for name in fields}


def _heads(document: Document) -> tuple[SectionHead, ...]:
    return tuple(
        SectionHead(anchor=section.anchor, title=section.path[-1]) for section in document.sections
    )


def _section(document: Document, section: Section) -> ProcedureSection:
    return ProcedureSection(
        anchor=section.anchor,
        title=section.path[-1],
        statements=tuple(
            _statement(document, one)
            for one in document.statements
            if section.start <= one.start < section.end
        ),
    )


def _statement(document: Document, statement: Statement) -> ProcedureStatement:
    return ProcedureStatement(
        anchor=statement.anchor,
        quote=document.text[statement.start : statement.end],
        start=statement.start,
        end=statement.end,
        status=statement.status,
        valid_to=statement.valid_to,
        sources=tuple(SourceEntry.of(source) for source in statement.sources),
    )
