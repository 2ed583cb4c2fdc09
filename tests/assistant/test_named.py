"""Agreements with others do not answer for a country that no words name."""

from dataclasses import replace

import pytest

from assistant.answer import Status
from assistant.named import Named
from assistant.phrases import Phrases
from assistant.question import Language, Question
from assistant.state import Outcome, State
from ingest.glossary import Term
from tests.assistant.evidences import evidence

TERMS = (
    Term(
        id="agreement",
        kind="term",
        names={
            "fr": "accord de libre-échange",
            "ar": "اتفاق التبادل الحر",
            "en": "trade agreement",
        },
        topics=("trade-agreements",),
    ),
    Term(id="japan", kind="place", names={"fr": "Japon", "ar": "اليابان", "en": "Japan"}),
    Term(id="turkey", kind="place", names={"fr": "Turquie", "ar": "تركيا", "en": "Türkiye"}),
)
FOUND = evidence("L'accord avec la Turquie s'applique depuis 2006.")


def named(question: str, language: Language = "fr", status: Status = "answered") -> State:
    state = State(Question(question=question), standalone=question, language=language)
    state = replace(state, evidence=FOUND, outcome=Outcome(status))
    return Named(TERMS, Phrases.load()).run(state)


@pytest.mark.parametrize(
    ("question", "language", "place"),
    [
        ("Un accord de libre-échange avec le Japon ?", "fr", "Japon"),
        ("Is there a trade agreement with Japan?", "en", "Japan"),
        ("هل هناك اتفاق التبادل الحر مع اليابان؟", "ar", "اليابان"),
        ("واش كاين اتفاق التبادل الحر مع اليابان؟", "ary", "اليابان"),
        ("wach kayn accord de libre-échange m3a Japon?", "ary-latn", "Japon"),
    ],
)
def test_a_country_without_words_makes_the_answer_a_part(
    question: str, language: Language, place: str
) -> None:
    state = named(question, language)
    assert state.outcome == Outcome("partial")
    [notice] = state.notices
    assert notice.kind == "unnamed"
    assert place in notice.text


@pytest.mark.parametrize(
    "question",
    [
        "Un accord de libre-échange avec la Turquie ?",
        "هل هناك اتفاق التبادل الحر مع تركيا؟",
        "Is there a trade agreement with Türkiye?",
        "Quels accords de libre-échange ?",
        "Quels documents pour exporter au Japon ?",
    ],
)
def test_other_answers_stay_what_they_are(question: str) -> None:
    state = named(question)
    assert state.outcome == Outcome("answered")
    assert state.notices == ()


def test_only_answers_are_looked_at() -> None:
    state = named("Un accord de libre-échange avec le Japon ?", status="unanswerable")
    assert state.outcome == Outcome("unanswerable")
    assert state.notices == ()
