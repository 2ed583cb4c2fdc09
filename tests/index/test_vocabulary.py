"""Which word was meant: the nearest of the collection, and only for what nobody writes."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

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


def test_a_file_holds_what_memory_does(vocabulary: Vocabulary, tmp_path: Path) -> None:
    Vocabulary.write(tmp_path / "one.sqlite", TEXTS)
    Vocabulary.write(tmp_path / "other.sqlite", TEXTS[::-1])
    assert (tmp_path / "one.sqlite").read_bytes() == (tmp_path / "other.sqlite").read_bytes()
    with closing(Vocabulary.open(tmp_path / "one.sqlite")) as opened:
        assert len(opened) == len(vocabulary)
        for typed in ("certifcat", "الاستيارد", "certificat", "xqzzyw"):
            assert opened.meant_by(fold(typed)) == vocabulary.meant_by(fold(typed))
        assert opened.written("origine") == "origine"


def test_what_is_no_vocabulary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite").touch()
    with pytest.raises(sqlite3.Error):
        Vocabulary.open(tmp_path / "empty.sqlite")


def test_threads_may_ask_at_the_same_time(vocabulary: Vocabulary) -> None:
    typed = ["certifcat", "الاستراد"] * 20
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(vocabulary.meant_by, map(fold, typed)))
    assert found == ["certificat", "الاستيراد"] * 20
