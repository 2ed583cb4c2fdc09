"""Identifiers are found in every language and script, nothing else is, and masking changes them."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.identifiers import find_identifiers, mask_identifiers
from tests.assistant.identifiercases import Case, cases

CORPUS = Path(__file__).parents[2] / "corpus"
CASES = cases()
SCRIPTS = {
    "arabic": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "persian": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
    "devanagari": str.maketrans("0123456789", "०१२३४५६७८९"),
    "fullwidth": str.maketrans("0123456789", "０１２３４５６７８９"),
}
KINDS = {"cin", "passport", "ice", "if", "rc", "cnss", "account", "card", "phone", "email"}

CONTEXTS = (
    "CIN ",
    "RC n° ",
    "IF: ",
    "رقم ",
    "tel ",
    "ICE",
    "RIB ",
    "السجل التجاري ",
    "code SH ",
    "et ",
)
PIECES = st.one_of(
    st.text(max_size=8),
    st.text("0123456789٠١٢٣٤٥ .-/+()[]@", max_size=30),
    st.sampled_from([case.text for case in CASES]),
    st.sampled_from(CONTEXTS),
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


def found(text: str) -> tuple[tuple[str, int, int], ...]:
    return tuple((one.kind, one.start, one.end) for one in find_identifiers(text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_each_case_holds_what_is_marked_and_nothing_else(case: Case) -> None:
    assert found(case.text) == case.identifiers


def test_the_cases_are_many_and_of_every_kind_and_language() -> None:
    assert len(CASES) >= 150
    kinds = Counter(kind for case in CASES for kind, _, _ in case.identifiers)
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 4
    for language in ("fr", "ar", "en", "ary"):
        own = [case for case in CASES if case.language == language]
        assert {kind for case in own for kind, _, _ in case.identifiers} >= KINDS - {"card"}
        assert sum(not case.identifiers for case in own) >= 12


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_script_of_digits_makes_no_difference(script: str) -> None:
    for case in CASES:
        assert found(case.text.translate(SCRIPTS[script])) == case.identifiers


@given(TEXTS)
def test_masked_text_is_not_masked_again(text: str) -> None:
    once = mask_identifiers(text)
    assert mask_identifiers(once.text).text == once.text


@given(TEXTS)
def test_nothing_but_identifiers_changes(text: str) -> None:
    spans = find_identifiers(text)
    ends = [0, *(end for one in spans for end in (one.start, one.end)), len(text)]
    assert ends == sorted(ends)
    kept = [text[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True)]
    masked = mask_identifiers(text)
    pieces = re.split(r"\[(?:" + "|".join(KINDS) + r")\]", masked.text)
    assert "".join(kept) == "".join(pieces) or "[" in text
    assert set(masked.kinds) == {one.kind for one in spans}


@given(st.lists(st.sampled_from([case for case in CASES if case.identifiers]), max_size=4))
def test_no_digit_of_an_identifier_is_left(chosen: list[Case]) -> None:
    masked = mask_identifiers("\n\n".join(case.text for case in chosen)).text
    texts = masked.split("\n\n") if chosen else []
    for case, text in zip(chosen, texts, strict=True):
        for kind, start, end in case.identifiers:
            assert not re.search(rf"(?<!\d){re.escape(case.text[start:end])}(?!\d)", text)
            assert f"[{kind}]" in text


@pytest.mark.parametrize("hidden", ["\u200b", "\u200f", "\u00ad", "ـ", "\u064b"])
def test_what_nobody_sees_hides_nothing(hidden: str) -> None:
    number = hidden.join("0661234567")
    assert mask_identifiers(f"هاتف {number}").text == "هاتف [phone]"


@pytest.mark.parametrize(
    "wrong", ["001234567000063", "007780000123456789012397", "4000001234567898"]
)
def test_a_bare_number_with_a_wrong_check_digit_is_nobodys(wrong: str) -> None:
    assert not found(f"le {wrong} est noté")


def test_what_is_long_is_read_once() -> None:
    """Patterns that go back and forth would take hours for this."""
    for piece in (
        "1 ",
        "0",
        "a@",
        "+1 ",
        "RC n° ",
        "code 0702 , ",
        "cin no ",
        "a.",
        "MA64 ",
        "٠١-",
    ):
        text = piece * (30_000 // len(piece))
        assert mask_identifiers(text).text


def _questions() -> list[str]:
    sheets = (CORPUS / "sheets").rglob("*.md")
    heads = (yaml.safe_load(sheet.read_text("utf-8").split("---")[1]) for sheet in sheets)
    return [question for head in heads for question in head.get("questions", [])]


def test_no_question_filed_with_the_corpus_holds_an_identifier() -> None:
    questions = _questions()
    assert len(questions) > 1_000
    assert [question for question in questions if find_identifiers(question)] == []


def test_sheets_hold_the_contacts_of_bodies_and_no_other_identifier() -> None:
    sheets = sorted((CORPUS / "sheets").rglob("*.md"))
    kinds = {
        (one.kind, text[one.start : one.end])
        for text in (sheet.read_text("utf-8") for sheet in sheets)
        for one in find_identifiers(text)
    }
    assert {kind for kind, _ in kinds} <= {"phone", "email"}
