"""A follow-up becomes a question that stands alone; anything else is left as it is."""

import pytest

from assistant.normalise import Normalise
from assistant.phrases import Phrases
from assistant.question import Question, Turn
from assistant.rewrite import Rewrite
from assistant.state import State

REWRITE = Rewrite.load(Phrases.load())
BEFORE = "Combien coûte le permis d'huile d'olive ?"


def run(question: str, *turns: tuple[str, str]) -> State:
    history = tuple(Turn.model_validate({"role": r, "content": c}) for r, c in turns)
    return REWRITE.run(Normalise().run(State(Question(question=question, history=history))))


@pytest.mark.parametrize(
    "question",
    [
        "Et pour le délai du permis ?",
        "Et si l'envoi pèse moins de 5 kg ?",
        "Le délai ?",
        "Est-ce la même règle pour celui-ci ?",
        "What about the delay then?",
        "And for small parcels?",
        "وماذا عن أجل التسليم في هذه الحالة؟",
        "وشحال ديال الوقت كيبقى؟",
        "w chhal dyal lwe9t kaybqa?",
    ],
)
def test_a_follow_up_is_read_after_the_question_before(question: str) -> None:
    state = run(question, ("user", BEFORE), ("assistant", "450 dirhams."))
    assert BEFORE in state.standalone
    assert question in state.standalone
    assert "450" not in state.standalone
    assert [notice.kind for notice in state.notices] == ["rewritten"]


@pytest.mark.parametrize(
    "question",
    [
        "Quelles coopératives le programme safran accueille-t-il ?",
        "Which cooperatives does the saffron programme take in?",
        "ما هي التعاونيات التي يستقبلها برنامج الزعفران؟",
        "شنو هي الوثائق اللي خاصني باش نصدر الزربية؟",
    ],
)
def test_a_new_topic_is_not_coloured_by_the_old_one(question: str) -> None:
    state = run(question, ("user", BEFORE))
    assert state.standalone == question
    assert state.notices == ()


@pytest.mark.parametrize("turns", [[], [("assistant", "Bonjour")]])
def test_without_an_earlier_question_nothing_is_added(turns: list[tuple[str, str]]) -> None:
    assert run("Et le délai ?", *turns).standalone == "Et le délai ?"


def test_only_the_last_question_counts() -> None:
    state = run("Et le délai ?", ("user", "Le safran ?"), ("user", BEFORE))
    assert "safran" not in state.standalone
    assert BEFORE in state.standalone


def test_what_was_hidden_in_an_earlier_turn_stays_out() -> None:
    state = run("Et le délai ?", ("user", "Le \u202epermis\u200b\x1b d'huile\n ?"))
    assert state.standalone == "Le permis d'huile ? Et le délai ?"
    assert "\u202e" not in state.notices[0].text
