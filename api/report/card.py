"""One question as the browser shows it: what was said, what proves it, what the gold asks for."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.report.measured import Verdict, verdict
from assistant.answer import Answer, Citation, Mode
from evals.citations import QuoteClass
from evals.gold import Evidence, Fact, GoldItem
from evals.score import Library, Result
from evals.spans import Span, finds
from ingest.document import Document

_MARKS = re.compile(r"\s*(?:\[\d+\])+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an answer; `mode` is None for words that are no sentence of their own."""

    text: str
    citations: tuple[int, ...] = ()
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What one run did with a question.

    `facts` says of each fact whether it was said, None when there was no answer to look at.
    """

    result: Result
    verdict: Verdict
    pieces: tuple[Piece, ...]
    quotes: tuple[tuple[Citation, QuoteClass], ...]
    facts: tuple[tuple[Fact, bool | None], ...]
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of gold evidence with its words, and whether the answer found its way to it.

    `text` is None when the document is not there, or its statement stands elsewhere. `rank` is the
    place, from 1, of the first passage that covers it, in any language; None when none does.
    """

    document: str
    statement: str
    grade: int
    language: str
    text: str | None
    rank: int | None
    cited: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A question with its outcome; `before` is that of the run it is compared with.

    `same` when both runs gave one answer and one verdict.
    """

    item: GoldItem
    now: Side
    before: Side | None
    proofs: tuple[Proof, ...]

    @property
    def same(self) -> bool:
        """Whether there is nothing to compare."""
        if self.before is None:
            return False
        return _outcome(self.before.result) == _outcome(self.now.result)


def card(result: Result, before: Result | None, library: Library) -> Card:
    """The card of one question; the gold's words come from `library`."""
    return Card(
        item=result.item,
        now=_side(result),
        before=_side(before) if before else None,
        proofs=tuple(_proofs(result, library)),
    )


def pieces(answer: Answer) -> Iterator[Piece]:
    """The text of an answer cut at its sentences, whose marks become numbers.

    A sentence that the text does not hold comes at the end, so that nothing goes unseen.
    """
    place, unseen = 0, []
    for sentence in answer.sentences:
        piece = Piece(sentence.text, sentence.citations, sentence.mode)
        start = answer.text.find(sentence.text, place)
        if start < 0:
            unseen.append(piece)
            continue
        if start > place:
            yield Piece(answer.text[place:start])
        yield piece
        place = start + len(sentence.text)
        marks = _MARKS.match(answer.text, place)
        place = marks.end() if marks else place
    if answer.text[place:].strip():
        yield Piece(answer.text[place:])
    yield from unseen


def _side(result: Result) -> Side:
    answer = result.answer
    told: tuple[bool | None, ...] = result.facts or (None,) * len(result.item.facts)
    return Side(
        result=result,
        verdict=verdict(result),
        pieces=tuple(pieces(answer)) if answer else (),
        quotes=tuple(zip(answer.citations, result.quotes, strict=True)) if answer else (),
        facts=tuple(zip(result.item.facts, told, strict=True)),
        scores=result.scores.model_dump(exclude_none=True),
    )


def _proofs(result: Result, library: Library) -> Iterator[Proof]:
    answer, passages = result.answer, result.passages or ()
    shown = [Span(c.document_id, c.start, c.end) for c in answer.citations] if answer else []
    for evidence, gold in zip(result.item.evidence, library.golds(result.item), strict=True):
        document = library.document(evidence.document)
        ranks = (rank for rank, passage in enumerate(passages, 1) if finds(passage, gold))
        yield Proof(
            document=evidence.document,
            statement=evidence.statement,
            grade=evidence.grade,
            language=document.language if document else "",
            text=_words(evidence, document) if document else None,
            rank=next(ranks, None),
            cited=any(finds(citation, gold) for citation in shown),
        )


def _words(evidence: Evidence, document: Document) -> str | None:
    places = {one.anchor: (one.start, one.end) for one in document.statements}
    if places.get(evidence.statement) != (evidence.start, evidence.end):
        return None
    return document.text[evidence.start : evidence.end]


def _outcome(result: Result) -> object:
    """What a question came to, without what names the build that answered."""
    answer = result.answer and result.answer.model_dump(exclude={"engine"})
    return answer, result.error, result.scores
