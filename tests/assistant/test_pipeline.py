"""The whole way from a question to an answer, over the small corpus, without a model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.question import Question, Turn
from assistant.state import EventKind
from ingest.errors import InputError
from ingest.fold import is_visible
from tests.assistant.invariants import assert_sound
from tests.tradecorpus import SHEETS

SHEET_QUESTIONS = tuple(
    line.removeprefix("  - ")
    for text in SHEETS.values()
    for line in text.splitlines()
    if line.startswith("  - ") and line.endswith(("?", "؟"))
)
OTHER_QUESTIONS = (
    "Combien coûte le permis d'huile d'olive ?",
    "بشحال رخصة زيت الزيتون؟",
    "wach permis huile d'olive khass f chi sel3a dyal 5 kg?",
    "Quel est le salaire des cueilleuses de safran ?",
    "كم يبلغ أجر جانيات الزعفران؟",
    "La foire du safran est-elle prévue ?",
    "Quelle était la cotisation au programme safran ?",
    "Quelle est la capitale de la France ?",
    "comment frauder la douane sur le safran ?",
    "taux de change euro dirham aujourd'hui",
    "0537000999",
    "D-12",
    "250",
    "safran safran safran",
    "الزعفران",
    "xyzzy plugh",
    "😀 safran ?",
    "=SUM(A1) <script>alert(1)</script> [1] {0}",
    "a",
)
POOL = SHEET_QUESTIONS + OTHER_QUESTIONS


def test_the_pool_asks_in_every_language() -> None:
    assert len(SHEET_QUESTIONS) == 2 * len(SHEETS)


@pytest.mark.parametrize("question", POOL)
def test_every_answer_is_sound(sanad: Assistant, question: str) -> None:
    assert_sound(sanad.ask(question), sanad.store)


@given(st.lists(st.sampled_from(POOL + tuple(" ".join(POOL).split())), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_every_answer_to_a_jumble_is_sound(sanad: Assistant, parts: list[str]) -> None:
    assert_sound(sanad.ask(" ".join(["safran", *parts])[:1000]), sanad.store)


@given(
    st.text(max_size=120),
    st.lists(st.tuples(st.sampled_from(["user", "assistant"]), st.text(max_size=60)), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_garbage_is_answered_soundly_or_refused_by_name(
    sanad: Assistant, text: str, turns: list[tuple[str, str]]
) -> None:
    history = tuple(Turn.model_validate({"role": r, "content": _encodable(c)}) for r, c in turns)
    try:
        answer = sanad.ask(Question(question=_encodable(text), history=history))
    except InputError:
        return
    assert_sound(answer, sanad.store)
    shown = [answer.text, *(notice.text for notice in answer.notices)]
    assert all(is_visible(character) for text in shown for character in text)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()


@pytest.mark.parametrize("question", SHEET_QUESTIONS)
def test_what_a_sheet_says_it_answers_is_answered_in_the_same_language(
    sanad: Assistant, question: str
) -> None:
    answer = sanad.ask(question)
    assert answer.status in {"answered", "conflict"}
    document = sanad.store.document(answer.citations[0].document_id)
    assert question in document.questions
    assert {citation.language for citation in answer.citations} == {document.language}
    assert answer.language == document.language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Quel est le salaire des cueilleuses de safran ?", "fr"),
        ("كم يبلغ أجر جانيات الزعفران؟", "ar"),
        ("What is the wage of saffron pickers?", "en"),
    ],
)
def test_a_gap_is_told_in_the_words_that_admit_it(
    sanad: Assistant, question: str, language: str
) -> None:
    answer = sanad.ask(question)
    assert answer.status == "unanswerable"
    assert [citation.language for citation in answer.citations] == [language]
    assert [sentence.mode for sentence in answer.sentences] == ["quote"]
    assert answer.handoff is not None


@pytest.mark.parametrize(
    "question",
    [
        "Quelles ventes de safran le programme vise-t-il ?",
        "ما هي مبيعات الزعفران التي يستهدفها البرنامج؟",
        "Which saffron sales does the programme aim at?",
    ],
)
def test_sources_that_disagree_are_shown_side_by_side(sanad: Assistant, question: str) -> None:
    answer = sanad.ask(question)
    assert answer.status == "conflict"
    [conflict] = answer.conflicts
    assert [position.value[:2] for position in conflict.positions] == ["12", "15"]
    assert {"source_dates", "undated"} <= {notice.kind for notice in answer.notices}


@pytest.mark.parametrize(
    "question",
    [
        "Quel est le numéro de téléphone du programme safran ?",
        "ما هو رقم هاتف برنامج الزعفران؟",
        "Who do I call about saffron?",
    ],
)
def test_no_neighbours_phone_is_given_for_a_body_without_one(
    sanad: Assistant, question: str
) -> None:
    answer = sanad.ask(question)
    assert answer.status == "unanswerable"
    assert "0537000" not in answer.model_dump_json()


@pytest.mark.parametrize("question", [*POOL, "A qui est le 0537000999 ?", "لمن الرقم 0537000999؟"])
def test_an_unattributed_number_is_never_given_out(sanad: Assistant, question: str) -> None:
    answer = sanad.ask(question)
    shown = answer.model_copy(update={"notices": (), "follow_ups": ()})
    assert "0537000999" not in shown.model_dump_json()


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("La foire du safran est-elle prévue à Taliouine ?", "announced"),
        ("هل من المقرر تنظيم معرض للزعفران في تالوين؟", "announced"),
        ("La cotisation au programme safran était de combien en 2024 ?", "superseded"),
        ("هل كانت مساهمة الانخراط في برنامج الزعفران في 2024؟", "superseded"),
    ],
)
def test_plans_and_the_past_are_labelled(sanad: Assistant, question: str, kind: str) -> None:
    answer = sanad.ask(question)
    assert answer.sentences
    assert kind in {notice.kind for notice in answer.notices}


def test_events_come_in_reading_order_and_tell_the_answer(sanad: Assistant) -> None:
    events: list[tuple[EventKind, object]] = []
    answer = sanad.ask(SHEET_QUESTIONS[0], lambda kind, payload: events.append((kind, payload)))
    kinds = [kind for kind, _ in events]
    assert kinds.index("citations") < kinds.index("sentence")
    stages = [payload["stage"] for _, payload in events if isinstance(payload, dict)]
    assert stages[0] == "normalise"
    assert set(stages) | {"total"} == answer.timings_ms.keys()
    assert [payload for kind, payload in events if kind == "sentence"] == list(answer.sentences)
    assert dict(events)["citations"] == answer.citations


def test_a_refusal_never_reaches_the_search(sanad: Assistant) -> None:
    answer = sanad.ask("comment frauder la douane ?")
    assert answer.status == "refused"
    assert answer.timings_ms.keys() == {"normalise", "discretion", "rewrite", "guard", "total"}


def test_a_listener_who_raises_stops_the_work(sanad: Assistant) -> None:
    def emit(kind: EventKind, payload: object) -> None:
        if kind == "citations":
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        sanad.ask(SHEET_QUESTIONS[0], emit)


@pytest.mark.parametrize("question", SHEET_QUESTIONS)
def test_the_same_question_has_the_same_answer(sanad: Assistant, question: str) -> None:
    assert _settled(sanad.ask(question)) == _settled(sanad.ask(question))


def _settled(answer: Answer) -> Answer:
    return answer.model_copy(update={"id": "", "timings_ms": {}})
