"""The shipped hashes are those of the lists they were made from, and tell words from slips."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.commonwords import LEAST, CommonWords, gather, script

SHIPPED = Path(__file__).parents[2] / "index" / "common-words.npy"


def test_the_shipped_file_is_what_the_lists_give(tmp_path: Path) -> None:
    words = set(gather())
    assert all(len(word) >= LEAST[script(word)] for word in words)
    CommonWords.of(words).save(tmp_path / "made.npy")
    assert (tmp_path / "made.npy").read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize("word", ["envelope", "meilleure", "retenir", "الاستثمار", "المدرسه"])
def test_what_people_write_is_known(word: str) -> None:
    assert word in CommonWords.load()


@pytest.mark.parametrize("word", ["certifcat", "exportaxeur", "licnece", "الاستراد", "شهداة", ""])
def test_slips_are_not(word: str) -> None:
    assert word not in CommonWords.load()


@given(st.sets(st.text(max_size=8), max_size=20), st.text(max_size=8))
def test_no_word_is_lost_and_no_other_is_found(words: set[str], other: str) -> None:
    common = CommonWords.of(words)
    assert all(word in common for word in words)
    assert (other in common) == (other in words)
