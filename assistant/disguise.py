"""Disguises: the ways of writing a question so that rules do not read it and a model does.

Each is undone by a small decoder. A reading that makes no sense does no harm: it is only judged.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from assistant.lexicon import Lexicon
from ingest.fold import fold

_LOOKALIKES = str.maketrans("авеёкмнорстухіјѕһԁԛԝαβεικνορτυχ", "abeekmhopctyxijshdqwabeiknoptux")
_LEET = str.maketrans("013457@$!|", "oieastasil")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[\s:]?){8,}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}[^\s%]*){4,}")
_LEET_WORD = re.compile(r"[a-z][013457@$!|]|[013457@$!|][a-z]")
_INSIDE = re.compile(r"(?<=[^\W_])[-._/*+~|\\]+(?=[^\W_])")
_WORD = re.compile(r"[^\W_]+")
_LEAST_GLUED = 3
_LEAST_MISSPELT = 6


class Disguises:
    """Reads through disguises, with the words in mind that are worth disguising.

    A reading counts when it shows more of `hidden` than the plain one does. Its words also say
    where words begin that were cut apart, and how misspelt ones are meant.
    """

    def __init__(self, hidden: Lexicon) -> None:
        self._hidden = hidden
        words = sorted(hidden.words, key=lambda word: (-len(word), word))
        glued = (re.escape(word) for word in words if len(word) >= _LEAST_GLUED)
        self._glued = re.compile("|".join(glued) or r"(?!)")
        self._known = frozenset(word for word in words if len(word) >= _LEAST_MISSPELT)
        self._misspelt = {form: word for word in sorted(self._known) for form in _spellings(word)}

    def readings(self, text: str) -> tuple[str, ...]:
        """Folded readings of a text, the plain one first; one that adds nothing is left out."""
        plain = _plain(text)
        return tuple(dict.fromkeys((plain, *_decoded(text), *self._undone(plain))))

    def reglued(self, text: str) -> str:
        """All letters of a text in one run, with space around each known word; the rest is lost."""
        return " ".join(self._glued.sub(r" \g<0> ", "".join(_WORD.findall(_plain(text)))).split())

    def _undone(self, plain: str) -> Iterator[str]:
        shown = len(self._hidden.places(plain))
        for undo in (_leet, _backwards, _rotated, _joined, self._respelt):
            reading = undo(plain)
            if reading != plain and len(self._hidden.places(reading)) > shown:
                yield reading

    def _respelt(self, plain: str) -> str:
        return _WORD.sub(lambda word: self._corrected(word.group()), plain)

    def _corrected(self, word: str) -> str:
        if len(word) < _LEAST_MISSPELT or word in self._known:
            return word
        found = (self._misspelt.get(form) for form in _spellings(word))
        return next(filter(None, found), word)


def _plain(text: str) -> str:
    return fold(text).translate(_LOOKALIKES)


def _decoded(text: str) -> Iterator[str]:
    """What stands in base64, hexadecimal or percent signs, in place of what stood there."""
    for pattern, decode in _CODES:
        for match in pattern.finditer(text):
            words = decode(match.group())
            if any(map(str.isalpha, words)):
                yield fold(text[: match.start()] + words + text[match.end() :])


def _spellings(word: str) -> Iterator[str]:
    """Forms that two spellings share when they differ by a letter or by the order of the inner."""
    yield word
    yield f"{word[0]}{''.join(sorted(word[1:-1]))}{word[-1]}/"
    yield from (word[:at] + word[at + 1 :] for at in range(1, len(word)))


def _leet(plain: str) -> str:
    return plain.translate(_LEET) if _LEET_WORD.search(plain) else plain


def _backwards(plain: str) -> str:
    return plain[::-1]


def _rotated(plain: str) -> str:
    return codecs.encode(plain, "rot13")


def _joined(plain: str) -> str:
    return _INSIDE.sub("", plain)


def _from_base64(code: str) -> str:
    body = code.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _from_hex(code: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[\s:]", "", code)).decode()
    except (ValueError, UnicodeDecodeError):
        return ""


def _from_percent(code: str) -> str:
    return unquote(code, errors="ignore")


_CODES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (_BASE64, _from_base64),
    (_HEX, _from_hex),
    (_PERCENT, _from_percent),
)
