"""How probable it is that a statement answers, and that the question can be answered."""

from collections.abc import Iterator
from dataclasses import fields, replace
from math import exp, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.expectation import Expectations
from assistant.normalise import Normalise
from assistant.question import Question
from assistant.relevance import (
    GAP_LEAST,
    GAP_SHARE,
    GAPS,
    LIMIT,
    MOST,
    SHARE,
    Candidate,
    Ground,
    Logistic,
    Relevance,
    Signals,
    bounded,
    ground,
    kept,
    made_for,
)
from assistant.retrieve import Retrieve
from assistant.select import SelectEvidence
from assistant.state import State
from assistant.wishes import Wishes
from index.embedding import EmbedderIdentity
from index.generation import Generation
from index.retriever import HybridRetriever
from tests.assistant.candidates import NOTHING, candidate
from tests.fakes import FakeEmbedder
from tests.index.library import built, document

NUMBERS = st.floats(-1e6, 1e6)
PROBABILITIES = st.floats(0, 1)
SIGNALS = st.builds(
    Signals,
    strength=NUMBERS,
    behind=st.floats(0, 1e6),
    nearest=NUMBERS,
    asked=NUMBERS,
    cosine=st.floats(-1, 1),
    words=PROBABILITIES,
    coverage=PROBABILITIES,
    gap=st.sampled_from([0.0, 1.0]),
    sheet=st.sampled_from([0.0, 1.0]),
    kind=st.sampled_from([-1.0, 0.0, 1.0]),
    past=st.sampled_from([0.0, 1.0]),
)
CANDIDATES = st.builds(
    lambda words, relevance, gap, signals: candidate(
        words, relevance=relevance, gap=gap, signals=signals
    ),
    st.sampled_from(["Un fait.", "جملة."]),
    PROBABILITIES,
    st.booleans(),
    SIGNALS,
)
RANKED = st.lists(CANDIDATES, max_size=20).map(
    lambda found: sorted(found, key=lambda one: -one.relevance)
)
E5 = "sanad-e5-small 88af3a828dbd"
RULES = (Relevance.unfitted(), Relevance.by_strength(), Relevance.load(E5))


def test_a_logistic_is_the_curve_of_its_weighted_sum() -> None:
    curve = Logistic(-1.0, {"a": 2.0, "b": -0.5})
    assert isclose(curve.of({"a": 1.0, "b": 4.0, "c": 9.0}), 1 / (1 + exp(1.0)))
    assert Logistic(0.0, {}).of({"a": 3.0}) == 0.5


@given(NUMBERS, st.dictionaries(st.sampled_from("abc"), NUMBERS), NUMBERS)
def test_a_logistic_is_a_probability(bias: float, weights: dict[str, float], value: float) -> None:
    assert 0 <= Logistic(bias, weights).of(dict.fromkeys("abc", value)) <= 1


@given(SIGNALS, RANKED, st.floats(-1, 1))
def test_whatever_is_known_it_is_a_probability(
    signals: Signals, ranked: list[Candidate], level: float
) -> None:
    seen = ground(ranked, level=level)
    for relevance in RULES:
        assert 0 <= relevance.of(signals) <= 1
        assert 0 <= relevance.answerable(seen) <= 1


@given(SIGNALS, st.floats(0, 1e6))
def test_more_strength_never_makes_less_relevant(signals: Signals, more: float) -> None:
    plain = Relevance.by_strength()
    assert plain.of(replace(signals, strength=signals.strength + more)) >= plain.of(signals)


@given(st.floats(-5, 5), st.floats(0.1, 5))
def test_what_is_behind_is_less_relevant(strength: float, behind: float) -> None:
    plain, best = Relevance.by_strength(), replace(NOTHING, strength=strength)
    assert plain.of(replace(best, strength=strength - behind, behind=behind)) < plain.of(best)


def test_the_plain_rule_answers_what_stands_out_and_nothing_else() -> None:
    plain = Relevance.by_strength()

    def support(strength: float) -> float:
        signals = replace(NOTHING, strength=strength)
        fact = candidate("Un fait.", relevance=plain.of(signals), signals=signals)
        return plain.answerable(ground([fact], level=0.8))

    assert support(1.5) < plain.threshold <= support(5.0)
    assert plain.answerable(ground([], level=0.8)) < plain.threshold


def test_whoever_asks_when_is_not_told_how_much() -> None:
    plain = Relevance.by_strength()
    right, wrong = (replace(NOTHING, strength=3.2, kind=kind) for kind in (1.0, -1.0))
    assert plain.of(right) > plain.of(replace(NOTHING, strength=3.2)) > plain.of(wrong)


@given(st.floats(1e-3, 1e6), PROBABILITIES)
def test_bounded_strengths_keep_their_shares(top: float, share: float) -> None:
    scale = bounded(top)
    assert scale * top <= MOST * (1 + 1e-9)
    assert scale == 1 or isclose(scale * top, MOST)
    assert isclose(scale * share * top, share * min(top, MOST), abs_tol=1e-300)


@pytest.mark.parametrize("top", [-3.0, 0.0, 1.0, MOST])
def test_usual_strengths_are_left_as_they_are(top: float) -> None:
    assert bounded(top) == 1.0


@given(RANKED)
def test_what_is_kept_is_little_and_near_the_best(ranked: list[Candidate]) -> None:
    chosen = kept(ranked)
    gaps = [one for one in chosen if one.is_gap]
    facts = [one for one in chosen if not one.is_gap]
    best = max((one.relevance for one in ranked if not one.is_gap), default=0.0)
    assert len(chosen) <= LIMIT
    assert len(gaps) <= GAPS
    assert all(one.relevance >= SHARE * best for one in facts)
    assert all(one.relevance >= max(GAP_LEAST, GAP_SHARE * best) for one in gaps)
    assert [one.relevance for one in facts] == sorted((f.relevance for f in facts), reverse=True)


@given(RANKED)
def test_the_best_fact_and_a_gap_before_it_are_always_kept(ranked: list[Candidate]) -> None:
    chosen = kept(ranked)
    facts = [one for one in ranked if not one.is_gap]
    assert [one for one in chosen if not one.is_gap][:1] == facts[:1]
    if ranked and ranked[0].is_gap and ranked[0].relevance >= GAP_LEAST:
        assert ranked[0] in chosen


def test_gaps_take_no_more_places_than_are_theirs() -> None:
    facts = [candidate(f"Fait {n}.", relevance=0.9) for n in range(LIMIT + 2)]
    gaps = [candidate(f"Lacune {n}.", relevance=0.8, gap=True) for n in range(GAPS + 2)]
    assert kept([*facts, *gaps]) == [*facts[: LIMIT - GAPS], *gaps[:GAPS]]
    assert kept(facts) == facts[:LIMIT]
    assert kept([*facts[:1], candidate("Rien.", relevance=0.1, gap=True)]) == facts[:1]
    assert kept(gaps) == gaps[:GAPS]
    assert kept([candidate("Rien.", relevance=GAP_LEAST / 2, gap=True)]) == []
    assert kept([]) == []


def test_the_ground_sets_the_strongest_gap_against_the_strongest_fact() -> None:
    near = replace(NOTHING, strength=6.0, asked=2.0, cosine=0.9)
    far = replace(NOTHING, strength=4.0, asked=5.0, cosine=0.8)
    gap, fact = (
        candidate("Rien.", relevance=0.8, gap=True, signals=near),
        candidate("Un fait.", relevance=0.5, signals=far),
    )
    seen = ground([gap, fact], level=0.7)
    assert isclose(seen.best, 0.0, abs_tol=1e-12)
    assert seen.gap > 0
    assert (seen.gap_strength, seen.gap_asked) == (2.0, -3.0)
    assert (seen.cosine, seen.level) == (0.8, 0.7)
    assert ground([replace(gap, relevance=0.2), fact], level=0.7).gap < 0


def test_the_ground_tells_how_far_what_was_asked_for_stays_behind() -> None:
    off, right = (
        candidate(words, relevance=odds, signals=replace(NOTHING, kind=kind))
        for words, odds, kind in (("La voie.", 0.8, -1.0), ("450 dirhams.", 0.5, 1.0))
    )
    unasked = replace(off, signals=NOTHING)
    seen = ground([off, right], level=0.7)
    assert (seen.asked, ground([unasked], level=0.7).asked) == (1.0, 0.0)
    assert ground([off], level=0.7).kind < seen.kind < ground([right], level=0.7).kind == 0
    assert ground([unasked], level=0.7).kind == 0


@given(RANKED, st.floats(-1, 1))
def test_the_ground_is_always_finite(ranked: list[Candidate], level: float) -> None:
    seen = ground(ranked, level=level)
    assert all(abs(getattr(seen, field.name)) < 1e7 for field in fields(Ground))


def test_a_model_is_named_by_its_weights() -> None:
    one, other = (EmbedderIdentity("m", mark * 64, 4, "", "") for mark in "ab")
    assert made_for(one) != made_for(other)
    assert made_for(one).startswith("m ")


def test_what_was_fitted_counts_for_its_own_model_alone() -> None:
    fitted, plain = Relevance.load(E5), Relevance.load(made_for(FakeEmbedder().identity))
    assert fitted.embedder == E5
    assert plain.embedder is None
    assert plain.threshold == Relevance.by_strength().threshold
    signals = replace(NOTHING, strength=4.0, words=0.5, cosine=0.9)
    assert plain.of(signals) == Relevance.by_strength().of(signals) != fitted.of(signals)
    assert 0 < fitted.threshold < 1


def test_the_fitted_one_uses_every_signal_and_nothing_else() -> None:
    fitted = Relevance.load(E5)
    for kind, curve in ((Signals, fitted._statement), (Ground, fitted._answer)):
        assert set(curve.weights) == {field.name for field in fields(kind)}


def test_the_unfitted_one_knows_nothing_and_answers_all() -> None:
    unfitted = Relevance.unfitted()
    assert unfitted.of(NOTHING) == unfitted.of(replace(NOTHING, strength=9.0)) == 0.5
    assert unfitted.answerable(ground([], level=0.0)) >= unfitted.threshold


SMALL = (
    document(
        "saffron",
        "fr",
        "Le safran",
        "Le certificat du safran coûte 450 dirhams.",
        "Les pistils du safran sèchent sur un tamis.",
    ),
    document(
        "saffron",
        "ar",
        "الزعفران",
        "تكلف شهادة الزعفران 450 درهما.",
        "تجفف مياسم الزعفران فوق غربال.",
    ),
    document("carpets", "fr", "Les tapis", "Un tapis noué porte une étiquette bleue."),
    document("carpets", "ar", "الزرابي", "تحمل الزربية المعقودة بطاقة زرقاء."),
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    """So few sentences that chance cannot be told."""
    embedder = FakeEmbedder(dimension=256, common=0.78)
    generation = built(tmp_path_factory.mktemp("small"), SMALL, embedder)
    yield generation
    generation.close()


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Combien coûte le certificat du safran ?", 0),
        ("كم تكلف شهادة الزعفران؟", 0),
        ("Comment sèchent les pistils du safran ?", 1),
        ("كيف تجفف مياسم الزعفران؟", 1),
    ],
)
def test_in_a_small_collection_the_best_stands_out_from_the_rest(
    small: Generation, question: str, number: int
) -> None:
    retriever = HybridRetriever(small, FakeEmbedder(dimension=256, common=0.78))
    select = SelectEvidence(retriever, Expectations.load(), Relevance.by_strength())
    state = Normalise().run(State(Question(question=question)))
    found = select.run(Retrieve(retriever, Wishes.load()).run(state))
    assert found.query is not None
    assert found.query.strength(found.matches[0].score) > MOST
    best, *rest = found.candidates
    assert (best.found.family, best.found.anchor) == ("saffron", f"s{number}")
    assert best.relevance >= 0.5
    assert all(one.relevance < best.relevance for one in rest)
    assert all(one.relevance < 0.1 for one in rest if one.found.family == "carpets")
    assert {item.document.family for item in found.evidence} == {"saffron"}
