"""How common Arabic words are, clitics and endings taken off."""

import pytest

from ingest.arabic.lexicon import UNKNOWN, commonness, is_counted


@pytest.mark.parametrize(
    ("common", "rare"),
    [("خلال", "خالل"), ("علامة", "عالمة"), ("الاستيراد", "االستيراد"), ("كاملا", "كامال")],
)
def test_healthy_words_are_far_more_common_than_turned_ones(common: str, rare: str) -> None:
    assert commonness(common) > commonness(rare) + 1


@pytest.mark.parametrize("word", ["وبالعلامات", "لعلاماتهم", "فللعلامة", "وكالعلامة"])
def test_a_word_is_known_by_what_is_left_without_clitics(word: str) -> None:
    assert commonness(word) > UNKNOWN + 1


def test_a_word_that_nobody_wrote_is_unknown() -> None:
    assert commonness("ظغذثضخ") == UNKNOWN
    assert not is_counted("ظغذثضخ")
    assert is_counted("قانون")
