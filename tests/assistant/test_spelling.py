"""A slip is searched as the word that was meant, an abbreviation as what it stands for."""

import pytest

from assistant.assistant import Assistant
from assistant.phrases import Phrases
from assistant.question import Language, Question
from assistant.spelling import Spelling
from assistant.state import State
from index.vocabulary import Vocabulary
from ingest.glossary import Term
from tests.assistant.invariants import assert_sound

TERMS = (
    Term(
        id="origin",
        kind="document",
        names={"fr": "certificat d'origine", "ar": "شهادة المنشأ", "en": "certificate of origin"},
    ),
    Term(
        id="customs",
        kind="body",
        names={"fr": "douane", "ar": "الجمارك", "en": "customs"},
        abbreviations=("ADII", "EUR.1"),
        as_written=("DS",),
    ),
    Term(id="tea", kind="product", names={"fr": "thé", "ar": "الشاي", "en": "tea"},
         darija_latin=("sel3a",), darija=("السلعة",)),
)  # fmt: skip
TEXTS = 3 * (
    "certificat d'origine du miel, exportation du miel, licence d'exportation",
    "certificate of origin for honey, export licence",
    "شهادة المنشأ للعسل، رخصة الاستيراد والتصدير للسلعة",
)
SPELLING = Spelling(Vocabulary.of(TEXTS), frozenset({"declar"}), TERMS, Phrases.load())


def read(text: str, language: Language) -> State:
    state = State(Question(question=text), text=text, standalone=text, language=language)
    return SPELLING.run(state)


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("fr", "Un certifcat d'origne ?", "Un certificat d'origine ?"),
        ("fr", "la licnece d'exporation", "la licence d'exportation"),
        ("en", "a certifcate of orgin?", "a certificate of origin?"),
        ("ar", "ما هي شهدة المنشأ؟", "ما هي شهادة المنشأ؟"),
        ("ar", "رخصة الاستراد", "رخصة الاستيراد"),
        ("ary", "شنو هي شهدة المنشأ", "شنو هي شهادة المنشأ"),
        ("fr", "L'ADII ?", "L'ADII (douane) ?"),
        ("ar", "ما هي ADII؟", "ما هي ADII (الجمارك)؟"),
        ("ary-latn", "chno hiya adii?", "chno hiya adii (douane)?"),
        ("en", "what is a DS?", "what is a DS (customs)?"),
    ],
)
def test_what_was_meant_is_searched_and_told(language: Language, typed: str, meant: str) -> None:
    state = read(typed, language)
    assert state.standalone == meant
    assert state.text == typed
    assert [notice.kind for notice in state.notices] == ["spelling"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Quel certificat d'origine pour le miel ?"),
        ("fr", "Je voudrais retenir la meilleure enveloppe du commerce"),
        ("fr", "déclarons le miel ds les temps"),
        ("fr", "EUR.1, 0537000111, XJ-40, ATPA2"),
        ("en", "Which envelopes would you like to retain?"),
        ("ar", "أريد أوراقا للعسل من ألمانيا"),
        ("ary", "واش خاصني نصيفطو العسل بالطوموبيل"),
        ("ary-latn", "wach khassni nsifet l3sel b tomobil"),
    ],
)
def test_words_that_people_write_are_left_alone(language: Language, text: str) -> None:
    state = read(text, language)
    assert state.standalone == text
    assert state.notices == ()


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("Combien coute le permsi d'huile d'olvie ?", "450"),
        ("Quel est le telephnoe du guihcet du tapis ?", "0537000111"),
        ("كم تكلف رخصة زيت الزيتوون؟", "450"),
        ("How much does the oliive oil permitt cost?", "450"),
    ],
)
def test_a_misspelt_question_is_answered(sanad: Assistant, question: str, figure: str) -> None:
    answer = sanad.ask(question)
    assert_sound(answer, sanad.store)
    assert figure in answer.text
