"""Names: one form in which they are compared, in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.names import fold
from ingest.errors import InputError


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Amina", "amina"),
        (" AMINA ", "amina"),
        ("Ａｍｉｎａ", "amina"),
        ("a.idrissi@office-2.ma", "a.idrissi@office-2.ma"),
        ("أمينة", "أمينة"),
        ("Éric", "éric"),
        ("e\u0301ric", "éric"),
    ],
)
def test_folded(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "a b", "oidc:123", "a\u202eb", "a\u200db", "-a", ".a"),
        *("a" * 65, "a/b", "<b>", "a\nb", "ami\x00na"),
    ],
)
def test_refused(typed: str) -> None:
    with pytest.raises(InputError):
        fold(typed)


@given(st.text(max_size=80))
def test_folding_again_changes_nothing(typed: str) -> None:
    try:
        once = fold(typed)
    except InputError:
        return
    assert fold(once) == once
    assert ":" not in once
