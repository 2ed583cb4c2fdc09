"""What one question has become so far: the value that the steps hand on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal, Protocol

from assistant.answer import Engine, Notice, Reason, Sentence, Status
from assistant.evidence import Evidence
from assistant.expectation import Expectation
from assistant.meter import Meter
from assistant.question import Language, Question
from assistant.relevance import Candidate
from index.retriever import Match, Query

EventKind = Literal["status", "citations", "sentence"]
Emit = Callable[[EventKind, object], None]


def ignore(_kind: EventKind, _payload: object) -> None:
    """The listener of callers who only want the whole answer."""


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence that a composer proposes, with the numbers of the evidence it rests on."""

    text: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the run ends: the status and, for a refusal, its reason."""

    status: Status
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Immutable; a step returns `replace(state, ...)`.

    `day` is the day that the question is about: `as_of`, else today. `text` is the question as
    typed but clean, `standalone` the one that is searched, `gloss` what its dialect words mean.
    `declined` is why a part of the message was turned away, which `standalone` then leaves out.
    `support` is how sure the evidence makes an answer, None until that is decided. `closed` ends
    the run: the remaining steps except the last are skipped. `drafts` is lazy: sentences are
    verified, and sent, while the next one is being written. `meter` counts what that took.
    """

    question: Question
    emit: Emit = ignore
    day: date = field(default_factory=today)
    text: str = ""
    language: Language = "fr"
    standalone: str = ""
    gloss: str = ""
    query: Query | None = None
    matches: tuple[Match, ...] = ()
    wanted: tuple[Expectation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    support: float | None = None
    declined: Outcome | None = None
    outcome: Outcome | None = None
    closed: bool = False
    drafts: Iterable[Draft] = ()
    engine: Engine | None = None
    sentences: tuple[Sentence, ...] = ()
    notices: tuple[Notice, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    meter: Meter = field(default_factory=Meter)


class Step(Protocol):
    """One noun of the pipeline; any step may set `outcome` and `closed`."""

    name: str

    def run(self, state: State) -> State:
        """Return the next state."""
        ...
