"""Search results as programs see them: whole passages with their place in the document."""

from pydantic import BaseModel, ConfigDict

from index.retriever import Hit, HybridRetriever
from ingest.document import Document


class SearchHit(BaseModel):
    """One passage; `quote` is `text[start:end]` of the document, `score` as in `Hit`."""

    model_config = ConfigDict(frozen=True)

    document_id: str
    title: str
    section: str
    language: str
    quote: str
    start: int
    end: int
    score: float
    url: str | None


def search(retriever: HybridRetriever, text: str, k: int) -> tuple[SearchHit, ...]:
    """The `k` best passages for `text` in any language, best first."""
    store = retriever.generation.store
    return tuple(
        _result(store.document(hit.stored.passage.document_id), hit)
        for hit in retriever.search(retriever.encode(text), k)
    )


def _result(document: Document, hit: Hit) -> SearchHit:
    passage = hit.stored.passage
    return SearchHit(
        document_id=document.id,
        title=document.title,
        section=" › ".join(passage.heading[1:]),
        language=document.language,
        quote=document.text[passage.start : passage.end],
        start=passage.start,
        end=passage.end,
        score=round(hit.score, 4),
        url=document.source.url if document.source else None,
    )
