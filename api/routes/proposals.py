"""`POST /v1/gold-proposals`: a question that an office met, as a line for the gold.

Nothing is kept: the line goes back to the desk, and a person reads it before it joins a gold file,
see docs/gold-guideline.md.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api import problems
from api.access.caller import Caller, require
from api.masking import Masking
from api.state import assistant
from assistant.answer import Status
from assistant.assistant import Assistant
from assistant.question import QUESTION_LIMIT, Language
from evals.gold import Evidence, Fact, GoldItem, Kind
from index.store import Store
from ingest.errors import CrossSiteError, DocumentMissingError, QuestionEmptyError

router = APIRouter(prefix="/v1", tags=["handoffs"])
Sanad = Annotated[Assistant, Depends(assistant)]
Agent = Annotated[Caller, Depends(require("agent"))]

_MADE = problems.documented(
    *(QuestionEmptyError, *problems.STAFF, CrossSiteError), *problems.RECORDS
)
Missing = Literal["fact", "evidence"]
Said = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Span(BaseModel):
    """A place in a document, as citations give it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document_id: str = Field(max_length=500)
    start: int = Field(ge=0, le=100_000_000, strict=True)
    end: int = Field(ge=0, le=100_000_000, strict=True)


class Proposed(BaseModel):
    """A question, how it should be answered, what the answer must say, and where that stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = Field(min_length=1, max_length=QUESTION_LIMIT)
    language: Language
    status: Status
    kind: Kind
    facts: tuple[Said, ...] = Field(default=(), max_length=10)
    evidence: tuple[Span, ...] = Field(default=(), max_length=20)


class GoldLine(BaseModel):
    """`line` is one line of a JSONL file; `missing` is what a person still has to put into it."""

    model_config = ConfigDict(frozen=True)

    line: str
    missing: tuple[Missing, ...]


@router.post("/gold-proposals", responses=_MADE)
def propose_gold(proposed: Proposed, sanad: Sanad, _agent: Agent) -> GoldLine:
    """The question as a gold item, masked; spans that are no statements are left out."""
    question = Masking().line(proposed.question)
    if question is None:
        raise QuestionEmptyError("The question holds nothing to answer; type it in words.")
    facts = tuple(said.strip() for said in proposed.facts if _has_words(said))
    found = list(dict.fromkeys(_placed(proposed, sanad.store)))
    item = GoldItem(
        id=f"desk-{hashlib.sha256(question.encode()).hexdigest()[:8]}",
        language=proposed.language,
        question=question,
        kind=proposed.kind,
        expect=(proposed.status,),
        best=proposed.status,
        facts=tuple(Fact(type=_type(said), any=(said,)) for said in facts),
        partial_if=proposed.status == "unanswerable" and bool(found),
        sheets=tuple(dict.fromkeys(family for family, _ in found)),
        evidence=tuple(evidence for _, evidence in found),
        tags=("numeric",) if any(_type(said) == "number" for said in facts) else (),
    )
    return GoldLine(line=item.model_dump_json(exclude_defaults=True), missing=_missing(item))


def _placed(proposed: Proposed, store: Store) -> Iterator[tuple[str, Evidence]]:
    """The family and the statement of each span that lies within one."""
    for span in proposed.evidence:
        try:
            document = store.document(span.document_id)
        except DocumentMissingError:
            continue
        for one in document.statements:
            if one.start <= span.start < span.end <= one.end:
                yield (
                    document.family,
                    Evidence(
                        document=document.id, statement=one.anchor, start=one.start, end=one.end
                    ),
                )


def _has_words(said: str) -> bool:
    return any(unicodedata.category(one)[0] == "L" or one.isdecimal() for one in said)


def _type(said: str) -> Literal["number", "text"]:
    return "number" if any(character.isdigit() for character in said) else "text"


def _missing(item: GoldItem) -> tuple[Missing, ...]:
    if not item.answerable:
        return ()
    wanted: dict[Missing, bool] = {"fact": bool(item.facts), "evidence": bool(item.evidence)}
    return tuple(name for name, there in wanted.items() if not there)
