"""Measures as plain text."""

from collections.abc import Callable

import pytest

from assistant.answer import Answer
from evals.gold import GoldItem
from evals.score import Result, Scorer
from evals.summary import Mean, summarise
from evals.system import Observation
from evals.table import aligned, interval, markdown, render
from tests.evals.runs import scored

MakeItem = Callable[..., GoldItem]


@pytest.fixture
def results(make_item: MakeItem, right: Answer, silent: Answer, scorer: Scorer) -> list[Result]:
    """A right answer and an error in French, a withheld answer in Darija."""
    return [
        scorer.score(make_item(), Observation(right)),
        scorer.score(make_item(id="q2", language="ary"), Observation(silent)),
        scorer.fail(make_item(id="q3"), "language_model_failed: away"),
    ]


def test_the_table_holds_each_language_the_worst_first_then_all(results: list[Result]) -> None:
    lines = render(summarise(results), results, {"p50": "7 ms"}).splitlines()
    header, first, second, total, _, silence = lines[:6]
    assert "crag" in header
    assert [line.split()[:3] for line in (first, second)] == [
        ["ary", "1", "0.00"],
        ["fr", "2", "0.00"],
    ]
    assert total.split()[:3] == ["all", "3", "0.00"]
    assert "+0.00" in silence
    assert "p50 7 ms" in silence


def test_what_went_wrong_is_listed_the_worst_first_with_its_reason(results: list[Result]) -> None:
    lines = render(summarise(results), results, {}).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("crag"))
    worst, next_worst = lines[start + 1 :]
    assert worst.split()[:2] == ["-1.0", "q3"]
    assert "language_model_failed: away" in worst
    assert next_worst.split()[:2] == ["+0.0", "q2"]
    assert "expected answered or partial" in next_worst
    assert "missing 150 jours" in next_worst


def test_a_run_without_fault_lists_nothing() -> None:
    results = [scored("a")]
    assert "why" not in render(summarise(results), results, {})


def test_what_was_not_measured_is_a_dash() -> None:
    row = render(summarise([scored("a")]), [], {}).splitlines()[1]
    assert row.split()[:4] == ["fr", "1", "1.00", "-"]
    assert interval(None) == "-"


def test_recall_is_told_by_the_languages_of_question_and_evidence() -> None:
    results = [
        scored("a", pair="fr-fr", recall_10=1),
        scored("b", language="ary", pair="ary-ar", recall_10=0.25),
        scored("c", language="ar", pair="ar-ar"),
    ]
    lines = render(summarise(results), results, {}).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("evidence"))
    shown = {line.split()[0]: line.split()[1:3] for line in lines[start + 1 :]}
    assert shown == {
        "across": ["1", "0.25"], "same": ["1", "1.00"],
        "ary-ar": ["1", "0.25"], "fr-fr": ["1", "1.00"],
    }  # fmt: skip


def test_intervals_are_shown_where_there_are_some() -> None:
    assert interval(Mean(value=0.814, n=9, low=0.761, high=0.86)) == "0.81 [0.76, 0.86]"
    assert interval(Mean(value=0.814, n=9)) == "0.81"


def test_columns_stand_below_each_other() -> None:
    assert aligned([["a", "bb", "c"], ["aaa", "b", "سؤال"]]) == "a    bb  c\naaa  b   سؤال"


def test_markdown_has_a_rule_below_its_header() -> None:
    assert markdown(["system", "crag"], [["sanad", "0.5"], ["bm25", "0.2"]]) == (
        "| system | crag |\n| --- | ---: |\n| sanad | 0.5 |\n| bm25 | 0.2 |\n"
    )
