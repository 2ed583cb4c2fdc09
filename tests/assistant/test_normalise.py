"""The question as clean text: what is stripped, what is refused, which language it is in."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.normalise import Normalise, clean, visible
from assistant.question import HISTORY_LIMIT, QUESTION_LIMIT, Question, Turn
from assistant.state import State
from ingest.errors import (
    HistoryTooLongError,
    InputError,
    QuestionEmptyError,
    QuestionNotTextError,
    QuestionTooLongError,
)


@given(st.text(max_size=QUESTION_LIMIT + 5))
def test_what_is_kept_is_one_line_of_visible_text(raw: str) -> None:
    try:
        text = clean(Question(question=raw))
    except InputError:
        return
    assert text == " ".join(text.split())
    assert any(character.isalnum() for character in text)
    assert not {unicodedata.category(c) for c in text} & {"Cc", "Cf", "Cs", "Co"}
    assert clean(Question(question=text[:QUESTION_LIMIT])) == text[:QUESTION_LIMIT].strip()


@given(st.text(alphabet="\u200b\u200f\u202a\u202e\u2066\u2069\ufeff\u00ad", max_size=20))
def test_hidden_characters_change_nothing(hidden: str) -> None:
    for word in ("safran", "الزعفران"):
        assert clean(Question(question=hidden + hidden.join(word))) == word


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  Où \t est\nla douane ? ", "Où est la douane ?"),
        ("ﻻ تطلب", "لا تطلب"),
        ("ｓａｆｒａｎ", "safran"),
        ("e\u0301tude", "étude"),
        ("safran\U000e0069\U000e0067", "safran"),
        ("![x](https://evil.example.net/x.png) Où est la douane ?", "x Où est la douane ?"),
        ("[هنا](https://evil.example.net) أين الجمارك؟", "هنا أين الجمارك؟"),
        ("<img src=https://evil.example.net>Où ?", "Où ?"),
        ("[[a](b)](c)", "a"),
        ("un taux < 5 % et > 2 %", "un taux < 5 % et > 2 %"),
        ("f(x) [1] (2)", "f(x) [1] (2)"),
    ],
)
def test_forms_of_one_text_become_one(raw: str, text: str) -> None:
    assert clean(Question(question=raw)) == text
    assert visible(raw) == text


@given(st.text(alphabet="<>a/![]()x ", max_size=60))
def test_no_markup_is_left(raw: str) -> None:
    text = visible(raw)
    assert visible(text) == text
    assert not re.search(r"<[a-z/!?][^<>]*>|\[[^\[\]]*\]\([^()]*\)", text)


@pytest.mark.parametrize("nested", ["<a" * 3000 + ">" * 3000, "[" * 3000 + "](x)" * 1000])
def test_markup_of_any_depth_is_dropped(nested: str) -> None:
    assert visible(visible(nested)) == visible(nested)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ("", QuestionEmptyError),
        ("؟!", QuestionEmptyError),
        ("\u202e", QuestionEmptyError),
        ("s" * (QUESTION_LIMIT + 1), QuestionTooLongError),
        (" " * (QUESTION_LIMIT + 1), QuestionTooLongError),
        ("\ufdfa" * (QUESTION_LIMIT // 10), QuestionTooLongError),
        ("\x00", QuestionNotTextError),
        ("saf\x1bran", QuestionNotTextError),
        ("saf\ufffdran", QuestionNotTextError),
    ],
)
def test_what_is_refused(raw: str, error: type[InputError]) -> None:
    with pytest.raises(error):
        clean(Question(question=raw))


def test_history_is_refused_beyond_its_limit_and_not_cut() -> None:
    turn = Turn(role="user", content="safran")
    clean(Question(question="x", history=(turn,) * HISTORY_LIMIT))
    with pytest.raises(HistoryTooLongError):
        clean(Question(question="x", history=(turn,) * (HISTORY_LIMIT + 1)))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Quel est le délai ?", "fr"),
        ("ما هو الأجل؟", "ar"),
        ("How long does it take?", "en"),
        ("شحال ديال الوقت كياخد؟", "ary"),
        ("chhal dyal lwe9t kayakhod?", "ary-latn"),
    ],
)
def test_the_language_is_detected_unless_told(text: str, language: str) -> None:
    assert Normalise().run(State(Question(question=text))).language == language
    told = Question(question=text, language="en")
    assert Normalise().run(State(told)).language == "en"


def test_the_raw_question_is_kept() -> None:
    state = Normalise().run(State(Question(question=" saf\u200bran ")))
    assert state.question.question == " saf\u200bran "
    assert state.text == state.standalone == "safran"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("C'est quoi l'A.T.P.A. ?", "C'est quoi l'ATPA ?"),
        ("c quoi la d.u.m ?", "c quoi la dum ?"),
        ("Exports to the U.S. market", "Exports to the US market"),
        ("شنو هي A.T.A؟", "شنو هي ATA؟"),
        ("EUR.1 et A.TR", "EUR.1 et A.TR"),
        ("at 5 p.m. or www.a.b.c.ma", "at 5 p.m. or www.a.b.c.ma"),
    ],
)
def test_abbreviations_lose_their_dots(text: str, read: str) -> None:
    assert visible(text) == visible(read)


def test_what_a_page_runs_is_not_read() -> None:
    assert visible("<script>alert(1)</script>Quel <style>b{}</style>délai ?") == "Quel délai ?"
