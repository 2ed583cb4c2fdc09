"""An answer is a typed outcome, never a bare string; these models are also the wire format."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Status = Literal[
    "answered", "partial", "conflict", "clarify", "unanswerable", "out_of_scope", "refused"
]
ANSWERING: frozenset[Status] = frozenset({"answered", "partial", "conflict"})
"""Statuses that give an answer; the others withhold one."""

Reason = Literal["unlawful", "legal_advice", "personal_data", "injection", "live_data", "too_long"]
Mode = Literal["quote", "generated"]
ComposerName = Literal["extractive", "llm"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(_Frozen):
    """Evidence shown to the user; `quote` is exactly `text[start:end]` of the document."""

    n: int
    document_id: str
    title: str
    publisher: str | None
    url: str | None
    source_date: str | None
    as_of: str | None
    language: str
    section: str
    quote: str
    start: int
    end: int


class Sentence(_Frozen):
    """One sentence of the answer with the numbers of the citations that prove it."""

    text: str
    citations: tuple[int, ...]
    mode: Mode


class Position(_Frozen):
    """One side of a disagreement between sources."""

    value: str
    citations: tuple[int, ...]


class Conflict(_Frozen):
    """A subject on which cited sources disagree."""

    subject: str
    positions: tuple[Position, ...]


class Notice(_Frozen):
    """Something the user should know about the answer: undated, old, announced, rewritten…"""

    kind: str
    text: str


class Contact(_Frozen):
    """A contact point that a source ties to the body it is shown with."""

    kind: str
    value: str
    source: str


class Handoff(_Frozen):
    """Who can help when the documents cannot, and why."""

    body: str
    why: str
    contacts: tuple[Contact, ...] = ()


class Engine(_Frozen):
    """What wrote the answer; `model` is the language model that was asked, None if none was.

    `extractive` beside a model says that its drafts did not stand. `prompt` is id and hash of what
    the model was told to do.
    """

    composer: ComposerName
    model: str | None
    generation: str
    prompt: str | None = None


class Answer(_Frozen):
    """The typed outcome of one question, as `POST /v1/ask` returns it."""

    id: str
    status: Status
    reason: Reason | None
    language: str
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    notices: tuple[Notice, ...]
    handoff: Handoff | None
    follow_ups: tuple[str, ...]
    engine: Engine
    timings_ms: dict[str, float]
