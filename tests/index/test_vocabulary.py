"""Which word was meant: the nearest of the collection, and only for what nobody writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.vocabulary import Vocabulary
from ingest.fold import fold

TEXTS = (
    "Le certificat d'origine prouve l'origine ; l'exportateur garde le certificat d'Origine.",
    "Un exportateur demande le certificat, un exportateur l'obtient.",
    "تثبت شهادة المنشأ منشأ البضاعة، وتسلم شهادة الاستيراد بعد الاستيراد.",
    "شهادة للاستيراد أو الاستيراد المؤقت؛ المنشأ والمنشأ.",
    "Une fois : exportaxeur.",
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.of(TEXTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("certifcat", "certificat"),
        ("certificta", "certificat"),
        ("certiifcat", "certificat"),
        ("origne", "origine"),
        ("الاستراد", "الاستيراد"),
        ("الاستيارد", "الاستيراد"),
        ("شهداة", "شهادة"),
    ],
)
def test_a_slip_stands_for_the_word_of_the_collection(
    vocabulary: Vocabulary, typed: str, meant: str
) -> None:
    assert vocabulary.meant_by(fold(typed)) == meant


@pytest.mark.parametrize(
    "typed",
    ["certificat", "exportaxeur", "certify", "original", "orig", "xqzzyw", "الاستثمار", "نص"],
)
def test_words_of_the_collection_or_of_the_world_are_left_alone(
    vocabulary: Vocabulary, typed: str
) -> None:
    assert vocabulary.meant_by(fold(typed)) is None


def test_only_some_words_may_be_thought_of(vocabulary: Vocabulary) -> None:
    assert vocabulary.meant_by("certifcat", among={"origine"}) is None
    assert vocabulary.meant_by("certifcat", among={"certificat"}) == "certificat"


def test_a_rare_word_is_not_proposed(vocabulary: Vocabulary) -> None:
    assert "exportaxeur" in vocabulary
    assert vocabulary.meant_by("exportaxeurr") is None


@given(st.text(max_size=12))
def test_a_proposal_occurs_and_is_near(vocabulary: Vocabulary, text: str) -> None:
    word = fold(text)
    meant = vocabulary.meant_by(word)
    if meant is not None:
        assert fold(meant) in vocabulary
        assert abs(len(fold(meant)) - len(word)) <= 2
        assert fold(meant) != word


@given(st.lists(st.text(max_size=30), max_size=5))
def test_every_word_of_a_text_is_known(texts: list[str]) -> None:
    vocabulary = Vocabulary.of(texts)
    assert all(
        vocabulary.meant_by(fold(word)) is None or fold(word) not in vocabulary
        for text in texts
        for word in text.split()
    )
