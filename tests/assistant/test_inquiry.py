"""A question with two parts gets two answers, or hears which part has none."""

from dataclasses import replace
from typing import cast

import pytest

from assistant.answer import Status
from assistant.assistant import Assistant
from assistant.evidence import Evidence
from assistant.inquiry import Inquiry
from assistant.parts import Parts
from assistant.phrases import Phrases
from assistant.question import Question, Turn
from assistant.relevance import Candidate, Signals
from assistant.retrieve import Retrieve
from assistant.rewrite import Rewrite
from assistant.state import Outcome, State
from index.generation import Generation
from index.store import Store
from tests.assistant.invariants import assert_sound

BOTH = (
    (
        "Combien coûte le permis d'huile d'olive et quel est le téléphone du guichet du tapis ?",
        ("450", "0537000111"),
    ),
    (
        "Quel délai pour le permis d'huile d'olive ? Combien de coopératives au programme safran ?",
        ("10 jours", "250"),
    ),
    (
        "How much does the olive oil permit cost, and what is the phone number of the carpet desk?",
        ("450", "0537000111"),
    ),
    ("كم تكلف رخصة زيت الزيتون وما هو هاتف شباك الزرابي؟", ("450", "0537000111")),
    ("شحال كتكلف رخصة زيت الزيتون وشنو هو هاتف شباك الزرابي؟", ("450", "0537000111")),
    (
        "chhal taman dyal permis huile d'olive w chno telephone dyal guichet du tapis?",
        ("450", "0537000111"),
    ),
)
HALF = (
    ("Combien coûte le permis d'huile d'olive et quelle est la belle capitale de la France ?",
     "450", "et quelle est la belle capitale de la France ?"),
    ("How much does the olive oil permit cost and what is the beautiful capital of France?",
     "450", "and what is the beautiful capital of France?"),
    ("كم تكلف رخصة زيت الزيتون وما هي عاصمة فرنسا الجميلة؟", "450", "وما هي عاصمة فرنسا الجميلة؟"),
    ("شحال كتكلف رخصة زيت الزيتون وشنو هي عاصمة فرنسا الزوينة؟", "450",
     "وشنو هي عاصمة فرنسا الزوينة؟"),
    ("chhal taman dyal permis huile d'olive w chno hiya l3assima zwina dyal fransa?", "450",
     "w chno hiya l3assima zwina dyal fransa?"),
)  # fmt: skip


@pytest.mark.parametrize(("question", "figures"), BOTH)
def test_both_parts_are_answered(sanad: Assistant, question: str, figures: tuple[str, str]) -> None:
    answer = sanad.ask(question)
    assert_sound(answer, sanad.store)
    assert answer.status in {"answered", "partial", "conflict"}
    assert "missing_part" not in {notice.kind for notice in answer.notices}
    first, second = figures
    assert 0 <= answer.text.find(first) < answer.text.find(second)
    assert [notice.kind for notice in answer.notices].count("gloss") <= 1


@pytest.mark.parametrize(("question", "figure", "missing"), HALF)
def test_a_part_without_an_answer_is_named(
    sanad: Assistant, question: str, figure: str, missing: str
) -> None:
    answer = sanad.ask(question)
    assert_sound(answer, sanad.store)
    assert answer.status == "partial"
    assert figure in answer.text
    [notice] = [notice for notice in answer.notices if notice.kind == "missing_part"]
    assert missing in notice.text
    assert answer.handoff is not None


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("Combien coûte le permis d'huile d'olive et quel est son délai ?", ("450", "10 jours")),
        ("Quel est le prix et quel est le délai du permis d'huile d'olive ?", ("450", "10 jours")),
        ("كم تكلف رخصة زيت الزيتون وما هو الأجل؟", ("450", "10 أيام")),
    ],
)
def test_a_part_takes_its_subject_from_the_other(
    sanad: Assistant, question: str, figures: tuple[str, str]
) -> None:
    text = sanad.ask(question).text
    for figure in figures:
        assert figure in text


class _Scripted:
    """Answers the first part with a statement, and finds but this or that for the second."""

    name = "scripted"

    def __init__(self, store: Store, second: Candidate) -> None:
        self._store = store
        self._second = second

    def run(self, state: State) -> State:
        if "coûte" not in state.text:
            outcome = Outcome("unanswerable")
            return replace(state, candidates=(self._second,), outcome=outcome, closed=True)
        document = self._store.document("olive-permit.fr")
        cost = document.statement("cost")
        assert cost is not None
        told = Evidence(1, document, cost.start, cost.end, "", 0.9, cost)
        return replace(state, evidence=(told,), outcome=Outcome("answered"))


class _Idle:
    """Stands for the steps before."""

    name = "idle"

    def run(self, state: State) -> State:
        return state

    def ahead(self, states: list[State]) -> list[State]:
        return states


@pytest.mark.parametrize(
    ("anchor", "relevance", "status"),
    [
        ("cost", 0.4, "answered"),
        ("cost", 0.1, "partial"),
        ("delay", 0.4, "partial"),
    ],
)
def test_a_part_whose_best_statement_is_told_for_another_is_not_missing(
    trade_generation: Generation, anchor: str, relevance: float, status: Status
) -> None:
    store, phrases = trade_generation.store, Phrases.load()
    sentences = store.sentences(range(trade_generation.manifest.sentences))
    place = ("olive-permit", anchor)
    found = next(one for one in sentences if (one.family, one.anchor) == place)
    signals = Signals(**dict.fromkeys(Signals.__dataclass_fields__, 0.0))
    scripted = _Scripted(store, Candidate(found, signals, relevance))
    idle = _Idle()
    rewrite = Rewrite.load(phrases)
    inquiry = Inquiry(
        idle, cast(Retrieve, idle), [scripted], parts=Parts.load(), rewrite=rewrite, phrases=phrases
    )
    text = "Combien coûte le permis d'huile d'olive et quel est le délai du permis d'huile ?"
    done = inquiry.run(State(Question(question=text), text=text, standalone=text))
    assert done.outcome == Outcome(status)
    missing = [notice for notice in done.notices if notice.kind == "missing_part"]
    assert bool(missing) is (status == "partial")


@pytest.mark.parametrize(
    "question",
    ["Quelle est la capitale de la France et où est la lune ?", "ما هي عاصمة فرنسا وأين القمر؟"],
)
def test_two_parts_without_answer_are_no_answer(sanad: Assistant, question: str) -> None:
    answer = sanad.ask(question)
    assert answer.status == "unanswerable"
    assert answer.handoff is not None


def test_the_subject_may_come_from_the_question_before(sanad: Assistant) -> None:
    history = (Turn(role="user", content="Le permis d'huile d'olive, c'est quoi ?"),)
    answer = sanad.ask(
        Question(question="Combien ça coûte et quel délai faut-il ?", history=history)
    )
    assert "450" in answer.text
    assert "10 jours" in answer.text


@pytest.mark.parametrize(
    ("before", "question", "figure"),
    [
        ("Comment obtenir le permis d'huile d'olive ?", "Et combien ça coûte ?", "450"),
        ("كيف أحصل على رخصة زيت الزيتون؟", "وكم تكلف؟", "450"),
    ],
)
def test_the_question_before_is_no_part_of_a_follow_up(
    sanad: Assistant, before: str, question: str, figure: str
) -> None:
    history = (Turn(role="user", content=before),)
    answer = sanad.ask(Question(question=question, history=history))
    assert figure in answer.text
    assert "missing_part" not in {notice.kind for notice in answer.notices}


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (
            "Comment obtenir le permis d'huile d'olive ?",
            "Et où se trouve la belle capitale de la France ?",
        ),
        ("كيف أحصل على رخصة زيت الزيتون؟", "وأين توجد عاصمة فرنسا الجميلة؟"),
    ],
)
def test_a_follow_up_without_an_answer_does_not_repeat_the_last_one(
    sanad: Assistant, before: str, question: str
) -> None:
    history = (Turn(role="user", content=before),)
    answer = sanad.ask(Question(question=question, history=history))
    assert answer.status == "unanswerable"
    assert answer.handoff is not None


@pytest.mark.parametrize("question", [BOTH[0][0], HALF[2][0]])
def test_what_is_cited_is_told_once_and_each_step_is_timed_once(
    sanad: Assistant, question: str
) -> None:
    events: list[tuple[str, object]] = []
    answer = sanad.ask(question, lambda kind, payload: events.append((kind, payload)))
    [cited] = [payload for kind, payload in events if kind == "citations"]
    assert cited == answer.citations
    stages = {payload["stage"] for _, payload in events if isinstance(payload, dict)}
    assert stages | {"total"} == answer.timings_ms.keys()
    spent = sum(ms for name, ms in answer.timings_ms.items() if name != "total")
    assert spent <= answer.timings_ms["total"] + len(stages)
