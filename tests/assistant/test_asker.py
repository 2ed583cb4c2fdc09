"""What people call their own is taken from what they told, or asked for."""

import pytest

from assistant.asker import Asker
from assistant.normalise import Normalise
from assistant.phrases import Phrases
from assistant.question import Profile, Question
from assistant.state import State
from ingest.glossary import Term
from ingest.regions import Gazetteer

TERMS = (
    Term(id="carpet", kind="product", names={"fr": "tapis", "ar": "الزربية", "en": "carpet"}),
    Term(id="japan", kind="place", names={"fr": "Japon", "ar": "اليابان", "en": "Japan"}),
)


def run(question: str, profile: Profile | None = None) -> State:
    asker = Asker.load(TERMS, Gazetteer(()), Phrases.load())
    return asker.run(Normalise().run(State(Question(question=question, profile=profile))))


@pytest.mark.parametrize(
    ("question", "asked_back"),
    [
        ("Quelles aides existent pour mon secteur ?", "whose_sector"),
        ("What support is there for my industry?", "whose_sector"),
        ("ما هو الدعم المتاح لقطاعي؟", "whose_sector"),
        ("واش كاين شي دعم فقطاعي؟", "whose_sector"),
        ("wach kayn chi da3m l secteur dyali?", "whose_sector"),
        ("Quels droits sur mon marché cible ?", "whose_market"),
    ],
)
def test_what_is_not_told_is_asked(question: str, asked_back: str) -> None:
    state = run(question)
    assert state.closed
    assert state.outcome is not None
    assert state.outcome.status == "clarify"
    assert [notice.kind for notice in state.notices] == [asked_back]


@pytest.mark.parametrize(
    ("question", "profile", "told"),
    [
        ("Quelles aides pour mon secteur ?", Profile(sector="artisanat"), "artisanat"),
        ("ما هو الدعم المتاح لقطاعي؟", Profile(sector="النسيج"), "النسيج"),
        ("Which office is nearest to me?", Profile(region="Agadir"), "Agadir"),
        ("Quels droits sur mon marché cible ?", Profile(market="Japon"), "Japon"),
    ],
)
def test_what_is_told_is_put_into_words(question: str, profile: Profile, told: str) -> None:
    state = run(question, profile)
    assert not state.closed
    assert state.standalone == f"{question} ({told})"
    assert [notice.kind for notice in state.notices] == ["rewritten"]


@pytest.mark.parametrize("sector", ["", "  ", "\u200f", "<b></b>"])
def test_a_profile_that_tells_nothing_is_asked_back(sector: str) -> None:
    state = run("ما هو الدعم المتاح لقطاعي؟", Profile(sector=sector))
    assert [notice.kind for notice in state.notices] == ["whose_sector"]


def test_what_is_told_is_shown_without_its_markup() -> None:
    state = run("Quelles aides pour mon secteur ?", Profile(sector="<img src=x>\nartisanat"))
    assert state.standalone == "Quelles aides pour mon secteur ? (artisanat)"


@pytest.mark.parametrize(
    "question",
    [
        "Quelles aides pour mon secteur, le tapis ?",
        "شنو الدعم لقطاعي، الزربية؟",
        "Quelles aides à l'export chez nous ?",
        "Quel bureau dans ma région ?",
        "فين كاين البيرو ف المدينة ديالي؟",
        "Quel est le poids du secteur textile ?",
        "Quels documents pour ma déclaration ?",
    ],
)
def test_what_is_named_or_common_is_left_alone(question: str) -> None:
    state = run(question)
    assert state.standalone == state.text
    assert not state.closed
    assert state.notices == ()
