"""A run in numbers: every question in every mean it belongs to, the worst slices first."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.score import Result, Scorer
from evals.spans import language_pair
from evals.summary import ALL, HEADLINE, cluster, named, ranking, slices, summarise
from tests.evals.runs import scored

REFUSED = {"best": "unanswerable", "false_answer": 0}


def test_slices_are_languages_kinds_and_tags_the_worst_first() -> None:
    results = [
        scored("a", language="fr", kind="date", tags=("dated", "typo")),
        scored("b", language="ar", kind="number", crag=-1, tags=("dated",)),
        scored("c", language="ary", kind="date", crag=0),
    ]
    assert list(slices(results)) == [
        ALL, "language:ar", "language:ary", "language:fr", "kind:number", "kind:date",
        "tag:dated", "tag:typo",
    ]  # fmt: skip
    assert [result.id for result in slices(results)["tag:dated"]] == ["a", "b"]
    assert summarise(results).groups["language:ar"].n == 1


def test_recall_is_told_within_a_language_and_across(scorer: Scorer) -> None:
    same, across = language_pair("ar", "ar"), language_pair("ary-latn", "ar")
    results = [
        scored("a", language="ar", pair=same, recall_10=1),
        scored("b", language="ar", pair=same, recall_10=0, error="internal: x"),
        scored("c", language="ary-latn", pair=across, recall_10=0.5),
        scored("d", language="fr", **REFUSED),
    ]
    groups = summarise(results).groups
    assert named(groups, "evidence") == ["evidence:across", "evidence:same"]
    assert named(groups, "pair") == ["pair:ar-ar", "pair:ary-latn-ar"]
    found = {
        name: groups[name].means["recall_10"]
        for name in groups
        if "recall_10" in groups[name].means
    }
    assert (found["evidence:same"].value, found["evidence:same"].n) == (0.5, 2)
    assert found["evidence:same"] == found["pair:ar-ar"]
    assert (found["evidence:across"].value, found["evidence:across"].n) == (0.5, 1)
    assert found[ALL].n == 3


def test_counts_are_those_of_the_slice() -> None:
    results = [
        scored("a", sheets=("s",), fact_recall=1),
        scored("b", sheets=("s", "t"), fact_recall=0, error="internal: x"),
        scored("c", **REFUSED),
        scored("d", **REFUSED).model_copy(
            update={
                "quotes": ("supported", "fabricated", "frankenquote"),
                "unsupported": ("3 jours", "4 %"),
                "forbidden": ("x",),
            }
        ),
    ]
    total = summarise(results).groups[ALL]
    assert (total.n, total.answerable, total.errors) == (4, 2, 1)
    assert (total.altered, total.unsupported, total.forbidden) == (2, 2, 1)
    assert total.silent_crag == 0.5
    assert total.clusters == 3
    assert (total.means["fact_recall"].value, total.means["fact_recall"].n) == (0.5, 2)
    assert (total.means["crag"].value, total.means["crag"].n) == (1, 4)


def test_the_first_sheet_is_the_cluster_else_the_question() -> None:
    assert cluster(scored("a", sheets=("s", "t")).item) == "s"
    assert cluster(scored("a").item) == "a"


def test_questions_that_fail_together_make_a_mean_less_certain() -> None:
    def widths(sheets: int) -> float:
        results = [
            scored(f"q{n}", sheets=(f"s{n % sheets}",), crag=float(n % sheets % 2))
            for n in range(60)
        ]
        mean = summarise(results).groups[ALL].means["crag"]
        assert mean.low is not None
        assert mean.high is not None
        assert mean.low <= mean.value <= mean.high
        return mean.high - mean.low

    assert widths(6) > widths(60)


def test_intervals_are_those_of_the_headline() -> None:
    result = scored("a", fact_recall=0.5, mrr_10=0.5, recall_10=1)
    means = summarise([result]).groups[ALL].means
    for name, mean in means.items():
        assert (mean.low is not None) is (name in HEADLINE), name


def test_what_no_answer_shows_is_no_measure_though_errors_fail_it(
    scorer: Scorer,
) -> None:
    answered = scored("a", fact_recall=1)
    failed = scorer.fail(scored("b").item, "language_model_failed: away")
    assert failed.scores.unguarded_wrong == 1
    hidden = summarise([answered, failed]).groups
    assert "unguarded_wrong" not in hidden[ALL].means
    assert hidden[ALL].means["fact_recall"].value == 0.5
    shown = scored("c", unguarded_wrong=0)
    assert summarise([shown, failed]).groups[ALL].means["unguarded_wrong"].value == 0.5


def test_the_ranking_puts_what_has_no_support_last() -> None:
    sure = scored("a", support=3.0, unguarded_wrong=0)
    unsure = scored("b", support=-2.5, unguarded_wrong=1)
    bare = scored("c", unguarded_wrong=0)
    failed = scored("d", error="internal: x", unguarded_wrong=1)
    ranked = ranking([sure, unsure, bare, failed])
    assert ranked is not None
    supports, wrong = ranked
    assert wrong == [False, True, False, True]
    assert supports[:2] == [3.0, -2.5]
    assert max(supports[2:]) < -2.5
    group = summarise([sure, unsure, bare, failed]).groups[ALL]
    assert group.aurc is not None
    assert group.coverage_at_5 == 0.25


def test_without_any_support_there_is_no_risk_to_rank() -> None:
    assert ranking([scored("a"), scored("b", error="internal: x")]) is None
    group = summarise([scored("a")]).groups[ALL]
    assert (group.aurc, group.coverage_at_5) == (None, None)


@pytest.mark.parametrize("field", ["low", "high"])
def test_a_mean_that_was_not_measured_is_absent(field: str) -> None:
    means = summarise([scored("a")]).groups[ALL].means
    assert "recall_10" not in means
    assert getattr(means["status_ok"], field) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["fr", "ar", "ary"]), st.sampled_from([-1.0, 0.0, 0.5, 1.0])),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=15, deadline=None)
def test_the_order_of_questions_does_not_matter(
    rows: list[tuple[str, float]], chance: random.Random
) -> None:
    results: list[Result] = [
        scored(f"q{n}", language=language, crag=crag, support=crag)
        for n, (language, crag) in enumerate(rows)
    ]
    before = summarise(results)
    chance.shuffle(results)
    assert summarise(results) == before
