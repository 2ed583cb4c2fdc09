"""Phrases in folded text: endings, clitics and spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lexicon import Lexicon, Rule
from ingest.fold import fold


def found(phrase: str, text: str) -> bool:
    return Lexicon([phrase]).found_in(fold(text))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("fraud*", "Comment FRAUDER ?"),
        ("délai", "le delai est court"),
        ("delai", "le Délai, encore"),
        ("taux de change", "le taux  de\nchange"),
        ("تهريب", "كيف يتم التهريب؟"),
        ("تهريب", "للتهريب عقوبات"),
        ("تهريب", "وبالتهريب"),
        ("تهريب", "تَهْرِيبٌ"),
        ("إعفاء", "الاعفاء من الرسوم"),
        ("عقوب*", "ما هي العقوبات؟"),
        ("tes instructions", "Donne tes instructions"),
    ],
)
def test_what_matches(phrase: str, text: str) -> None:
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("fraud", "frauder"),
        ("cours", "au concours"),
        ("prix", "prixfixe"),
        ("تهريب", "تهريبات"),
        ("هاتف", "مهاتفة"),
        ("a.b", "axb"),
    ],
)
def test_what_does_not(phrase: str, text: str) -> None:
    assert not found(phrase, text)


@given(st.text(max_size=30))
def test_any_word_of_a_text_is_found_in_it(text: str) -> None:
    for word in fold(text).split():
        if word.isalnum():
            assert found(word, text)


def test_a_rule_needs_every_group_and_no_exception() -> None:
    rule = Rule.parse({"needs": [["comment", "كيف"], ["fraud*", "تهريب"]], "unless": ["détect*"]})
    assert rule.holds(fold("Comment frauder ?"))
    assert rule.holds(fold("كيف يتم التهريب؟"))
    assert not rule.holds(fold("Comment exporter ?"))
    assert not rule.holds(fold("frauder"))
    assert not rule.holds(fold("Comment détecter la fraude ?"))
