"""Drawn: what stands on a page of a PDF besides its words: ruled lines, pictures, hidden words."""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as c

from ingest.formats.geometry import Box, Turn


@dataclass(frozen=True, slots=True)
class Run:
    """Words that a page paints at once; `handle` is what PDFium knows them by."""

    words: str
    handle: int


@dataclass(slots=True)
class Drawn:
    """Goes through the things of a page, as they are painted one over the other.

    `rules` are straight strokes, upright or level, `pictures` the places of images, `grounds` what
    is filled with a colour, `doubtful` runs of words that may be on none.
    """

    turn: Turn
    rules: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    grounds: list[Box] = field(default_factory=list)
    doubtful: list[tuple[Run, Box, int]] = field(default_factory=list)

    def take(self, thing: pdfium.PdfObject) -> None:
        """Look at the next thing, painted over those before it."""
        if thing.type == c.FPDF_PAGEOBJ_TEXT:
            self._take_text(thing)
            return
        box = self.turn.box(*thing.get_bounds())
        if thing.type == c.FPDF_PAGEOBJ_IMAGE:
            self.pictures.append(box)
        elif thing.type == c.FPDF_PAGEOBJ_SHADING:
            self.grounds.append(box)
        elif thing.type == c.FPDF_PAGEOBJ_PATH:
            if _is_filled(thing) and not _is_pale(thing):
                self.grounds.append(box)
            if len(self.rules) < _RULES and not thing.container:
                self.rules += _rules(thing, self.turn)

    def _take_text(self, thing: pdfium.PdfTextObj) -> None:
        """Keep words that may not be seen, with how many of the grounds so far lie below them."""
        box = self.turn.box(*thing.get_bounds())
        mode = c.FPDFTextObj_GetTextRenderMode(thing.raw)
        is_shown = mode != c.FPDF_TEXTRENDERMODE_INVISIBLE
        is_small = _height(thing) < _TINY
        if is_small or not is_shown or _is_pale(thing) or _is_off(box, self.turn.page):
            words = " ".join(thing.extract().split())
            if words:
                always = is_small or _is_off(box, self.turn.page)
                below = -1 if always else len(self.grounds)
                self.doubtful.append((Run(words, handle(thing.raw)), box, below))

    def hidden(self) -> Iterator[Run]:
        """The runs that nobody sees: tiny, off the page, or pale with nothing dark below them.

        Words over a picture are how a scanned page is made searchable, or stand on the picture.
        """
        for run, box, below in self.doubtful:
            x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
            grounds = [*self.grounds[: max(below, 0)], *(self.pictures if below >= 0 else ())]
            if not any(ground.holds(x, y) for ground in grounds):
                yield run


def handle(raw: object) -> int:
    """The address behind a pointer of PDFium's, 0 for none: two pointers to one thing differ."""
    return ctypes.cast(raw, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


_RULES = 20_000
_TINY = 1.5
"""Points: letters that no eye reads."""
_PALE = 250


def _is_off(box: Box, page: Box) -> bool:
    return (
        box.right < page.left
        or box.left > page.right
        or box.top < page.bottom
        or box.bottom > page.top
    )


def _height(thing: pdfium.PdfTextObj) -> float:
    """The size of its letters in points."""
    matrix = thing.get_matrix()
    return float(thing.get_font_size()) * math.hypot(matrix.c, matrix.d)


def _is_pale(thing: pdfium.PdfObject) -> bool:
    """Whether a thing is filled with white, or lets everything through."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not c.FPDFPageObj_GetFillColor(thing.raw, red, green, blue, alpha):
        return False
    return alpha.value < 13 or min(red.value, green.value, blue.value) >= _PALE


def _is_filled(thing: pdfium.PdfObject) -> bool:
    mode, is_stroked = ctypes.c_int(), ctypes.c_int()
    c.FPDFPath_GetDrawMode(thing.raw, mode, is_stroked)
    return mode.value != int(c.FPDF_FILLMODE_NONE)


def _rules(thing: pdfium.PdfObject, turn: Turn) -> Iterator[Box]:
    """The straight strokes of a path, upright or level, as boxes without breadth."""
    matrix = thing.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for at in range(min(c.FPDFPath_CountSegments(thing.raw), _RULES)):
        segment = c.FPDFPath_GetPathSegment(thing.raw, at)
        c.FPDFPathSegment_GetPoint(segment, x, y)
        point = turn.point(*matrix.on_point(x.value, y.value))
        kind = c.FPDFPathSegment_GetType(segment)
        if kind == c.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == c.FPDF_SEGMENT_LINETO:
            yield from _rule(last, point)
        last = point
        if c.FPDFPathSegment_GetClose(segment):
            yield from _rule(point, start)
            last = start


_LEVEL = 0.7
_LONG = 5.0


def _rule(one: tuple[float, float], other: tuple[float, float]) -> Iterator[Box]:
    box = Box(
        min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])
    )
    width, height = box.right - box.left, box.top - box.bottom
    if (height < _LEVEL and width > _LONG) or (width < _LEVEL and height > _LONG):
        yield box
