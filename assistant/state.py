"""What one question has become so far: the value that the steps hand on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from assistant.answer import Engine, Notice, Reason, Sentence, Status
from assistant.evidence import Evidence
from assistant.expectation import Expectation
from assistant.question import Language, Question
from index.retriever import Hit, Query

EventKind = Literal["status", "citations", "sentence"]
Emit = Callable[[EventKind, object], None]


def ignore(_kind: EventKind, _payload: object) -> None:
    """The listener of callers who only want the whole answer."""


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

    `text` is the question as typed but clean, `standalone` the one that is searched, `gloss` what
    its dialect words mean. `closed` ends
    the run: the remaining steps except the last are skipped. `drafts` is lazy: sentences are
    verified, and sent, while the next one is being written.
    """

    question: Question
    emit: Emit = ignore
    text: str = ""
    language: Language = "fr"
    standalone: str = ""
    gloss: str = ""
    query: Query | None = None
    hits: tuple[Hit, ...] = ()
    wanted: tuple[Expectation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    coverage: float = 0.0
    outcome: Outcome | None = None
    closed: bool = False
    drafts: Iterable[Draft] = ()
    engine: Engine | None = None
    sentences: tuple[Sentence, ...] = ()
    notices: tuple[Notice, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)


class Step(Protocol):
    """One noun of the pipeline; any step may set `outcome` and `closed`."""

    name: str

    def run(self, state: State) -> State:
        """Return the next state."""
        ...
