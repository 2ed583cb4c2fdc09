"""Who is measured: anything that answers questions, and as much of its reasons as it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

from assistant.answer import ANSWERING, Answer
from assistant.assistant import Assistant
from assistant.meter import Meter, milliseconds_since
from assistant.pipeline import Trace
from assistant.question import Question
from assistant.state import EventKind
from evals.spans import Span

DEPTH = 20


@dataclass(frozen=True, slots=True)
class Observation:
    """One answer and what led to it; None where a system does not show it.

    `passages` are the best DEPTH, best first. `support` is how sure the system is that it can
    answer. `unguarded` is the answer that it would give if it had to answer: risk is measured on
    answers to everything, not only where the system dared. `meter` is what drafting took; `moments`
    are the milliseconds until `citations` and the first `sentence` were told, and those from the
    request to a language model until its first `token`.
    """

    answer: Answer
    passages: tuple[Span, ...] | None = None
    support: float | None = None
    unguarded: Answer | None = None
    meter: Meter | None = None
    moments: Mapping[str, float] = field(default_factory=dict)


class System(Protocol):
    """Whoever answers. An error raised is an outcome, and the worst one."""

    def observe(self, question: Question) -> Observation:
        """Answer one question."""
        ...


class Asked(Protocol):
    """Whoever answers and shows nothing else, such as an assistant behind HTTP."""

    def ask(self, question: Question) -> Answer:
        """Answer, or raise SanadError."""
        ...


class Answering:
    """A system of which only the answer is wanted."""

    def __init__(self, system: System) -> None:
        self._system = system

    def ask(self, question: Question) -> Answer:
        """The answer alone, or SanadError."""
        return self._system.observe(question).answer


class Opaque:
    """A system of which only the answer can be seen."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def observe(self, question: Question) -> Observation:
        """The answer alone."""
        return Observation(self._asked.ask(question))


class Transparent:
    """An assistant in this process; `bold` is the same one without refusals."""

    def __init__(self, assistant: Assistant, bold: Assistant) -> None:
        self._assistant = assistant
        self._bold = bold

    def observe(self, question: Question) -> Observation:
        """The answer, the passages, the support; what is withheld is asked of the bold one."""
        started, moments = perf_counter(), dict[str, float]()

        def heard(kind: EventKind, _payload: object) -> None:
            if kind != "status":
                moments.setdefault(kind, milliseconds_since(started))

        trace = self._assistant.trace(question, heard)
        token = trace.state.meter.first_token_ms
        if token is not None:
            moments["token"] = token
        dared = trace if trace.answer.status in ANSWERING else self._bold.trace(question)
        return Observation(
            trace.answer,
            self._passages(dared),
            dared.state.support,
            dared.answer,
            trace.state.meter,
            moments,
        )

    def _passages(self, trace: Trace) -> tuple[Span, ...]:
        if trace.state.query is None:
            return ()
        hits = self._assistant.retriever.search(trace.state.query, DEPTH)
        passages = [hit.stored.passage for hit in hits]
        return tuple(Span(one.document_id, one.start, one.end) for one in passages)
