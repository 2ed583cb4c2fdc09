"""The figures of a run add up, and a page shows what was lost."""

from typing import Any

import pytest

from evals.crowd import Kind, Met, Outcome
from evals.crowdpage import page
from evals.crowdrun import Kept, Outage, Run, Sample, Summary, growth, summarise
from evals.runfolder import Environment

BEGAN = 1_000_000.0


def met(kind: Kind, outcome: Outcome, at: float, **rest: Any) -> Met:  # noqa: ANN401
    """A request that began so many seconds after the run did."""
    given = {"ms": 100.0, "status": 200, "person": 0, "question": 0, "language": "ar", **rest}
    return Met(kind=kind, outcome=outcome, at=BEGAN + at, **given)


def sample(at: float, own: float) -> Sample:
    return Sample(at=BEGAN + at, resident=3 * own, proportional=2 * own, own=own)


MET = (
    met("ask", "done", 1, id="a", ms=10, cached=True),
    met("stream", "done", 61, id="b", ms=30, language="fr"),
    met("stream", "cut", 62, person=1),
    met("ask", "wrong", 63),
    met("ask", "failed", 64, status=500),
    met("ask", "shed", 65, status=429),
    met("ask", "given_up", 66, status=429),
    met("ask", "shed", 119, status=429, person=2),
    met("feedback", "unkept", 70, status=503),
    met("feedback", "done", 71, status=201, id="f"),
    met("feedback", "done", 72, status=201, id="g"),
    met("handoff", "done", 73, status=201, id="h"),
    met("handoff", "failed", 74, status=500),
)


def run(**changed: Any) -> Run:  # noqa: ANN401
    """A run of two minutes in which everything happened."""
    given: dict[str, Any] = {
        "database": "PostgreSQL 15",
        "users": 3,
        "workers": 2,
        "began": BEGAN,
        "seconds": 120.0,
        "met": MET,
        "samples": (sample(-1, 100), sample(60, 110), sample(119, 120), sample(130, 121)),
        "outages": (Outage("stopped", BEGAN + 60, BEGAN + 61.5),),
        "kept": Kept(frozenset({"f"}), frozenset({"h"}), ("a", "a", "x"), 4),
        "loads": (1.0, 2.0),
    }
    return Run(**{**given, **changed})


def test_every_question_was_answered_lost_or_put_off() -> None:
    summary = summarise(run())
    assert (summary.answered, summary.lost, summary.unfinished) == (2, 4, 1)
    assert summary.questions == 7
    assert summary.outcomes == {
        "done": 2, "cut": 1, "wrong": 1, "failed": 1, "shed": 2, "given_up": 1,
    }  # fmt: skip
    assert summary.failures == {"stream 200": 1, "ask 200": 1, "ask 500": 1, "handoff 500": 1}
    assert (summary.requests, summary.people) == (len(MET) - 1, 3)


def test_what_was_acknowledged_and_is_not_there_is_missing() -> None:
    summary = summarise(run())
    assert summary.acknowledged == {"feedback": 2, "handoff": 1}
    assert summary.missing == {"feedback": 1, "handoff": 0, "answer": 1}
    assert summary.refused == {"feedback": 1, "handoff": 0}
    assert (summary.entries, summary.twice, summary.dropped) == (3, 1, 4)


def test_times_are_told_apart() -> None:
    summary = summarise(run())
    assert (summary.times.n, summary.times.p50, summary.times.most) == (2, 10, 30)
    assert (summary.fresh.n, summary.streams.n, summary.away.n) == (1, 1, 1)
    assert (summary.cached, summary.languages) == (0.5, {"ar": 1, "fr": 1})
    assert summary.rates == (1 / 60, 1 / 60)


def test_a_run_in_which_nobody_was_answered_has_figures_too() -> None:
    summary = summarise(run(met=(), outages=(), seconds=5.0))
    assert (summary.questions, summary.answered, summary.lost) == (0, 0, 0)
    assert (summary.times.n, summary.rates) == (0, (0,))
    assert "| **answers lost** | **0** |" in shown(summary)


def test_memory_is_told_before_by_the_minute_and_at_rest() -> None:
    memory = summarise(run()).memory
    assert {name: one.own for name, one in memory.items()} == {
        "before": 100, "after 1 min": 110, "after 2 min": 120, "at rest": 121,
    }  # fmt: skip


def test_growth_is_a_slope_in_megabytes_a_minute() -> None:
    assert growth([sample(30 * n, 50 + n) for n in range(9)]) == pytest.approx(2)
    assert growth([sample(30 * n, 50) for n in range(9)]) == pytest.approx(0)
    assert growth([sample(0, 50)]) == 0


def shown(*runs: Summary, notes: tuple[str, ...] = ()) -> str:
    where = Environment(python="3.11", platform="Linux", processors=2, packages={"locust": "2"})
    return page(
        runs, where, "a machine", day="2026-11-22", seed=9, questions=7, think=(5, 15), notes=notes
    )


def test_the_page_shows_each_run_beside_the_other_and_what_was_lost() -> None:
    quiet = summarise(run(outages=(), met=MET[:2]))
    text = shown(quiet, summarise(run()), notes=("Nothing else ran.",))
    assert "|  | PostgreSQL 15 | PostgreSQL 15, stopped 1 times |" in text
    assert "| **answers lost** | **0** | **4** |" in text
    assert "| **of it lost** | **0** | **1** |" in text
    assert "| **answers missing in the audit log** | **1** | **1** |" in text
    assert "| database away, s | 0 | 1.5 (stopped) |" in text
    assert text.endswith("- Nothing else ran.\n")
