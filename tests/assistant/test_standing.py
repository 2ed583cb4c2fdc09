"""A text that no longer holds answers only who asks for it, and says so first."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.doubts import doubts
from assistant.evidence import Evidence
from assistant.finish import Finish
from assistant.followups import FollowUps
from assistant.handoff import HandoffDesk
from assistant.phrases import Phrases
from assistant.question import Language, Question
from assistant.standing import FIRST_LINES, Standing, is_past
from assistant.state import Outcome, State
from assistant.verify import Verify, quotes
from index.generation import Generation
from index.store import StoredSentence
from ingest.document import Law, Statement, Status
from tests.assistant.candidates import candidate
from tests.assistant.evidences import evidence
from tests.assistant.invariants import LANGUAGES

DAY = date(2026, 11, 21)


def finish(generation: Generation) -> Finish:
    phrases, store = Phrases.load(), generation.store
    return Finish(HandoffDesk(store, phrases), FollowUps(store), phrases, "g")


def sentence(title: str = "", **fields: object) -> StoredSentence:
    """A sentence of a document that is no sheet."""
    plain = candidate("Le droit est suspendu.", relevance=1.0).found
    bare = replace(plain, anchor=None, status=None, title=title)
    return replace(bare, **fields)  # type: ignore[arg-type]


def asked(question: str, as_of: date | None = None) -> Standing:
    state = State(Question(question=question, as_of=as_of), day=as_of or DAY)
    return Standing(replace(state, text=question, standalone=question))


REPEALED = sentence("القانون رقم 13.89 المتعلق بالتجارة الخارجية (نسخ)", status="superseded")
ENDED = sentence("Décret n° 2-15-200 portant suspension", valid_to="2015-10-31")
FUTURE = sentence("Décret n° 2-27-1", valid_from="2027-01-01")


@pytest.mark.parametrize("found", [REPEALED, ENDED, FUTURE])
@pytest.mark.parametrize(
    "question",
    [
        "Le commerce extérieur est-il libre ?",
        "Que faut-il faire avant d'exporter ?",
        "هل التجارة الخارجية حرة؟",
        "ماذا يجب قبل التصدير؟",
        "Which duty applies to soft wheat?",
        "wach khassni licence?",
    ],
)
def test_what_does_not_hold_is_not_offered(found: StoredSentence, question: str) -> None:
    assert not asked(question).admits(found)


@pytest.mark.parametrize("found", [REPEALED, ENDED])
@pytest.mark.parametrize(
    "question",
    [
        "Que disait l'ancienne loi ?",
        "Quel droit s'appliquait en 2015 ?",
        "ماذا كان الرسم سابقا؟",
        "كم كان الرسم سنة 2015؟",
        "What did the former law say?",
    ],
)
def test_who_asks_about_the_past_gets_it(found: StoredSentence, question: str) -> None:
    assert asked(question).admits(found)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Que dit la loi 13-89 ?", REPEALED),
        ("ماذا يقول القانون رقم 13.89؟", REPEALED),
        ("Que dit le décret n° 2-15-200 ?", ENDED),
    ],
)
def test_who_names_the_text_gets_it(question: str, found: StoredSentence) -> None:
    assert asked(question).admits(found)
    assert not asked(question.replace("13", "14").replace("15", "16")).admits(found)


def test_a_day_in_the_past_is_asked_about_as_it_was() -> None:
    assert asked("Quel droit ?", date(2015, 6, 1)).admits(ENDED)
    assert not asked("Quel droit ?", date(2015, 6, 1)).admits(FUTURE)


def test_a_statement_of_a_sheet_is_written_with_its_time() -> None:
    assert asked("Quel droit ?").admits(replace(ENDED, anchor="a"))
    assert is_past(replace(ENDED, anchor="a"), DAY)


def repealed(quote: str, law: Law, until: str | None = None) -> Evidence:
    (item,) = evidence(quote)
    return replace(item, document=replace(item.document, law=law, valid_to=until))


def stated(quote: str, status: Status = "current", until: str | None = None) -> Evidence:
    (item,) = evidence(quote)
    return replace(item, statement=Statement("s", 0, len(quote), (), status, until))


PAST = (
    (repealed("نص قديم.", Law(is_repealed=True)), "repealed", ""),
    (repealed("نص قديم.", Law(is_repealed=True, replaced_by="91-14")), "replaced", "91-14"),
    (repealed("Un droit.", Law(replaced_by="2-19-200"), "2015-10-31"), "replaced", "2-19-200"),
    (repealed("Un droit.", Law(), "2015-10-31"), "expired", "2015-10-31"),
    (repealed("Un droit.", Law(), "2027-10-31"), "until", "2027-10-31"),
    (stated("Un taux.", "superseded"), "superseded", ""),
    (stated("نسبة.", "current", "2026-12-31"), "until", "2026-12-31"),
    (stated("نسبة.", "current", "2025-12-31"), "expired", "2025-12-31"),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("item", "kind", "detail"), PAST)
def test_the_first_line_says_that_it_does_not_hold(
    trade_generation: Generation, item: Evidence, kind: str, detail: str, language: Language
) -> None:
    phrases = Phrases.load()
    state = State(Question(question="x"), day=DAY, language=language, evidence=(item,))
    state = Verify(phrases).run(replace(state, drafts=quotes((item,)), outcome=Outcome("answered")))
    answer = finish(trade_generation).answer(state)
    first, *rest = answer.text.split("\n")
    [notice] = [notice for notice in answer.notices if notice.kind in FIRST_LINES]
    assert (notice.kind, notice.text) == (kind, first)
    assert detail in first
    assert rest == [f"{item.quote} [1]"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_holds_begins_with_its_words(trade_generation: Generation, language: Language) -> None:
    (item,) = evidence("الاستيراد حر.")
    phrases = Phrases.load()
    state = State(Question(question="x"), day=DAY, language=language, evidence=(item,))
    state = Verify(phrases).run(replace(state, drafts=quotes((item,)), outcome=Outcome("answered")))
    answer = finish(trade_generation).answer(state)
    assert answer.text == f"{item.quote} [1]"


def test_a_law_that_still_holds_is_not_called_replaced() -> None:
    item = repealed("Un droit.", Law(replaced_by="2-27-1"), "2026-12-31")
    kinds = [notice.kind for notice in doubts([item], "fr", DAY, Phrases.load())]
    assert "replaced" not in kinds
    assert "until" in kinds
