"""Folding: two spellings a reader takes for the same become the same string.

Every room compares text through `fold`, so that a question typed without accents, harakat or the
right alef still meets the sheet that has them. Folded text is for matching only, never for show.
"""

import re
import unicodedata
from collections.abc import Callable

_ARABIC_LETTERS = str.maketrans(
    {
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ے": "ي",
        "ة": "ه",
        "ہ": "ه",
        "ە": "ه",
        "ک": "ك",
        "گ": "ك",
        "ڭ": "ك",
        "ݣ": "ك",
        "ڤ": "ف",
        "پ": "ب",
        "ـ": None,
    }
)
_PUNCTUATION = str.maketrans(
    {
        **dict.fromkeys("’‘‛ʼʹ′`´", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "٫": ",",
        "٬": "'",
        "،": ",",
        "؛": ";",
        "؟": "?",
        "٪": "%",
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
    }
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_NEWLINES = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})


def strip_controls(text: str) -> str:
    """Drop what no reader sees: controls, bidi marks, tags, zero-width and variation selectors.

    Newline and tab stay; every other line separator becomes a newline. What is hidden could carry
    instructions, and what only reorders the display would spoil offsets and comparisons.
    """
    return _NEWLINES.sub("\n", text).translate(_VISIBLE)


def is_visible(character: str) -> bool:
    """Whether one character can be seen (or is a newline or a tab)."""
    if character in "\n\t":
        return True
    if character in _BLANK_LETTERS or _is_variation_selector(character):
        return False
    return unicodedata.category(character) not in _DROPPED_CATEGORIES


def fold_digits(text: str) -> str:
    """Arabic-Indic and Persian digits as 0-9; the length never changes, so offsets still hold."""
    return text.translate(_DIGITS)


def fold(text: str) -> str:
    """The form of a text used for matching; `fold(fold(text)) == fold(text)`.

    Compatibility forms, case, accents, harakat, tatweel, the carriers of hamza, alef maqsura and
    ta marbuta, digit scripts and typographic quotes and dashes no longer make a difference.
    """
    folded = strip_controls(text)
    while True:
        again = _fold_once(folded)
        if again == folded:
            return folded
        folded = again


def _fold_once(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_PUNCTUATION).casefold())
    replaced = decomposed.translate(_UNMARKED).translate(_ARABIC_LETTERS).translate(_PUNCTUATION)
    return unicodedata.normalize("NFC", fold_digits(replaced))


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


class _Kept(dict[int, int | None]):
    """A translation table that drops what `keeps` refuses, and remembers each answer."""

    def __init__(self, keeps: Callable[[str], bool]) -> None:
        super().__init__()
        self._keeps = keeps

    def __missing__(self, code: int) -> int | None:
        self[code] = code if self._keeps(chr(code)) else None
        return self[code]


_VISIBLE = _Kept(is_visible)
_UNMARKED = _Kept(lambda character: unicodedata.category(character) != "Mn")
