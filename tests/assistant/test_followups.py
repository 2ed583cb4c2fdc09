"""What is offered to ask next: after an answer, and above all after none."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answer import Status
from assistant.followups import NEAR, FollowUps
from assistant.question import Language, Question
from assistant.relevance import Candidate
from assistant.state import Outcome, State
from index.generation import Generation
from tests.assistant.candidates import candidate

FAMILIES = ("olive-permit", "carpet-desk", "saffron-programme")
SALES = {
    "fr": "Quelles ventes de safran le programme vise-t-il ?",
    "ar": "ما هي مبيعات الزعفران التي يستهدفها البرنامج؟",
}


def state(question: str, language: Language, *candidates: Candidate) -> State:
    asked = State(Question(question=question), language=language, candidates=candidates)
    return replace(asked, text=question, standalone=question)


def offered(generation: Generation, asked: State, status: Status) -> tuple[str, ...]:
    return FollowUps(generation.store).find(asked, Outcome(status), ())


@pytest.mark.parametrize(
    ("language", "sheets", "question"),
    [
        ("fr", "fr", "ventes de safran en or"),
        ("ary-latn", "ar", "مبيعات الزعفران فين؟"),
        ("ar", "ar", "مبيعات الزعفران بالجملة"),
        ("ary", "ar", "مبيعات الزعفران"),
    ],
)
def test_who_got_no_answer_is_offered_the_nearest_sheets_in_their_language(
    trade_generation: Generation, language: Language, sheets: str, question: str
) -> None:
    near = candidate("a", relevance=0.4, family="saffron-programme")
    next_one = candidate("b", relevance=NEAR, family="olive-permit")
    again = candidate("c", relevance=NEAR, family="saffron-programme")
    found = offered(
        trade_generation, state(question, language, near, next_one, again), "unanswerable"
    )
    assert len(found) == 2
    assert found[0] == SALES[sheets]
    variant = trade_generation.store.variants("olive-permit")[sheets]
    assert found[1] in trade_generation.store.document(variant).questions


@pytest.mark.parametrize("status", ["answered", "clarify", "refused", "unanswerable"])
def test_nothing_is_offered_from_what_is_far_or_a_gap(
    trade_generation: Generation, status: Status
) -> None:
    far = candidate("a", relevance=NEAR - 0.01, family="olive-permit")
    gap = candidate("b", relevance=0.9, family="carpet-desk", gap=True)
    assert offered(trade_generation, state("Le prix de l'or ?", "fr", gap, far), status) == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(FAMILIES), st.floats(0, 1), st.booleans()), max_size=9),
    st.sampled_from(["fr", "ar", "en", "ary", "ary-latn"]),
)
def test_at_most_three_and_never_what_was_asked(
    trade_generation: Generation, near: list[tuple[str, float, bool]], language: Language
) -> None:
    candidates = [candidate("x", relevance=r, family=name, gap=gap) for name, r, gap in near]
    found = offered(trade_generation, state(SALES["fr"], language, *candidates), "unanswerable")
    assert len(found) == len(set(found)) <= 3
    assert SALES["fr"] not in found
