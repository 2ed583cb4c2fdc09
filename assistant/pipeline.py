"""From question to answer: runs the steps that `assistant.assistant.assemble` lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from time import perf_counter

from assistant.answer import Answer
from assistant.finish import Finish
from assistant.meter import milliseconds_since
from assistant.question import Question
from assistant.state import Emit, State, Step, ignore, today


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer and the state it was made from: what was found, chosen, and how sure it is."""

    answer: Answer
    state: State


class Pipeline:
    """Runs the steps in order; each one's time is recorded under its name.

    A step that sets `closed` ends the run early; `finish` always runs and makes the answer.
    """

    def __init__(
        self, steps: Sequence[Step], finish: Finish, day: Callable[[], date] = today
    ) -> None:
        self._steps = tuple(steps)
        self._finish = finish
        self._day = day

    def run(self, question: Question, emit: Emit = ignore) -> Trace:
        """Answer one question; `emit` hears of citations and sentences as they are ready.

        Raises InputError for a question that cannot be worked on.
        """
        started = perf_counter()
        state = State(question, emit, day=question.as_of or self._day())
        for step in self._steps:
            if not state.closed:
                state = timed(step, state)
        state = replace(
            state, timings_ms={**state.timings_ms, "total": milliseconds_since(started)}
        )
        return Trace(self._finish.answer(state), state)


def timed(step: Step, state: State) -> State:
    """Run a step and record its time in milliseconds, without that of the steps it ran itself."""
    started = perf_counter()
    state.emit("status", {"stage": step.name})
    result = step.run(state)
    within = sum(result.timings_ms.values()) - sum(state.timings_ms.values())
    own = round(max(0.0, milliseconds_since(started) - within), 1)
    spent = state.timings_ms.get(step.name, 0.0) + own
    return replace(result, timings_ms={**result.timings_ms, step.name: round(spent, 1)})
