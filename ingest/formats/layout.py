"""Layout: the words of a printed page as paragraphs and tables, in the order they are read.

What is not sure stays as it is printed, line by line: a table is one only where lines draw it or
every row of it stands under the same columns, and a line is taken on to the one above only where
its writer had no room left.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from ingest.formats.columns import Band, Line, bands, rows_of
from ingest.formats.printed import PrintedPage, Word
from ingest.formats.ruling import Ruled, ruled_tables
from ingest.formats.visual import is_rtl_text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Printed lines that belong together, as one.

    `size` is in points, 0 for words aslant; `is_near` tells that it follows the one above as
    closely as its own lines do each other.
    """

    text: str
    size: float
    is_bold: bool
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; `is_headed` tells that the first row is printed as a header."""

    rows: tuple[tuple[str, ...], ...]
    is_headed: bool = False


Block = Paragraph | Table


def layout(page: PrintedPage, known: Set[str]) -> tuple[Block, ...]:
    """The blocks of a page; by `known`, the words of the text so far, hyphens are judged.

    Words that stand aslant, such as stamps and watermarks, come last.
    """
    straight = [word for word in page.words if not word.is_slanted]
    slanted = " ".join(word.text for word in page.words if word.is_slanted)
    reader = _Reader(is_rtl_text("".join(word.text for word in straight)), known)
    found = list(reader.page(straight, ruled_tables(page.rules, straight)))
    return tuple([*found, Paragraph(slanted, 0.0, is_bold=False)] if slanted else found)


_ITEM = re.compile(
    r"(?:[-–—•●▪◦■□➢✓*\uf0b7\uf0a7\uf0d8]|\d{1,3}\s?[.)°-]|[a-zA-Zء-ي]\s?[.)-])\s"
    r"|(?:article|art\.|chapitre|titre|section|annexe)\s|(?:المادة|الفصل|الباب|القسم|الملحق)\s",
    re.IGNORECASE,
)
_LINE_GAP = 1.75
_SAME_SIZE = 0.1


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads in the direction of the page, unless a line or a table has its own."""

    is_rtl: bool
    known: Set[str]

    def page(self, words: Sequence[Word], tables: Sequence[Ruled]) -> Iterator[Block]:
        drawn = {
            id(word) for table in tables for row in table.places for cell in row for word in cell
        }
        rest = [word for word in words if id(word) not in drawn]
        edges = _edges([Line.of(row) for row in rows_of(words)])
        for table in tables:
            yield from self._text([word for word in rest if word.baseline > table.box.top], edges)
            yield self._ruled(table)
            rest = [word for word in rest if word.baseline <= table.box.top]
        yield from self._text(rest, edges)

    def _text(self, words: Sequence[Word], edges: tuple[float, float]) -> Iterator[Block]:
        """Words outside of drawn tables: runs of plain lines between columns and tables."""
        plain: list[Line] = []
        for band in bands(words):
            if not band.is_table and not band.is_columns:
                plain += [Line.of(word for line in row for word in line.words) for row in band.rows]
                continue
            yield from self._paragraphs(plain, edges)
            plain = []
            columns = band.columns[::-1] if self.is_rtl else band.columns
            if band.is_table:
                yield self._aligned(band)
            else:
                for column in columns:
                    yield from self._paragraphs(column, _edges(column))
        yield from self._paragraphs(plain, edges)

    def _ruled(self, table: Ruled) -> Table:
        words = [word for row in table.places for cell in row for word in cell]
        is_rtl = self._is_rtl(words)
        rows = [row[::-1] if is_rtl else row for row in table.places]
        return self._table(rows)

    def _aligned(self, band: Band) -> Table:
        words = [word for row in band.rows for line in row for word in line.words]
        rows = band.table_rows
        return self._table([row[::-1] for row in rows] if self._is_rtl(words) else rows)

    def _table(self, rows: Sequence[Sequence[Sequence[Word]]]) -> Table:
        head, *body = ([word.is_bold for cell in row for word in cell] for row in rows)
        return Table(
            tuple(tuple(self._cell(cell) for cell in row) for row in rows),
            is_headed=bool(head) and all(head) and not all(bold for row in body for bold in row),
        )

    def _cell(self, words: Sequence[Word]) -> str:
        text = ""
        for band in bands(words):
            for row in band.rows:
                text = self._joined(text, self._said([word for line in row for word in line.words]))
        return text

    def _paragraphs(self, lines: Sequence[Line], edges: tuple[float, float]) -> Iterator[Paragraph]:
        if not lines:
            return
        text, is_near = self._said(lines[0].words), False
        for above, line in pairwise(lines):
            said = self._said(line.words)
            goes_on = _is_parted(text, said) or self._continues(above, line, said, edges)
            if goes_on and _is_near(above, line):
                text = self._joined(text, said)
            else:
                yield Paragraph(text, above.size, above.is_bold, is_near)
                text, is_near = said, _is_near(above, line)
        yield Paragraph(text, lines[-1].size, lines[-1].is_bold, is_near)

    def _continues(self, above: Line, line: Line, said: str, edges: tuple[float, float]) -> bool:
        """Whether a line goes on with the paragraph above: it begins nothing of its own, and its
        first word would not have fitted above.
        """
        if _ITEM.match(said):
            return False
        is_rtl = self._is_rtl([*above.words, *line.words])
        indent = above.right - line.right if is_rtl else line.left - above.left
        room = above.left - edges[0] if is_rtl else edges[1] - above.right
        first = line.words_in_order(is_rtl=is_rtl)[0]
        begins = indent > line.size and not _ITEM.match(self._said(above.words))
        return not begins and room < first.right - first.left + line.size / 4

    def _said(self, words: Sequence[Word]) -> str:
        return Line.of(words).text(is_rtl=self._is_rtl(words))

    def _is_rtl(self, words: Sequence[Word]) -> bool:
        letters = "".join(word.text for word in words)
        return is_rtl_text(letters) if any(map(str.isalpha, letters)) else self.is_rtl

    def _joined(self, text: str, line: str) -> str:
        """Two lines as one; a word that was parted between them is whole again."""
        if not text or not line:
            return text + line
        if not _is_parted(text, line):
            return f"{text} {line}"
        head, tail = text.rsplit(maxsplit=1)[-1][:-1], line.split(maxsplit=1)[0]
        is_compound = bare(f"{head}-{tail}") in self.known and bare(head + tail) not in self.known
        return f"{text[:-1]}{'-' if is_compound else ''}{line}"


_HYPHENS = "-‐\u00ad"


def _is_parted(text: str, line: str) -> bool:
    """Whether a line ends with the first part of a word that the next goes on with."""
    return text[-1:] in _HYPHENS and text[-2:-1].isalpha() and line[:1].islower()


def _is_near(above: Line, line: Line) -> bool:
    """Whether a line is printed like the one above and right below it."""
    size = max(above.size, line.size)
    is_alike = abs(above.size - line.size) <= _SAME_SIZE * size and above.is_bold == line.is_bold
    return is_alike and 0 < above.baseline - line.baseline < _LINE_GAP * size


def _edges(lines: Sequence[Line]) -> tuple[float, float]:
    """Between which margins lines are written; those of a few words may stand outside."""
    full = [line for line in lines if len(line.words) >= _FULL_LINE] or lines
    if not full:
        return 0.0, 0.0
    return min(line.left for line in full), max(line.right for line in full)


_FULL_LINE = 5


def bare(word: str) -> str:
    """A word without what stands around it, as `known` holds it."""
    return word.casefold().strip(".,;:!?«»\"'’()[]…")
