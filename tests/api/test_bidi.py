"""Directions: figures and foreign words stay whole in text of either one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from api.html.bidi import isolated, tongue


@pytest.mark.parametrize(
    ("text", "language", "runs"),
    [
        ("للمعيار NM 08.0.800، أو 05 37 70", "ar", ["NM 08.0.800", "05 37 70"]),
        ("la société ديالي باغية label halal؟", "ary", ["la société", "label halal"]),
        ("le mot سلعة de 2024", "fr", ["2024"]),
        ("برنامج TijarIA (2025-2027)", None, ["TijarIA", "2025-2027"]),
        ("TijarIA برنامج", None, []),
    ],
)
def test_in_arabic_latin_words_stay_with_their_figures(
    text: str, language: str | None, runs: list[str]
) -> None:
    found = re.findall(
        r'<bdi dir="ltr" class="(?:figure|words)">(.*?)</bdi>', isolated(text, language)
    )
    assert found == runs


@given(st.text(st.sampled_from("aéم<&\"'12 0٣-–.,/%+م\u00a0\n]")))
def test_isolating_figures_changes_no_word_and_lets_no_markup_through(text: str) -> None:
    for language in ("ar", "fr", None):
        shown = isolated(text, language)
        assert re.sub(r'<bdi dir="ltr" class="\w+">|</bdi>', "", shown) == escape(text)


@pytest.mark.parametrize(
    ("language", "attributes"),
    [
        ("ar", 'lang="ar" dir="rtl"'),
        ("ary", 'lang="ary" dir="rtl"'),
        ("ary-latn", 'lang="ary-Latn" dir="auto"'),
        ("fr", 'lang="fr" dir="auto"'),
    ],
)
def test_a_language_gives_its_direction(language: str, attributes: str) -> None:
    assert tongue(language) == attributes
