from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.normalizers import Precompiled

from index.charsmap import charsmap

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
MAPS = st.dictionaries(CHARACTERS, st.text(CHARACTERS, max_size=4), max_size=60)


def normalise(replacements: Mapping[str, str], text: str) -> str:
    return str(Precompiled(charsmap(replacements)).normalize_str(text))


@given(MAPS, st.lists(CHARACTERS, max_size=20))
def test_each_character_becomes_its_replacement_and_others_stay(
    replacements: dict[str, str], characters: list[str]
) -> None:
    normaliser = Precompiled(charsmap(replacements))
    for character in [*replacements, *characters]:
        expected = replacements.get(character, character)
        assert normaliser.normalize_str(character) == expected


@given(MAPS)
def test_the_order_of_the_map_does_not_show(replacements: dict[str, str]) -> None:
    reverse = dict(reversed(replacements.items()))
    assert charsmap(replacements) == charsmap(reverse)


def test_more_leaves_than_holes() -> None:
    ascii_to_arabic = {chr(point): "ص" for point in range(1, 128)}
    assert normalise(ascii_to_arabic, "Rabat 7") == "ص" * 7


def test_words_in_french_and_arabic() -> None:
    replacements = {"œ": "oe", "\u00a0": " ", "ﷲ": "الله", "ﻻ": "لا", "\u200b": ""}
    assert normalise(replacements, "main-d'œuvre\u00a0: 5") == "main-d'oeuvre : 5"
    assert normalise(replacements, "ﻻ\u200b إله") == "لا إله"


def test_a_key_of_two_characters() -> None:
    assert normalise({"\r\n": "\n"}, "un\r\ndeux") == "un\ndeux"


@pytest.mark.parametrize("replacements", [{"": "a"}, {"\0": "a"}, {"a": "b\0c"}])
def test_what_the_blob_cannot_hold_is_refused(replacements: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="character map"):
        charsmap(replacements)
