"""Garbled: text whose letters are not those of its page, so that no repair is sure.

A font that maps glyphs to wrong letters, or bytes read in a wrong encoding, leave text that looks
like text to a program. It is held back: an answer must never quote it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Garbled:
    """The first line (from 1) that shows it, a piece of that line, and what is wrong with it."""

    line: int
    text: str
    what: str


def find_garbled(text: str) -> Garbled | None:
    """What is wrong with the letters of a text in French, Arabic or English; None when nothing is.

    A sign counts when it comes often enough for the length of the text: one odd word is a name.
    """
    text = _without_headings(text)
    words = max(1, len(_TOKEN.findall(text)))
    for what, sign, share in _SIGNS:
        found = list(sign.finditer(text))
        if len(found) >= _FEW and len(found) >= share * words:
            return _at(text, found[0].start(), what)
    checked = ((what, find(text)) for what, find in _CHECKS)
    return next((_at(text, at, what) for what, at in checked if at is not None), None)


def _without_headings(text: str) -> str:
    """The text with its headings, which may come from elsewhere, blank; as it is without others."""
    body = _HEADING.sub(lambda heading: " " * len(heading[0]), text)
    return body if body.strip() else text


_HEADING = re.compile("^#.*$", re.MULTILINE)
_FEW = 2
_TOKEN = re.compile(r"\S*\w\S*")
_SIGNS: tuple[tuple[str, re.Pattern[str], float], ...] = (
    (
        "bytes of UTF-8 read as another encoding",
        re.compile("[ÃÂØÙÐÑ][\x80-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ](?:[ÃÂØÙÐÑ]?[\x80-¿€-™]|\\w)"),
        0.03,
    ),
    (
        "Arabic read as a Western encoding",
        re.compile(r"(?<!\w)[À-ÖØ-öø-ÿ¡-¿]{4,}(?!\w)"),
        0.1,
    ),
    ("characters that could not be decoded", re.compile("\ufffd+"), 0.01),
    ("letters of a private font", re.compile("[\ue000-\uf8ff]{2,}"), 0.02),
)


def _at(text: str, offset: int, what: str) -> Garbled:
    line = text.count("\n", 0, offset) + 1
    return Garbled(line, text[offset : offset + _SHOWN].split("\n", maxsplit=1)[0], what)


_SHOWN = 60


def _odd_capitals(text: str) -> int | None:
    """Where capitals are mixed with small letters and signs, as in `DmCLARATION` or `AU[`.

    A font that lost its map does so to a text in capitals throughout; a name like `AfCFTA` stands
    among ordinary words.
    """
    words = [match for match in _CAPITAL.finditer(text) if _ODD.search(match[0])]
    capitals = len(_CAPITAL.findall(text))
    is_mostly = capitals > max(_NAMES, _MOSTLY * len(_ORDINARY.findall(text)))
    is_odd = len({match[0] for match in words}) >= _FEW and is_mostly
    return words[0].start() if is_odd else None


_CAPITAL = re.compile(r"(?<!\S)[A-Za-z\[\\\]^|]*[A-Z]{2}[A-Za-z\[\\\]^|]*")
_ODD = re.compile(r"[A-Z][a-rt-z][A-Z]|[a-z][A-Z]{2}|[A-Z]{2}[a-rt-z]\b|[A-Z][\[\\^|]")
_ORDINARY = re.compile(r"(?<!\w)[a-zà-ÿ]{2,}(?!\w)")
_MOSTLY = 2
_NAMES = 4


def _few_vowels(text: str) -> int | None:
    """Where Latin text starts that has fewer vowels than any language: a shifted alphabet."""
    return _scarce(_LATIN, "aeiouyAEIOUY", 0.22, text)


def _few_alefs(text: str) -> int | None:
    """Where Arabic text starts that has fewer alefs and lams than any writer needs."""
    return _scarce(_ARABIC, "اأإآل", 0.1, text)


def _scarce(letter: re.Pattern[str], common: str, share: float, text: str) -> int | None:
    found = letter.findall(text)
    if len(found) < _LETTERS:
        return None
    is_scarce = sum(it in common for it in found) < share * len(found)
    return text.index(found[0]) if is_scarce else None


_LETTERS = 200
_LATIN = re.compile("[A-Za-z]")
_ARABIC = re.compile("[ء-غف-ي]")
_CHECKS: tuple[tuple[str, Callable[[str], int | None]], ...] = (
    ("a font that gives other letters than it shows", _odd_capitals),
    ("letters of a shifted alphabet", _few_vowels),
    ("Arabic letters of a shifted alphabet", _few_alefs),
)
