"""Visual order: a printed line, read from left to right, turned back into the order of reading.

A PDF says where each letter stands, not in which order it is read, and programs store Arabic in
either order. The places never lie: from them follows the order, as a reader's eye finds it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyph:
    """A letter and the stretch of the line that it covers, in points from the left."""

    letter: str
    left: float
    right: float

    @property
    def middle(self) -> float:
        """Where it stands; marks stand above the letter that has theirs."""
        return (self.left + self.right) / 2


def logical(words: Sequence[Sequence[Glyph]], *, size: float, is_rtl: bool) -> str:
    """The words of one line in the order of reading, with a space between them.

    `size` is that of the letters; `is_rtl` tells the direction of the line. Words of the other
    direction keep their own, and numbers are read from left to right in both.
    """
    if any(_is_rtl(glyph.letter) for word in words for glyph in word):
        words = _parted(words, size)
    ordered = sorted(words, key=lambda word: min(glyph.left for glyph in word))
    line = " ".join("".join(_seen(word)) for word in ordered)
    pieces = [match[0] for match in _PIECE.finditer(line)]
    is_leftward = is_rtl and (any(map(str.isalpha, line)) or _is_told_leftward(pieces))
    read = _read_leftward(pieces) if is_leftward else "".join(_read_rightward(pieces))
    return _opened(read)


def _is_told_leftward(pieces: Sequence[str]) -> bool:
    """Whether figures without a word are read leftward: several, or one after its per cent sign."""
    figures = [at for at, piece in enumerate(pieces) if piece[0].isdigit()]
    return len(figures) > 1 or pieces[0] in "%٪‰"


def is_rtl_text(text: str) -> bool:
    """Whether most letters of a text are read from right to left."""
    rtl = sum(1 for letter in text if _is_rtl(letter))
    return 2 * rtl > sum(1 for letter in text if letter.isalpha())


_BLANK, _APART = 0.15, 0.25
"""Of the size of the letters: two words are parted by the first where the file tells them apart,
by the second where it does not."""


def _parted(words: Sequence[Sequence[Glyph]], size: float) -> list[list[Glyph]]:
    """Letters as words by the blanks between them, for the file may mistake which are together."""
    told = [(glyph, number) for number, word in enumerate(words) for glyph in word]
    told.sort(key=lambda one: one[0].left)
    parted: list[list[Glyph]] = []
    last, end = -1, 0.0
    for glyph, number in told:
        gap = (glyph.left - end) / size
        if parted and gap <= (_BLANK if number != last else _APART):
            parted[-1].append(glyph)
            end = max(end, glyph.right)
        else:
            parted.append([glyph])
            end = glyph.right
        last = number
    return parted


def _seen(word: Sequence[Glyph]) -> Iterator[str]:
    """The letters of a word from left to right, each with its marks after it."""
    if not any(_is_rtl(glyph.letter) for glyph in word):
        yield from (glyph.letter for glyph in word)
        return
    letters = sorted(
        (glyph for glyph in word if not unicodedata.combining(glyph.letter)),
        key=lambda glyph: glyph.middle,
    )
    marks: dict[int, str] = {}
    for mark in (glyph for glyph in word if unicodedata.combining(glyph.letter)):
        if letters:
            near = min(range(len(letters)), key=lambda at: abs(letters[at].middle - mark.middle))
            marks[near] = marks.get(near, "") + mark.letter
    for at, glyph in enumerate(letters):
        yield glyph.letter + marks.get(at, "")


_ARABIC = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_DIGITS = "0-9\u0660-\u0669\u06f0-\u06f9"
_RTL = f"(?![{_DIGITS}\u060c\u061b\u061f\u066a-\u066c])[{_ARABIC}]"
_NUMBER = (
    rf"(?:[{_DIGITS}]{{1,3}}(?: [{_DIGITS}]{{3}})+(?![{_DIGITS}])|[{_DIGITS}]+)"
    rf"(?:[.,:/\u066b\u066c-][{_DIGITS}]+)*"
)
_LATIN_WORD = r"[^\W\d_\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc][\w.'’@/&°-]*"
_LATIN = rf"{_LATIN_WORD}(?:[ ,.:;'’&/°n-]{{1,3}}(?:{_LATIN_WORD}|{_NUMBER}))*"
_PIECE = re.compile(
    rf"(?P<rtl>(?:{_RTL})[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670]*)"
    rf"|(?P<latin>{_LATIN})|(?P<number>{_NUMBER})|(?s:.)"
)
"""What keeps its inner order: an Arabic letter with its marks, Latin words with the numbers that
follow them, a number with its separators, and any other sign by itself."""


def _is_rtl(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("R", "AL")


def _read_leftward(pieces: Sequence[str]) -> str:
    return "".join(reversed(pieces))


def _read_rightward(pieces: Sequence[str]) -> Iterator[str]:
    """The pieces as they stand, but each stretch of Arabic turned round."""
    stretch: list[str] = []
    waiting: list[str] = []
    for piece in pieces:
        if _is_rtl(piece[0]):
            stretch += [*waiting, piece]
            waiting = []
        elif stretch and not piece[0].isalpha():
            waiting.append(piece)
        else:
            yield _read_leftward(stretch)
            yield from waiting
            yield piece
            stretch, waiting = [], []
    yield _read_leftward(stretch)
    yield from waiting


_BRACKET = re.compile(
    r"(?<![^\s])(?P<opens>[()\[\]{}«»])(?=\S)|(?<=\S)(?P<closes>[()\[\]{}«»])(?![^\s.,،;؛:])"
)
_OPENING = str.maketrans(")]}»", "([{«")
_CLOSING = str.maketrans("([{«", ")]}»")


def _opened(text: str) -> str:
    """The text with its brackets the right way round: which way they open shows by the blanks.

    In a line of Arabic they are printed mirrored, and programs differ in which of the two they
    store.
    """
    if not any(_is_rtl(letter) for letter in text):
        return text
    return _BRACKET.sub(
        lambda found: (
            found[0].translate(_OPENING) if found["opens"] else found[0].translate(_CLOSING)
        ),
        text,
    )
