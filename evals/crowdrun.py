"""What a run of a crowd came to: times, failures, memory, and whether what was promised is kept."""

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evals.crowd import ASKING, LOST, Kind, Met, Outcome
from evals.metrics import percentile, share

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory of all processes of the service at a moment, in megabytes (10⁶ bytes).

    `resident` counts what they share once for each of them (RSS), `proportional` once (PSS); `own`
    is the part of that which is no file (Pss_Anon): what a leak would make grow.
    """

    at: float
    resident: float
    proportional: float
    own: float


@dataclass(frozen=True, slots=True)
class Outage:
    """The database was stopped at `began` and took connections again at `ended`.

    `how` is how it was stopped; times are in seconds of the day.
    """

    how: str
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database held when the service had ended: ids, and entries of the audit log.

    `recorded` has an id for each entry about an answer, so an id twice where it was written twice.
    `dropped` is how many records the service says that it gave up.
    """

    feedback: frozenset[str]
    handoffs: frozenset[str]
    recorded: tuple[str, ...]
    dropped: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `began` and `seconds` are when, and for how long, people came."""

    database: str
    users: int
    workers: int
    began: float
    seconds: float
    met: tuple[Met, ...]
    samples: tuple[Sample, ...]
    outages: tuple[Outage, ...]
    kept: Kept
    loads: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of `n` answers, until the last byte."""

    n: int
    p50: float
    p95: float
    p99: float
    most: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run. The counts add up:

    `questions` = `answered` + `lost` + `unfinished` (still asked or put off when time was up).
    `rates` are answers a second, minute by minute. `missing` are acknowledged ids that the database
    did not hold, by kind; `answer` for the audit log. `growth` is megabytes a minute of memory that
    is no file, over the second half of the run.
    """

    database: str
    users: int
    workers: int
    seconds: float
    people: int
    requests: int
    questions: int
    answered: int
    lost: int
    unfinished: int
    outcomes: Mapping[str, int]
    failures: Mapping[str, int]
    cached: float
    languages: Mapping[str, int]
    rates: tuple[float, ...]
    times: Times
    fresh: Times
    streams: Times
    away: Times
    outages: tuple[Outage, ...]
    acknowledged: Mapping[str, int]
    refused: Mapping[str, int]
    missing: Mapping[str, int]
    entries: int
    twice: int
    dropped: int
    memory: Mapping[str, Sample]
    growth: float
    loads: tuple[float, float]


def summarise(run: Run) -> Summary:
    """All figures of a run."""
    asked = [met for met in run.met if met.kind in ASKING]
    answers = [met for met in asked if met.outcome == "done"]
    lost = sum(met.outcome in LOST for met in asked)
    put_off = _put_off(asked)
    acknowledged = {kind: _ids(run.met, kind) for kind in ("feedback", "handoff")}
    heard = {met.id or "" for met in answers}
    recorded = Counter(run.kept.recorded)
    return Summary(
        database=run.database,
        users=run.users,
        workers=run.workers,
        seconds=run.seconds,
        people=len({met.person for met in run.met}),
        requests=sum(met.outcome != "given_up" for met in run.met),
        questions=len(answers) + lost + put_off,
        answered=len(answers),
        lost=lost,
        unfinished=put_off,
        outcomes=dict(Counter(met.outcome for met in asked)),
        failures=dict(Counter(f"{met.kind} {met.status}" for met in run.met if _failed(met))),
        cached=share(sum(met.cached for met in answers), len(answers)),
        languages=dict(Counter(met.language or "-" for met in answers).most_common()),
        rates=_rates(answers, run.began, run.seconds),
        times=_times(answers),
        fresh=_times([met for met in answers if not met.cached]),
        streams=_times([met for met in answers if met.kind == "stream"]),
        away=_times([met for met in answers if _within(met.at, run.outages)]),
        outages=run.outages,
        acknowledged={kind: len(ids) for kind, ids in acknowledged.items()},
        refused={kind: _count(run.met, kind, "unkept") for kind in ("feedback", "handoff")},
        missing={
            "feedback": len(acknowledged["feedback"] - run.kept.feedback),
            "handoff": len(acknowledged["handoff"] - run.kept.handoffs),
            "answer": len(heard - set(recorded)),
        },
        entries=recorded.total(),
        twice=recorded.total() - len(recorded),
        dropped=run.kept.dropped,
        memory=_memory(run),
        growth=growth(run.samples[len(run.samples) // 2 :]),
        loads=run.loads,
    )


def growth(samples: Sequence[Sample]) -> float:
    """Megabytes a minute by which memory that is no file grew: the slope of least squares."""
    if len(samples) < 2:
        return 0.0
    fitted = statistics.linear_regression(
        [one.at / MINUTE for one in samples], [one.own for one in samples]
    )
    return fitted.slope


def _put_off(asked: Sequence[Met]) -> int:
    """People whose last word was to come back later: they would have."""
    last = {met.person: met.outcome for met in asked}
    return sum(outcome == "shed" for outcome in last.values())


def _failed(met: Met) -> bool:
    return met.outcome in LOST and met.outcome != "given_up"


def _count(met: Sequence[Met], kind: Kind, outcome: Outcome) -> int:
    return sum(one.kind == kind and one.outcome == outcome for one in met)


def _ids(met: Sequence[Met], kind: str) -> set[str]:
    return {one.id or "" for one in met if one.kind == kind and one.outcome == "done"}


def _rates(answers: Sequence[Met], began: float, seconds: float) -> tuple[float, ...]:
    """By the minute in which an answer came; what is left of the last one does not count."""
    minutes = max(1, int(seconds // MINUTE))
    width = min(MINUTE, seconds)
    counts = Counter(int((met.at + met.ms / 1000 - began) // width) for met in answers)
    return tuple(counts[minute] / width for minute in range(minutes))


def _times(answers: Sequence[Met]) -> Times:
    spent = sorted(met.ms for met in answers)
    p50, p95, p99 = (percentile(spent, percent) for percent in (50, 95, 99))
    return Times(len(spent), p50, p95, p99, spent[-1] if spent else 0.0)


def _within(at: float, outages: Sequence[Outage]) -> bool:
    return any(outage.began <= at <= outage.ended for outage in outages)


def _memory(run: Run) -> dict[str, Sample]:
    """The samples that a reader asks for: the first is taken before anybody comes, the last when
    they have left.
    """
    wanted: dict[str, Callable[[Sample], float]] = {
        f"after {minute} min": lambda one, minute=minute: abs(  # type: ignore[misc]
            one.at - run.began - minute * MINUTE
        )
        for minute in range(1, int(run.seconds // MINUTE) + 1)
    }
    return {
        "before": run.samples[0],
        **{name: min(run.samples, key=distance) for name, distance in wanted.items()},
        "at rest": run.samples[-1],
    }
