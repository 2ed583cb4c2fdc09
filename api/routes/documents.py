"""`GET /v1/search`, `/v1/documents` and `/v1/documents/{id}`."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api import problems
from api.admission import Admission
from api.paging import Filter
from api.state import admission, assistant
from assistant.assistant import Assistant
from assistant.normalise import check_length
from assistant.search import SearchHit
from index.store import Selection, Validity
from ingest.document import Document, Kind
from ingest.errors import DocumentMissingError, InputError, OverloadedError

router = APIRouter(prefix="/v1", tags=["documents"])
Sanad = Annotated[Assistant, Depends(assistant)]


class SearchResult(BaseModel):
    """The passages found, best first."""

    hits: tuple[SearchHit, ...]


class DocumentEntry(BaseModel):
    """A document without its text."""

    id: str
    family: str
    language: str
    title: str
    kind: str
    publisher: str | None
    url: str | None
    source_date: str | None
    as_of: str | None
    valid_from: str | None
    valid_to: str | None
    supersedes: str | None
    topics: tuple[str, ...]
    sectors: tuple[str, ...]
    regions: tuple[str, ...]


class DocumentText(DocumentEntry):
    """A document with its canonical text; citations point into it by code points."""

    text: str


class DocumentList(BaseModel):
    """One page of documents, ordered by id; `total` counts all."""

    documents: tuple[DocumentEntry, ...]
    total: int


@router.get("/search", responses=problems.documented(InputError, OverloadedError))
async def search(
    sanad: Sanad,
    admission: Annotated[Admission, Depends(admission)],
    q: Annotated[str, Query(min_length=1, max_length=1_000)],
    k: Annotated[int, Query(ge=1, le=100)] = 10,
    *,
    kind: Annotated[Kind | None, Query()] = None,
    language: Annotated[Literal["fr", "ar", "en"] | None, Query()] = None,
    validity: Annotated[
        Validity | None, Query(description="Whether it holds today, no more, or not yet.")
    ] = None,
    publisher: Annotated[
        Filter | None, Query(max_length=300, description="One of GET /v1/catalogue.")
    ] = None,
) -> SearchResult:
    """The `k` best passages for `q`, among those that the filters leave."""
    check_length(q)
    today = datetime.now(UTC).date().isoformat()
    selection = Selection(today, kind, language, validity, publisher)
    return SearchResult(hits=await admission.run(partial(sanad.search, q, k, selection)))


_LINKS = {
    "document": {
        "operationId": "read_document",
        "parameters": {"document_id": "$response.body#/documents/0/id"},
        "description": "The first of them.",
    }
}


@router.get("/documents", name="list_documents", responses={200: {"links": _LINKS}})
def documents(
    sanad: Sanad,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> DocumentList:
    """The documents of the current generation."""
    page = sanad.store.documents(limit=limit, offset=offset)
    return DocumentList(
        documents=tuple(DocumentEntry(**_metadata(document)) for document in page),
        total=sanad.generation.manifest.documents,
    )


@router.get(
    "/documents/{document_id:path}",
    name="read_document",
    responses=problems.documented(DocumentMissingError),
)
def document(document_id: str, sanad: Sanad) -> DocumentText:
    """One document with its text."""
    found = sanad.store.document(document_id)
    return DocumentText(**_metadata(found), text=found.text)


def _metadata(document: Document) -> dict[str, object]:
    source = document.source
    fields = DocumentEntry.model_fields.keys() - {"publisher", "url", "source_date"}
    return {
        **{name: getattr(document, name) for name in fields},
        "publisher": source.publisher if source else None,
        "url": source.url if source else None,
        "source_date": source.date if source else None,
    }
