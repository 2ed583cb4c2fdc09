"""How long an answer takes, step by step, as a share of the least that any answer needs."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from assistant.assistant import Assistant
from assistant.question import Question

BARE = "encode + FAISS"
SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of one step over all questions and rounds, ascending."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """What 95 of 100 stay under."""
        return self.values[round(0.95 * (len(self.values) - 1))]


def measure_ask(sanad: Assistant, questions: Sequence[Question], rounds: int) -> tuple[Spread, ...]:
    """The bare work first, then a search for ten passages as `GET /v1/search` gives them, then each
    step of an answer and its total, in the order in which they ran.

    They take turns, question by question, so that what slows the machine slows
    both; a first round that only warms up is not counted.
    """
    times: dict[str, list[float]] = {BARE: [], SEARCH: []}
    for turn in range(rounds + 1):
        for question in questions:
            text = question.question
            spent = {
                BARE: _milliseconds(partial(sanad.retriever.bare_search, text, k=10)),
                SEARCH: _milliseconds(partial(sanad.search, text, k=10)),
                **sanad.ask(question).timings_ms,
            }
            for name, milliseconds in spent.items() if turn else ():
                times.setdefault(name, []).append(milliseconds)
    return tuple(Spread(name, tuple(sorted(values))) for name, values in times.items())


def _milliseconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000
