"""Darija gets a second wording, shown to the user; other languages are left alone."""

from dataclasses import replace

import pytest

from assistant.gloss import Gloss
from assistant.phrases import Phrases
from assistant.question import Language, Question
from assistant.state import State
from ingest.glossary import Term

TERMS = (
    Term(
        id="money",
        kind="term",
        names={"fr": "argent", "ar": "المال", "en": "money"},
        darija=("فلوس",),
        darija_latin=("flous",),
    ),
    Term(
        id="proceeds",
        kind="term",
        names={"fr": "recettes d'exportation", "ar": "حصيلة الصادرات", "en": "export proceeds"},
        darija=("فلوس التصدير",),
        darija_latin=("flous l'export",),
    ),
    Term(
        id="repatriation",
        kind="term",
        names={"fr": "rapatriement", "ar": "إرجاع الحصيلة", "en": "repatriation"},
        darija_latin=("nraje3 lflous",),
    ),
    Term(id="eur1", kind="document", names={"fr": "EUR.1", "ar": "EUR.1", "en": "EUR.1"}),
)


@pytest.fixture(scope="module")
def gloss() -> Gloss:
    return Gloss(TERMS, Phrases.load())


def asked(text: str, language: Language) -> State:
    return replace(State(Question(question=text)), text=text, standalone=text, language=language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("بشحال الفلوس؟", ["money"]),
        ("فين هي فلوس التصدير", ["proceeds"]),
        ("وبفلوسك", []),
        ("ورقة EUR.1 عافاك", ["eur1"]),
        ("الفلوس و فلوس", ["money"]),
        ("ما كاين والو", []),
    ],
)
def test_terms_are_found_in_arabic_letters(gloss: Gloss, text: str, expected: list[str]) -> None:
    assert [term.id for term in gloss.find(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chhal dyal lflouss", ["money"]),
        ("bach nrje3 flous", ["repatriation"]),
        ("nrajje3 l-flous dyali", ["repatriation"]),
        ("flous l'export", ["proceeds"]),
        ("wach kayn chi", []),
    ],
)
def test_in_latin_letters_consonants_are_enough(
    gloss: Gloss, text: str, expected: list[str]
) -> None:
    assert [term.id for term in gloss.find(text, latin=True)] == expected


@pytest.mark.parametrize(
    ("text", "language", "wording"),
    [
        ("فين الفلوس", "ary", "المال"),
        ("fin lflous", "ary-latn", "المال argent"),
    ],
)
def test_darija_gets_a_second_wording_and_says_so(
    gloss: Gloss, text: str, language: Language, wording: str
) -> None:
    state = gloss.run(asked(text, language))
    assert state.gloss == wording
    assert state.standalone == text
    assert [notice.kind for notice in state.notices] == ["gloss"]


@pytest.mark.parametrize(
    ("text", "language"),
    [("Où va l'argent ?", "fr"), ("أين المال؟", "ar"), ("flous?", "en"), ("سير بحالك", "ary")],
)
def test_what_needs_no_gloss_gets_none(gloss: Gloss, text: str, language: Language) -> None:
    state = gloss.run(asked(text, language))
    assert state.gloss == ""
    assert state.notices == ()


SHORT = (
    Term(
        id="dum",
        kind="document",
        names={"fr": "déclaration unique", "ar": "التصريح الموحد", "en": "single declaration"},
        abbreviations=("DUM",),
    ),
    Term(
        id="admission",
        kind="term",
        names={"fr": "admission temporaire", "ar": "القبول المؤقت", "en": "temporary admission"},
        as_written=("AT",),
    ),
)


@pytest.mark.parametrize(
    ("question", "language", "read"),
    [
        ("c koi la dum ?", "fr", "c koi la dum (déclaration unique) ?"),
        ("l'AT et la DUM", "fr", "l'AT (admission temporaire) et la DUM (déclaration unique)"),
        ("DUM or DUM?", "en", "DUM (single declaration) or DUM?"),
        ("at the port", "en", "at the port"),
        ("ما هي DUM؟", "ar", "ما هي DUM (التصريح الموحد)؟"),
        ("la déclaration unique (DUM)", "fr", "la déclaration unique (DUM)"),
    ],
)
def test_abbreviations_are_spelled_out(question: str, language: Language, read: str) -> None:
    state = State(Question(question=question), standalone=question, language=language)
    done = Gloss(SHORT, Phrases.load()).run(state)
    assert done.standalone == read
    assert done.gloss == ""
