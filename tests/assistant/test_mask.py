"""Phones and addresses go out as marks and come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.mask import Mask
from ingest.figures import find_figures

SECRETS = ("0537 000 111", "+212 537-000111", "https://a.ma/x?y=1", "bureau@a.ma", "www.a.ma")


@given(st.lists(st.one_of(st.sampled_from(SECRETS), st.text(max_size=12)), max_size=6))
def test_what_was_hidden_is_shown_again(parts: list[str]) -> None:
    text = " ، ".join(parts)
    mask = Mask()
    assert mask.show(mask.hide(text)) == text


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("frame", ["Appelez {} demain.", "اتصلوا على {} غدا."])
def test_nothing_to_retype_goes_out(secret: str, frame: str) -> None:
    hidden = Mask().hide(frame.format(secret))
    assert secret not in hidden
    assert not {f.kind for f in find_figures(hidden)} & {"phone", "url", "email"}


def test_the_same_number_has_the_same_mark_and_another_has_another() -> None:
    mask = Mask()
    first, second = mask.hide("0537000111"), mask.hide("0537000222")
    assert first != second
    assert mask.hide("0537000111") == first


def test_other_figures_stay() -> None:
    text = "10 jours, 450 dirhams, le 3 mai 2026, D-12"
    assert Mask().hide(text) == text


def test_a_mark_that_was_never_given_stays_a_mark() -> None:
    assert Mask().show("[phone-1]") == "[phone-1]"
