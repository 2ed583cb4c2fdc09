"""Printed: what stands on a page of a PDF and where: words, ruled lines, and what is not seen.

Places are in points from the lower left corner of the page as it is looked at.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as c

from ingest.formats.drawn import Drawn, handle
from ingest.formats.geometry import Box, Turn
from ingest.formats.visual import Glyph


@dataclass(frozen=True, slots=True)
class Word:
    """Letters without a blank between them, on one baseline."""

    glyphs: tuple[Glyph, ...]
    left: float
    right: float
    baseline: float
    size: float
    is_bold: bool
    is_slanted: bool = False

    @property
    def text(self) -> str:
        """The letters as the file stores them."""
        return "".join(glyph.letter for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """One page: the words that are seen, in the order of the file, the lines drawn on it, and the
    words that it hides.
    """

    words: tuple[Word, ...]
    rules: tuple[Box, ...] = ()
    hidden: tuple[str, ...] = ()
    has_pictures: bool = False


def printed_page(page: pdfium.PdfPage) -> PrintedPage:
    """Read a page. Raises `pdfium.PdfiumError` when it is damaged."""
    turn = Turn(page.get_rotation(), *page.get_bbox())
    text = page.get_textpage()
    drawn = Drawn(turn)
    for thing in page.get_objects(max_depth=_DEEPEST, textpage=text):
        drawn.take(thing)
    hidden = tuple(drawn.hidden())
    return PrintedPage(
        words=tuple(_words(text, turn, frozenset(run.handle for run in hidden))),
        rules=tuple(drawn.rules),
        hidden=tuple(run.words for run in hidden),
        has_pictures=bool(drawn.pictures),
    )


_DEEPEST = 5


def _words(text: pdfium.PdfTextPage, turn: Turn, hidden: frozenset[int]) -> Iterator[Word]:
    glyphs: list[Glyph] = []
    first = 0
    rectangle = c.FS_RECTF()
    for at in range(text.count_chars()):
        letter = chr(c.FPDFText_GetUnicode(text.raw, at) or 0x20)
        is_blank = letter.isspace() or (letter < " " and letter not in _HYPHENS)
        if is_blank or (hidden and handle(c.FPDFText_GetTextObject(text.raw, at)) in hidden):
            if glyphs:
                yield _word(text, turn, first, glyphs)
            glyphs = []
            continue
        c.FPDFText_GetLooseCharBox(text.raw, at, rectangle)
        box = turn.box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        if not glyphs:
            first = at
        glyphs.append(Glyph("-" if letter in _HYPHENS else letter, box.left, box.right))
        if letter in _HYPHENS:
            yield _word(text, turn, first, glyphs)
            glyphs = []
    if glyphs:
        yield _word(text, turn, first, glyphs)


_HYPHENS = "\x02\ufffe"
"""What PDFium makes of a hyphen at the end of a line; it goes on with the next as one word."""

_SLANT = 0.1
_BOLD = ("bold", "black", "heavy", "demi")


def _word(text: pdfium.PdfTextPage, turn: Turn, first: int, glyphs: list[Glyph]) -> Word:
    x, y = ctypes.c_double(), ctypes.c_double()
    c.FPDFText_GetCharOrigin(text.raw, first, x, y)
    matrix = c.FS_MATRIX()
    c.FPDFText_GetMatrix(text.raw, first, matrix)
    scale = math.hypot(matrix.c, matrix.d) or 1.0
    angle = math.atan2(matrix.b, matrix.a) + math.radians(turn.degrees)
    name = ctypes.create_string_buffer(_NAME)
    flags = ctypes.c_int()
    c.FPDFText_GetFontInfo(text.raw, first, name, _NAME, flags)
    font = name.value.decode("utf-8", "replace").lower()
    return Word(
        glyphs=tuple(glyphs),
        left=min(glyph.left for glyph in glyphs),
        right=max(glyph.right for glyph in glyphs),
        baseline=turn.point(x.value, y.value)[1],
        size=round(c.FPDFText_GetFontSize(text.raw, first) * scale, 1),
        is_bold=any(weight in font for weight in _BOLD),
        is_slanted=abs(math.sin(angle)) > _SLANT or math.cos(angle) < 0,
    )


_NAME = 200
