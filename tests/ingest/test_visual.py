from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.visual import Glyph, is_rtl_text, logical

WIDTH = 6.0


def placed(line: str) -> list[list[Glyph]]:
    """The letters of a line as it is seen, one cell each, in words."""
    words: list[list[Glyph]] = [[]]
    for at, letter in enumerate(line):
        if letter == " ":
            words.append([])
        else:
            words[-1].append(Glyph(letter, at * WIDTH, (at + 1) * WIDTH))
    return [word for word in words if word]


def seen(*pieces: str) -> str:
    """A line of Arabic as it is printed: its pieces from right to left."""
    return "".join(piece if piece.isascii() else piece[::-1] for piece in reversed(pieces))


def read(words: Sequence[Sequence[Glyph]], *, is_rtl: bool) -> str:
    return logical(words, size=10, is_rtl=is_rtl)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        (seen("قانون رقم ", "91-14"), "قانون رقم 91-14"),
        (seen("في ", "31/12/2026", " إلى الغاية"), "في 31/12/2026 إلى الغاية"),
        (seen("نسبة ", "2,5", " ٪ فقط"), "نسبة 2,5 ٪ فقط"),
        (seen("قيمة ", "1 000 000", " درهم"), "قيمة 1 000 000 درهم"),
        (seen("شهادة ", "ISO 9001", " للجودة"), "شهادة ISO 9001 للجودة"),
        (seen("الملحق )", "3", "( والجدول"), "الملحق (3) والجدول"),
        (seen("تسمى «المقاولة» قانونا"), "تسمى «المقاولة» قانونا"),
    ],
)
def test_a_line_of_arabic_is_read_as_it_is_meant(printed: str, meant: str) -> None:
    assert read(placed(printed), is_rtl=True) == meant


def test_arabic_inside_a_french_line() -> None:
    printed = "Le terme " + "دورية رقم"[::-1] + " veut dire circulaire"
    assert read(placed(printed), is_rtl=False) == "Le terme دورية رقم veut dire circulaire"


@pytest.mark.parametrize(
    ("line", "is_rtl", "meant"),
    [
        ("10 %", True, "10 %"),
        ("% 10", True, "10 %"),
        ("2025 2024", True, "2024 2025"),
        ("2024 2025", False, "2024 2025"),
        ("- 3 -", True, "- 3 -"),
        ("1 000 000", True, "1 000 000"),
    ],
)
def test_figures_without_words(line: str, meant: str, *, is_rtl: bool) -> None:
    assert read(placed(line), is_rtl=is_rtl) == meant


def test_a_mark_stays_with_its_letter() -> None:
    word = [Glyph("م", 18, 24), Glyph("د", 12, 18), Glyph("ّ", 13, 17), Glyph("ة", 6, 12)]
    assert read([word], is_rtl=True) == "مدّة"


def test_words_that_the_file_mixes_up_are_told_apart_by_the_blank() -> None:
    line = placed(seen("السنة", " ", "المالية"))
    mixed = [[*line[0], *line[1]]]
    assert read(mixed, is_rtl=True) == "السنة المالية"


ARABIC_WORDS = st.text("ابتثجحخدرسعفقكلمنهوي", min_size=2, max_size=8)
FIGURES = st.from_regex(r"[1-9][0-9]{0,3}([.,/-][0-9]{1,4})?", fullmatch=True)


@given(st.lists(st.tuples(ARABIC_WORDS, FIGURES), min_size=1, max_size=5), st.randoms())
def test_the_order_in_the_file_makes_no_difference(
    pairs: list[tuple[str, str]], chance: Random
) -> None:
    words = [word for pair in pairs for word in pair]
    pieces = [piece for word in words for piece in (" ", word)][1:]
    glyphs = [glyph for word in placed(seen(*pieces)) for glyph in word]
    chance.shuffle(glyphs)
    assert read([glyphs], is_rtl=True) == " ".join(words)


def test_the_direction_of_a_text_is_that_of_most_letters() -> None:
    assert is_rtl_text("القانون 91-14 (Loi)")
    assert not is_rtl_text("Loi relative au commerce (قانون)")
    assert not is_rtl_text("91-14")
