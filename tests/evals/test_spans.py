"""Retrieval over gold spans: by hand, then what must hold of any ranking."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question import Language
from evals import spans
from evals.gold import Evidence
from evals.spans import GoldSpan, Span, alternatives, gold_spans, language_pair, meeting
from ingest.document import Document, Statement
from tests.evals.cases import SPANS, Case

PLACES = st.builds(
    lambda document, start, length: Span(document, start, start + length),
    st.sampled_from(["a.fr", "a.ar", "b.fr"]),
    st.integers(0, 30),
    st.integers(1, 20),
)
RANKED = st.lists(PLACES, max_size=15)
GOLDS = st.lists(
    st.builds(
        GoldSpan, st.lists(PLACES, min_size=1, max_size=3).map(tuple), st.sampled_from([1, 2])
    ),
    max_size=5,
)


def sheet(language: str, *texts: tuple[str, str], family: str = "delay") -> Document:
    """A variant of a sheet: anchors and the words of their statements."""
    statements, body = [], ""
    for anchor, words in texts:
        statements.append(Statement(anchor, len(body), len(body) + len(words), ()))
        body += words + "\n"
    return Document(
        id=f"{family}.{language}", family=family, language=language, title="", text=body,
        statements=tuple(statements),
    )  # fmt: skip


FRENCH = sheet("fr", ("law", "La loi 91-14."), ("deadline", "Le délai est de 150 jours."))
ARABIC = sheet("ar", ("law", "القانون 91-14."), ("deadline", "الأجل هو 150 يوما."))
ENGLISH = sheet("en", ("law", "Law 91-14."))
SHELF = {one.id: one for one in (FRENCH, ARABIC, ENGLISH)}
EVIDENCE = Evidence(document="delay.fr", statement="deadline", start=14, end=40)


def variants(family: str) -> dict[str, str]:
    return {one.language: one.id for one in SHELF.values() if one.family == family}


@pytest.mark.parametrize("case", SPANS, ids=lambda case: case.metric)
def test_by_hand(case: Case) -> None:
    assert case.holds(spans)


def test_a_gold_span_is_found_in_every_language_that_has_the_statement() -> None:
    own, other = alternatives(EVIDENCE, SHELF.get, variants)
    assert FRENCH.text[own.start : own.end] == "Le délai est de 150 jours."
    assert (other.document, ARABIC.text[other.start : other.end]) == (
        "delay.ar",
        "الأجل هو 150 يوما.",
    )


def test_evidence_given_in_arabic_is_found_in_french() -> None:
    start = ARABIC.statements[1].start
    evidence = Evidence(document="delay.ar", statement="deadline", start=start, end=start + 18)
    assert [span.document for span in alternatives(evidence, SHELF.get, variants)] == [
        "delay.ar",
        "delay.fr",
    ]


def test_evidence_of_an_absent_document_is_found_by_nothing() -> None:
    evidence = EVIDENCE.model_copy(update={"document": "gone.fr"})
    assert alternatives(evidence, SHELF.get, variants) == (Span("gone.fr", 14, 40),)


def test_an_absent_variant_is_left_out() -> None:
    only_french = {FRENCH.id: FRENCH}.get
    assert len(alternatives(EVIDENCE, only_french, variants)) == 1


def test_gold_spans_keep_their_grades() -> None:
    supporting = EVIDENCE.model_copy(update={"grade": 1})
    found = gold_spans([EVIDENCE, supporting], SHELF.get, variants)
    assert [gold.grade for gold in found] == [2, 1]


def test_language_pairs() -> None:
    assert language_pair("ar", "fr") == "ar-fr"
    assert language_pair("ary-latn", "ar") == "ary-latn-ar"


@pytest.mark.parametrize(
    ("question", "evidence", "pair"),
    [
        ("fr", [["fr", "ar", "en"]], language_pair("fr", "fr")),
        ("fr", [["ar", "fr"]], language_pair("fr", "fr")),
        ("ar", [["fr", "ar"], ["ar"]], language_pair("ar", "ar")),
        ("fr", [["ar"]], language_pair("fr", "ar")),
        ("ar", [["ar", "fr"], ["en", "fr"]], language_pair("ar", "en")),
        ("ary", [["ar", "fr", "en"]], language_pair("ary", "ar")),
        ("ary-latn", [["fr", "ar"]], language_pair("ary-latn", "fr")),
        ("fr", [], None),
    ],
)
def test_a_question_goes_across_only_to_evidence_its_language_does_not_have(
    question: Language, evidence: list[list[str]], pair: str | None
) -> None:
    assert meeting(question, evidence) == pair


@given(RANKED, GOLDS, st.integers(1, 15), st.randoms(use_true_random=False))
def test_bounds_and_indifference_to_the_order_of_the_gold(
    ranked: list[Span], golds: list[GoldSpan], k: int, chance: random.Random
) -> None:
    shuffled = [GoldSpan(tuple(reversed(gold.alternatives)), gold.grade) for gold in golds]
    chance.shuffle(shuffled)
    for measure in (spans.recall_at, spans.hit_at, spans.reciprocal_rank, spans.ndcg_at):
        value = measure(ranked, golds, k)
        assert 0 <= value <= 1 + 1e-9
        assert value == pytest.approx(measure(ranked, shuffled, k))


@given(RANKED, GOLDS, st.integers(1, 15))
def test_a_longer_list_never_finds_less(ranked: list[Span], golds: list[GoldSpan], k: int) -> None:
    for measure in (spans.recall_at, spans.hit_at, spans.reciprocal_rank):
        assert measure(ranked, golds, k) <= measure(ranked, golds, k + 1)


@given(RANKED, GOLDS, st.integers(1, 15))
def test_the_measures_agree_on_whether_anything_was_found(
    ranked: list[Span], golds: list[GoldSpan], k: int
) -> None:
    found = {
        measure(ranked, golds, k) > 0
        for measure in (spans.recall_at, spans.hit_at, spans.reciprocal_rank, spans.ndcg_at)
    }
    assert len(found) == 1


@given(RANKED, GOLDS.filter(bool))
def test_putting_the_gold_first_is_best(ranked: list[Span], golds: list[GoldSpan]) -> None:
    best = sorted(golds, key=lambda gold: -gold.grade)
    ideal = [gold.alternatives[0] for gold in best] + ranked
    assert spans.recall_at(ideal, golds, len(ideal)) == 1
    assert spans.reciprocal_rank(ideal, golds) == 1
