"""Prints PDFs for tests: words at places, ruled tables, wrapped text, Arabic in either order."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

import matplotlib
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

LEFT, RIGHT, TOP = 60.0, 535.0, 780.0
_LINE = 1.3
_PIECE = re.compile(r"[A-Za-z](?:[\w .-]*[A-Za-z\d])?|\d[\d.,/-]*\d|\d|.", re.ASCII)
_MIRROR = str.maketrans("()«»", ")(»«")


class Printer:
    """A PDF in the making. `y` is where the next line goes; lines go down the page."""

    def __init__(
        self, *, password: str = "", title: str = "", author: str = "", is_visual: bool = True
    ) -> None:
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        for name, file in (("Plain", "DejaVuSans.ttf"), ("Bold", "DejaVuSans-Bold.ttf")):
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(name, str(fonts / file)))
        self._bytes = io.BytesIO()
        lock = StandardEncryption(password) if password else None
        self.canvas = Canvas(self._bytes, pagesize=A4, encrypt=lock, invariant=True)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.y = TOP
        self._is_visual = is_visual

    def data(self) -> bytes:
        self.canvas.save()
        return self._bytes.getvalue()

    def page(self) -> None:
        self.canvas.showPage()
        self.y = TOP

    def at(self, x: float, words: str, *, size: float = 11, bold: bool = False) -> None:
        """Words from a place to the right, or to the left when they are Arabic."""
        font = "Bold" if bold else "Plain"
        self.canvas.setFont(font, size)
        if not _is_arabic(words):
            self.canvas.drawString(x, self.y, words)
            return
        pieces = _PIECE.findall(words.translate(_MIRROR))
        if self._is_visual:
            self.canvas.drawRightString(x, self.y, "".join(reversed(pieces)))
            return
        for piece in pieces:
            x -= pdfmetrics.stringWidth(piece, font, size)
            self.canvas.drawString(x, self.y, piece)

    def line(self, words: str, *, size: float = 11, bold: bool = False) -> None:
        """One line at the margin where reading begins."""
        self.at(RIGHT if _is_arabic(words) else LEFT, words, size=size, bold=bold)
        self.y -= _LINE * size

    def heading(self, words: str, size: float = 16) -> None:
        self.y -= size
        self.line(words, size=size, bold=True)
        self.y -= 6

    def text(self, words: str, width: float = RIGHT - LEFT, x: float | None = None) -> None:
        """A paragraph, wrapped to a width as any program does."""
        start = (RIGHT if _is_arabic(words) else LEFT) if x is None else x
        line = ""
        for word in words.split():
            longer = f"{line} {word}".strip()
            if pdfmetrics.stringWidth(longer, "Plain", 11) > width:
                self.at(start, line)
                self.y -= _LINE * 11
                longer = word
            line = longer
        self.at(start, line)
        self.y -= _LINE * 11 + 10

    def row(self, places: Sequence[float], cells: Sequence[str], *, bold: bool = False) -> None:
        """Words under the places of columns, without lines."""
        for x, words in zip(places, cells, strict=True):
            self.at(x, words, bold=bold)
        self.y -= _LINE * 11

    def ruled(self, rows: Sequence[Sequence[str]], *, rtl: bool = False) -> None:
        """A table with lines around its cells; an empty cell is one with the cell above it."""
        width, height = (RIGHT - LEFT) / len(rows[0]), 20.0
        top = self.y
        for number, row in enumerate(rows):
            for column, words in enumerate(row):
                place = len(row) - 1 - column if rtl else column
                left, low = LEFT + place * width, top - (number + 1) * height
                self.canvas.line(left, low, left, low + height)
                self.canvas.line(left + width, low, left + width, low + height)
                if words:
                    self.canvas.line(left, low + height, left + width, low + height)
                self.y = low + 6
                self.at(left + width - 6 if _is_arabic(words) else left + 6, words, bold=not number)
        bottom = top - len(rows) * height
        self.canvas.line(LEFT, bottom, RIGHT, bottom)
        self.y = bottom - 25

    def picture(self) -> None:
        """A scan: a picture as large as the page."""
        image = ImageReader(Image.new("L", (60, 80), 200))
        self.canvas.drawImage(image, 0, 0, A4[0], A4[1])


def _is_arabic(words: str) -> bool:
    return re.search("[ء-ي]", words) is not None
