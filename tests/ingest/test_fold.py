import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fold import fold, fold_digits, is_visible, strip_controls


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Délai", "DELAI"),
        ("l’export", "l'export"),
        ("œuvre", "OEUVRE"),
        ("أكادير", "اكادير"),
        ("إلى", "الي"),
        ("آلات", "الات"),
        ("مصدّرٌ", "مصدر"),
        ("شهادة", "شهاده"),
        ("ســـند", "سند"),
        ("أڭادير", "اكادير"),
        ("ﻻ", "لا"),
        ("٢٠٢٥", "2025"),
        ("۲۰۲۵", "2025"),
        ("2025–2027", "2025-2027"),
        ("٢٠٢٥\u00a0و", "2025 و"),
    ],
)
def test_what_a_reader_takes_for_the_same_folds_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("150", "15"), ("export", "import"), ("صادرات", "واردات"), ("80", "84")]
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_does_not_depend_on_composition(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text())
def test_fold_digits_keeps_offsets(text: str) -> None:
    assert len(fold_digits(text)) == len(text)


@given(st.text())
def test_strip_controls_keeps_only_what_can_be_seen(text: str) -> None:
    stripped = strip_controls(text)
    assert all(is_visible(character) for character in stripped)
    assert strip_controls(stripped) == stripped


@pytest.mark.parametrize(
    ("hidden", "visible"),
    [
        ("0537\u200f736074", "0537736074"),
        ("\u202eABC\u202c", "ABC"),
        ("a\u200bb\ufeff", "ab"),
        ("x\U000e0041\U000e0042\ufe0f", "x"),
        ("a\r\nb\rc\u2028d\te\x07", "a\nb\nc\nd\te"),
        ("منصة\u061c\u2069", "منصة"),
    ],
)
def test_strip_controls(hidden: str, visible: str) -> None:
    assert strip_controls(hidden) == visible
