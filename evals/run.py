"""A run: every question of a gold file asked once and measured."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import date
from time import perf_counter
from typing import TypeVar

from assistant.question import Question
from evals.gold import GoldItem
from evals.runfolder import Config, RunFolder, Timing
from evals.score import Result, Scorer
from evals.summary import Summary, summarise
from evals.system import Observation, System
from ingest.errors import SanadError

Advance = Callable[[int, int], None]
Clock = Callable[[], float]
Row = tuple[Result, Timing]
_Named = TypeVar("_Named", Result, Timing)


class InFull:
    """A system asked what a follow-up means, in the words of the gold, instead of its history.

    What it then gains is what a better understanding of conversations could gain at most.
    """

    def __init__(self, system: System, items: Iterable[GoldItem]) -> None:
        self._system = system
        self._full = {(item.question, item.history): item.standalone for item in items}

    def observe(self, question: Question) -> Observation:
        """Answer the question that stands alone; one that has none is asked as it is."""
        full = self._full.get((question.question, question.history))
        if full:
            question = question.model_copy(update={"question": full, "history": ()})
        return self._system.observe(question)


def run(
    items: Sequence[GoldItem],
    system: System,
    scorer: Scorer,
    day: date,
    *,
    jobs: int = 1,
    advance: Advance | None = None,
) -> Iterator[Row]:
    """Ask every question and measure the answers, in the order in which they come.

    Questions that name no day are asked as of `day`. `jobs` are asked at a time. An error is an
    outcome, scored as the worst one, whatever raised it: a question that breaks the system must not
    leave the mean. `advance(done, total)` is called after each. Whoever stops early waits for the
    questions that are being answered, not for those still to be asked.
    """
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        waiting = {pool.submit(_observe, item, system, day, perf_counter): item for item in items}
        for done, future in enumerate(as_completed(waiting), 1):
            yield _row(waiting[future], future, scorer)
            if advance:
                advance(done, len(items))
    finally:
        pool.shutdown(cancel_futures=True)


def run_into(
    folder: RunFolder,
    config: Config,
    items: Sequence[GoldItem],
    system: System,
    scorer: Scorer,
    *,
    jobs: int = 1,
    advance: Advance | None = None,
) -> Summary:
    """Do, or finish, the run that `config` describes; what is already there is not asked again.

    Raises RunMismatchError when the folder holds another run.
    """
    results, timings = folder.begin(config)
    done = {result.id for result in results}
    left = [item for item in items if item.id not in done]
    for result, timing in run(left, system, scorer, config.day, jobs=jobs, advance=advance):
        folder.add(result, timing)
        results.append(result)
        timings.append(timing)
    results, timings = in_order(items, results), in_order(items, timings)
    summary = summarise(results, config.seed)
    folder.finish(results, timings, summary)
    return summary


def in_order(items: Sequence[GoldItem], rows: Iterable[_Named]) -> list[_Named]:
    """Results, or times, in the order of the gold rather than that of their coming."""
    order = {item.id: place for place, item in enumerate(items)}
    return sorted(rows, key=lambda row: order[row.id])


def _observe(
    item: GoldItem, system: System, day: date, clock: Clock
) -> tuple[Observation, dict[str, float]]:
    question = item.asked(day)
    started = clock()
    seen = system.observe(question)
    observed = round((clock() - started) * 1000, 1)
    return seen, {**seen.answer.timings_ms, **seen.moments, "observed": observed}


def _row(
    item: GoldItem, future: "Future[tuple[Observation, dict[str, float]]]", scorer: Scorer
) -> Row:
    error = future.exception()
    if error is not None:
        return scorer.fail(item, _cause(error)), Timing(id=item.id, ms={})
    seen, times = future.result()
    return scorer.score(item, seen), Timing(id=item.id, ms=times)


def _cause(error: BaseException) -> str:
    code = error.code if isinstance(error, SanadError) else f"internal ({type(error).__name__})"
    return f"{code}: {error}"
