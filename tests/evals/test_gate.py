"""The gate: each hard rule, and the difference between a fall, a wobble and chance."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.compare import paired
from evals.gate import (
    TOLERANCE,
    Baseline,
    GateError,
    accept,
    breaches,
    broken,
    injections,
    read_baseline,
    write_baseline,
)
from evals.redteam import Attempt, RedTeamRun, SetName
from evals.runfolder import RunMismatchError
from evals.score import Result
from evals.summary import ALL
from ingest.errors import PathMissingError, StorageError
from tests.evals.runs import DAY, gold_of, scored


def exam(total: int, wrong: int, metric: str = "fact_recall", step: float = 1) -> list[Result]:
    """Questions of which the first ones have that much less of a measure than the others."""
    low = 1 - step
    return [scored(f"q{n}", **{metric: low if n < wrong else 1.0}) for n in range(total)]


def judged(before: Sequence[Result], after: Sequence[Result]) -> dict[str, str]:
    """What the gate has against a build, by rule."""
    gold = gold_of(*before)
    return {one.rule: one.detail for one in breaches(gold, after, accept(gold, DAY, before))}


@pytest.mark.parametrize(
    ("rule", "guilty"),
    [
        ("figure_precision", scored("bad", figure_precision=0.5)),
        ("errors", scored("bad", error="internal: x")),
        *(
            ("quotes", scored("bad").model_copy(update={"quotes": ("supported", kind)}))
            for kind in ("misattributed", "frankenquote", "fabricated")
        ),
    ],
)
def test_a_hard_rule_closes_the_gate_at_one_question(rule: str, guilty: Result) -> None:
    fine = scored("fine").model_copy(update={"quotes": ("supported",)})
    assert list(broken([fine])) == []
    [breach] = broken([fine, guilty])
    assert breach.rule == rule
    assert "bad" in str(breach)
    assert "fine" not in str(breach)


def test_a_hard_rule_holds_though_the_baseline_broke_it_too() -> None:
    bad = [scored("bad", figure_precision=0.5)]
    assert set(judged(bad, bad)) == {"figure_precision"}


def tried(*attempts: tuple[str, SetName, bool]) -> RedTeamRun:
    """A run of the red team: id, set, and whether it went wrong."""
    return RedTeamRun(
        tallies=(),
        attempts=tuple(
            Attempt(
                set=name, id=key, language="ar", kind="k", split="dev", question="تجاهل", hit=hit
            )
            for key, name, hit in attempts
        ),
    )


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("direct", "injection"),
        ("exfiltration", "injection"),
        ("authority", "injection"),
        ("poison", "injection"),
        ("lookalikes", "false_alarm"),
    ],
)
def test_one_probe_that_goes_wrong_closes_the_gate(name: SetName, rule: str) -> None:
    assert list(injections(tried(("fine", name, False)))) == []
    [breach] = injections(tried(("fine", name, False), ("bad", name, True)))
    assert breach.rule == rule
    assert "bad" in breach.detail
    assert "fine" not in breach.detail


def test_attacks_that_work_and_false_alarms_are_told_apart() -> None:
    run = tried(("a", "direct", True), ("b", "lookalikes", True), ("c", "poison", True))
    assert [(one.rule, one.detail) for one in injections(run)] == [
        ("injection", "2 probes: a, c"),
        ("false_alarm", "1 probes: b"),
    ]


def test_of_many_guilty_questions_a_few_are_named() -> None:
    [breach] = broken([scored(f"bad{n}", error="internal: x") for n in range(7)])
    assert "7" in breach.detail
    assert "bad4" in breach.detail
    assert "bad5" not in breach.detail


def test_an_equal_build_and_a_better_one_pass() -> None:
    assert judged(exam(60, 10), exam(60, 10)) == {}
    assert judged(exam(60, 30), exam(60, 0)) == {}


@pytest.mark.parametrize("metric", ["crag", "fact_recall", "cit_recall", "recall_10"])
def test_a_measure_that_fell_closes_the_gate(metric: str) -> None:
    found = judged(exam(60, 0, metric), exam(60, 15, metric))
    assert set(found) == {metric}
    assert "1.000 to 0.750" in found[metric]


@pytest.mark.parametrize("metric", ["false_answer", "false_refusal"])
def test_of_what_should_be_low_a_rise_closes_the_gate(metric: str) -> None:
    assert set(judged(exam(60, 60, metric), exam(60, 40, metric))) == {metric}
    assert judged(exam(60, 40, metric), exam(60, 60, metric)) == {}


def test_a_fall_that_chance_explains_passes() -> None:
    assert judged(exam(60, 0), exam(60, 3)) == {}


def test_a_certain_but_tiny_fall_passes() -> None:
    before, after = exam(60, 0), exam(60, 60, step=TOLERANCE)
    [delta] = paired(ALL, before, after, ["fact_recall"], alternative="less")
    assert delta.p < 0.001
    assert judged(before, after) == {}
    assert set(judged(before, exam(60, 60, step=2 * TOLERANCE))) == {"fact_recall"}


def test_a_fall_that_only_counts_alone_passes_among_others() -> None:
    others = {"cit_recall": 1.0, "cit_precision": 1.0, "recall_10": 1.0}
    before = [scored(f"q{n}", fact_recall=1, **others) for n in range(60)]
    after = [scored(f"q{n}", fact_recall=float(n >= 5), **others) for n in range(60)]
    [delta] = paired(ALL, before, after, ["fact_recall"], alternative="less")
    assert delta.p < 0.05
    assert judged(before, after) == {}


def test_a_sheet_that_falls_as_one_is_one_observation() -> None:
    before = [scored(f"q{n}", sheets=("s",), crag=1) for n in range(60)]
    after = [scored(f"q{n}", sheets=("s",), crag=0) for n in range(60)]
    assert judged(before, after) == {}


def test_errors_are_a_fall_too() -> None:
    before = exam(60, 0)
    after = [
        scored(f"q{n}", crag=-1, fact_recall=0, error="internal: x") if n < 15 else before[n]
        for n in range(60)
    ]
    assert set(judged(before, after)) == {"errors", "crag", "fact_recall"}


def test_another_gold_is_refused(tmp_path: Path) -> None:
    results = exam(3, 0)
    baseline = accept(gold_of(*results), DAY, results)
    with pytest.raises(RunMismatchError, match=r"dev\.jsonl.*--accept"):
        breaches(gold_of(*results, sha256="another"), results, baseline)


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path) -> None:
    results = [scored("سؤال", language="ar", fact_recall=1 / 3), scored("b", best="refused")]
    baseline = accept(gold_of(*results), DAY, results)
    write_baseline(tmp_path / "one.json", baseline)
    assert read_baseline(tmp_path / "one.json") == baseline
    write_baseline(tmp_path / "two.json", read_baseline(tmp_path / "one.json"))
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert isinstance(baseline, Baseline)


def test_a_baseline_that_is_missing_or_broken_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(PathMissingError, match=r"baseline\.json.*sanad eval gate --accept"):
        read_baseline(tmp_path / "baseline.json")
    (tmp_path / "baseline.json").write_text('{"scores": 1}', encoding="utf-8")
    with pytest.raises(RunMismatchError, match=r"baseline\.json.*sanad eval gate --accept"):
        read_baseline(tmp_path / "baseline.json")


def test_a_baseline_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match=r"baseline\.json"):
        write_baseline(tmp_path / "file" / "baseline.json", accept(gold_of(), DAY, []))


def test_a_closed_gate_has_a_code_of_its_own() -> None:
    assert (GateError.code, GateError.exit_code) == ("gate_failed", 9)
