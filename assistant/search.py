"""Search results as programs see them: whole passages with their place in the document."""

import numpy as np
from pydantic import BaseModel, ConfigDict

from index.retriever import Hit, HybridRetriever, Match
from index.store import Selection, StoredSentence
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


def search(
    retriever: HybridRetriever, text: str, k: int, selection: Selection | None = None
) -> tuple[SearchHit, ...]:
    """The `k` best passages for `text` in any language, best first, of what a selection leaves."""
    store = retriever.generation.store
    only = None
    if selection is not None and not selection.is_open:
        only = np.array(store.selected(selection), dtype=np.int64)
    return tuple(
        _result(store.document(hit.stored.passage.document_id), hit)
        for hit in retriever.search(retriever.encode(text), k, only)
    )


class StatementMatch(BaseModel):
    """One statement and why it was found: the numbers of `index.retriever.Match`.

    `weight` is what all words of the question are worth, `coverage` the share of them that title
    and words hold, `strength` the `score` in spreads above chance, see `index.retriever.Query`;
    `anchor` is None for a sentence that is no statement.
    """

    model_config = ConfigDict(frozen=True)

    document_id: str
    anchor: str | None
    language: str
    quote: str
    nearest: float
    mean: float
    asked: float
    lexical: float
    weight: float
    coverage: float
    crowd: float
    score: float
    strength: float


def explain(retriever: HybridRetriever, text: str, k: int) -> tuple[StatementMatch, ...]:
    """The `k` best statements for `text`, best first, each with what speaks for it."""
    query = retriever.encode(text)
    matches = retriever.match(query, k)
    sentences = retriever.generation.store.sentences(match.row for match in matches)
    return tuple(
        _explained(
            match,
            found,
            weight=query.lexical_weight,
            coverage=retriever.generation.lexical.coverage(query.tokens, found.tokens),
            strength=query.strength(match.score),
        )
        for match, found in zip(matches, sentences, strict=True)
    )


def _explained(
    match: Match, found: StoredSentence, *, weight: float, coverage: float, strength: float
) -> StatementMatch:
    return StatementMatch(
        document_id=found.document_id,
        anchor=found.anchor,
        language=found.language,
        quote=found.words,
        nearest=round(match.nearest, 4),
        mean=round(match.mean, 4),
        asked=round(match.asked, 4),
        lexical=round(match.lexical, 4),
        weight=round(weight, 4),
        coverage=round(coverage, 4),
        crowd=round(match.crowd, 4),
        score=round(match.score, 4),
        strength=round(strength, 4),
    )


def _result(document: Document, hit: Hit) -> SearchHit:
    passage = hit.stored.passage
    return SearchHit(
        document_id=document.id,
        title=document.title,
        section=" › ".join(passage.heading[1:]),
        language=passage.language,
        quote=document.text[passage.start : passage.end],
        start=passage.start,
        end=passage.end,
        score=round(hit.score, 4),
        url=document.source.url if document.source else None,
    )
