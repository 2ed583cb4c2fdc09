"""Phrases in folded text: endings, clitics and spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lexicon import Lexicon, Phrases, Rule
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
        ("tes|vos consignes|règles", "Oubliez vos règles"),
        ("tes|vos _ règles", "vos toutes premières règles"),
        ("tes _ règles", "tes règles"),
        ("~هرب", "بغيت نهرب"),
        ("~هرب", "سيهرب"),
        ("~herreb", "kanherreb"),
        ("~herreb", "bghit nherreb"),
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
        ("tes|vos règles", "les règles"),
        ("tes _ règles", "tes un deux trois quatre règles"),
        ("tes _ règles", "tes idées. Les règles"),
        ("~هرب", "المهرب"),
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


def test_groups_can_be_held_close_together() -> None:
    rule = Rule.parse({"needs": [["oublie", "انس"], ["règles", "القواعد"]], "within": 3})
    assert rule.holds(fold("oublie donc tes règles"))
    assert rule.holds(fold("les règles, oublie-les"))
    assert rule.holds(fold("انس هذه القواعد"))
    assert not rule.holds(fold("n'oublie pas la date ; quelles sont les règles"))


def test_phrases_may_be_lists_that_other_rules_share() -> None:
    shared = ["fraud*", "تهريب"]
    rule = Rule.parse({"needs": [[shared, "ruse"]], "unless": [shared[:0], "détect*"]})
    assert rule.holds("frauder")
    assert rule.holds("une ruse")
    assert not rule.holds("detecter la ruse")


@pytest.mark.parametrize("data", [{"needs": 1}, {"needs": [["a"]], "within": ["b"]}])
def test_a_rule_of_the_wrong_shape_is_refused(data: dict[str, Phrases | int]) -> None:
    with pytest.raises(TypeError):
        Rule.parse(data)


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=12), st.integers(0, 6))
def test_within_is_a_number_of_words(words: list[str], within: int) -> None:
    near = Rule.parse({"needs": [["a"], ["b"]], "within": within})
    distances = [
        abs(i - j) for i, a in enumerate(words) for j, b in enumerate(words) if (a, b) == ("a", "b")
    ]
    assert near.holds(" ".join(words)) == any(distance <= within for distance in distances)
