"""Two runs side by side: what is chance, what is not, and what flipped."""

import pytest

from evals.compare import Delta, MetricUnknownError, compare, paired
from evals.runfolder import RunMismatchError
from evals.score import Result, Scores
from evals.summary import ALL, HEADLINE
from tests.evals.runs import scored


def exam(right: int, total: int = 40, **scores: float) -> list[Result]:
    """Questions in French and Arabic, of which the first ones came out right."""
    return [
        scored(
            f"q{n:02}",
            language="fr" if n % 2 else "ar",
            crag=1 if n < right else -1,
            fact_recall=float(n < right),
            **scores,
        )
        for n in range(total)
    ]


def by_name(deltas: tuple[Delta, ...]) -> dict[tuple[str, str], Delta]:
    return {(delta.slice, delta.metric): delta for delta in deltas}


def test_nothing_changed() -> None:
    compared = compare(exam(20), exam(20))
    for delta in compared.deltas:
        assert (delta.delta, delta.p, delta.turn) == (0, 1, None)
        assert (delta.low, delta.high, delta.discordant, delta.detectable) == (0, 0, 0, 0)
    assert (compared.gained, compared.lost) == ((), ())


def test_deltas_are_of_all_and_of_every_language_for_what_both_measured() -> None:
    found = by_name(compare(exam(30, recall_10=1), exam(10)).deltas)
    assert {name for name, _ in found} == {ALL, "language:fr", "language:ar"}
    assert {metric for _, metric in found} == {"crag", "fact_recall", "figure_precision"}
    one = found[ALL, "fact_recall"]
    assert (one.n, one.before, one.after, one.delta) == (40, 0.75, 0.25, -0.5)
    assert one.low < -0.5 < one.high < 0
    assert one.mcnemar == pytest.approx(2 * 0.5**20)
    assert found[ALL, "crag"].mcnemar is None
    assert one.discordant == 0.5
    assert found["language:ar", "fact_recall"].n == 20


@pytest.mark.parametrize(
    ("before", "after", "turn"), [(10, 30, "better"), (30, 10, "worse"), (20, 21, None)]
)
def test_a_turn_is_told_when_chance_does_not_explain_it(
    before: int, after: int, turn: str | None
) -> None:
    deltas = by_name(compare(exam(before), exam(after)).deltas)
    assert deltas[ALL, "fact_recall"].turn == turn
    assert deltas[ALL, "figure_precision"].turn is None


def test_of_false_answers_fewer_are_better() -> None:
    many = [scored(f"q{n}", best="refused", false_answer=1) for n in range(30)]
    none = [scored(f"q{n}", best="refused", false_answer=0) for n in range(30)]
    assert by_name(compare(many, none).deltas)[ALL, "false_answer"].turn == "better"
    assert by_name(compare(none, many).deltas)[ALL, "false_answer"].turn == "worse"


def test_among_many_measures_one_must_be_surer() -> None:
    before, after = exam(34), exam(40)
    [alone] = compare(before, after, ["fact_recall"]).deltas[:1]
    crowd = by_name(compare(before, after, list(Scores.model_fields)).deltas)
    assert alone.p == crowd[ALL, "fact_recall"].p
    assert alone.p < 0.05
    assert alone.adjusted <= crowd[ALL, "fact_recall"].adjusted
    assert crowd[ALL, "fact_recall"].turn is None
    for delta in crowd.values():
        assert delta.p <= delta.adjusted <= 1


def test_sheets_whose_questions_fail_together_are_one_observation() -> None:
    def p(sheets: int) -> float:
        before = [scored(f"q{n}", sheets=(f"s{n % sheets}",), crag=1) for n in range(40)]
        after = [scored(f"q{n}", sheets=(f"s{n % sheets}",), crag=0) for n in range(40)]
        return compare(before, after, ["crag"]).deltas[0].p

    assert p(3) > 0.05 > p(40)


def test_flips_are_listed_both_ways() -> None:
    before = [scored("won", crag=0), scored("lost", language="ar"), scored("same", crag=0.5)]
    after = [scored("same", crag=0), scored("lost", language="ar", crag=-1), scored("won")]
    compared = compare(before, after)
    [won], [lost] = compared.gained, compared.lost
    assert (won.id, won.before, won.after) == ("won", 0, 1)
    assert (lost.id, lost.language, lost.before, lost.after) == ("lost", "ar", 1, -1)
    assert lost.question == before[1].item.question


def test_a_fallen_error_is_a_loss() -> None:
    [lost] = compare([scored("a")], [scored("a", crag=-1, error="internal: x")]).lost
    assert lost.id == "a"


def test_runs_of_other_questions_are_refused_by_name() -> None:
    before = exam(20)
    missing, other = before[3].id, before[5].id
    after = [result for result in before if result.id != missing]
    after = [scored(other, language="en") if r.id == other else r for r in after]
    with pytest.raises(RunMismatchError, match=rf"2 differ \({missing}, {other}\).*gold file"):
        compare(before, after)
    with pytest.raises(RunMismatchError, match="40 differ"):
        compare(before, [])


def test_a_measure_that_does_not_exist_is_refused_and_those_that_do_are_listed() -> None:
    with pytest.raises(MetricUnknownError, match=r"'recall_7'.*recall_10") as caught:
        compare(exam(1), exam(1), ["crag", "recall_7"])
    assert caught.value.code == "metric_unknown"


def test_one_sided_tests_look_one_way() -> None:
    before, after = exam(30), exam(24)
    [less] = paired(ALL, before, after, ["fact_recall"], alternative="less")
    [greater] = paired(ALL, before, after, ["fact_recall"], alternative="greater")
    assert less.p < 0.05
    assert greater.p > 0.9


def test_equal_runs_compare_equally_whatever_their_order() -> None:
    before, after = exam(20, 20), exam(11, 20)
    assert compare(before, after) == compare(before, after[::-1])
    assert set(HEADLINE) <= set(Scores.model_fields)
