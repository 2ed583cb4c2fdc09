"""Word: the text of a DOCX file as it is printed: no deletions, comments or hidden runs.

Headings are what their style says, or a short paragraph in bold that stands alone. Lists carry the
numbers that Word computes; notes follow the paragraph that refers to them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from lxml.etree import _Element

from ingest.errors import ExtractError
from ingest.extracted import Extracted
from ingest.formats.lines import Lines, tidy
from ingest.formats.properties import believed
from ingest.formats.table import table_lines
from ingest.formats.wordfile import open_word
from ingest.formats.wordlists import WordLists
from ingest.formats.wordstyles import WordStyles
from ingest.formats.wordtext import said
from ingest.load import RawFile
from ingest.suspicion import seen_suspicions
from ingest.unseen import Unseen, unseen


def read_word(raw: RawFile) -> tuple[Extracted, ...]:
    """The document that a Word file is, and what is refused of it: files put into it.

    Raises `ExtractError` when it cannot be opened.
    """
    file = open_word(raw)
    writer = _Writer(WordStyles.of(file.styles), WordLists(file.numbering), file.notes)
    writer.blocks(file.body)
    text = writer.lines.text
    if not text:
        raise ExtractError(f"{raw.id} holds no text; what it shows is a picture")
    notes = believed(file.properties, text, raw.id)
    document = Extracted(
        text=text,
        title=notes.title,
        source=notes.source,
        as_of=notes.as_of,
        guessed=notes.guessed,
        suspicions=seen_suspicions(text),
        unseen=tuple(writer.hidden),
    )
    refused = f"{raw.id} holds a whole file in its text, which is not read; paste its words instead"
    parts = [Extracted("", refused=refused) for _ in file.body.iter(qn("w:altChunk"))]
    return (document, *parts)


_HEADING_WORDS = 14
_BOLD_LEVEL = 5


@dataclass(slots=True)
class _Paragraph:
    """What one paragraph says, and what hangs on it."""

    words: str = ""
    is_bold: bool = True
    hidden: str = ""
    notes: list[str] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)


@dataclass(slots=True)
class _Writer:
    """Writes the blocks of a file down; `hidden` is what it found that no reader sees."""

    styles: WordStyles
    lists: WordLists
    notes: dict[str, _Element]
    lines: Lines = field(default_factory=Lines)
    hidden: list[Unseen] = field(default_factory=list)
    _list: str = ""
    _noted: int = 0

    def blocks(self, parent: _Element) -> None:
        """Write what stands in a body, a cell or a box, one block below the other."""
        things = list(_blocks(parent))
        for at, thing in enumerate(things):
            if thing.tag == qn("w:tbl"):
                self._list = ""
                self._table(thing)
            else:
                following = things[at + 1] if at + 1 < len(things) else None
                self._paragraph(thing, following)

    def _paragraph(self, element: _Element, following: _Element | None) -> None:
        paragraph = self._read(element)
        place = self.styles.list_place(element)
        mark = self.lists.mark(*place) if place and paragraph.words else None
        level = self.styles.heading_level(element)
        if level is None and mark is None and self._stands_out(paragraph, following):
            level = _BOLD_LEVEL
        if level is not None:
            label = f"{mark.label} " if mark and mark.label else ""
            self.lines.heading(level, label + paragraph.words)
        elif mark is not None:
            depth = mark.depth or self.styles.list_depth(element)
            if not self._list or (place and not depth and place[0] != self._list):
                self.lines.gap()
                self._list = place[0] if place else ""
            self.lines.add(mark.at(depth).before(tidy(paragraph.words)))
        else:
            self.lines.block(paragraph.words.split("\n"))
        if mark is None or level is not None:
            self._list = ""
        self._hang(paragraph)

    def _hang(self, paragraph: _Paragraph) -> None:
        """What belongs to a paragraph but not into its words: notes and boxes."""
        for label, note in zip(paragraph.notes[::2], paragraph.notes[1::2], strict=True):
            words = " ".join(self._flat(self.notes[note])) if note in self.notes else ""
            if words:
                self._list = ""
                self.lines.block([f"{label} {words}"])
        for box in paragraph.boxes:
            self._list = ""
            self.blocks(box)

    def _read(self, element: _Element) -> _Paragraph:
        found = _Paragraph()
        for piece in said(element, self.styles):
            if piece.kind == "words":
                found.words += piece.words
                found.is_bold = found.is_bold and (piece.is_bold or not piece.words.strip())
            elif piece.kind == "hidden":
                found.hidden += piece.words
            elif piece.kind == "note":
                self._noted += 1
                found.words += f" [{self._noted}]"
                found.notes += [f"[{self._noted}]", piece.words]
            elif piece.element is not None:
                found.boxes.append(piece.element)
        self.hidden += unseen(len(self.lines) + 1, found.hidden)
        return found

    def _stands_out(self, paragraph: _Paragraph, following: _Element | None) -> bool:
        """Whether a paragraph in bold is a heading: short, unfinished, above what is not bold."""
        words = paragraph.words.split()
        if not paragraph.is_bold or not 0 < len(words) <= _HEADING_WORDS:
            return False
        if "\n" in paragraph.words or words[-1].endswith((".", ",", ";", ":")) or following is None:
            return False
        pieces = [one for one in said(following, self.styles) if one.words.strip()]
        return following.tag == qn("w:tbl") or not all(one.is_bold for one in pieces)

    def _table(self, table: _Element) -> None:
        rows = [row for row in _children(table) if row.tag == qn("w:tr") and not _is_deleted(row)]
        if all(len(_cells(row)) < 2 for row in rows):
            for row in rows:
                for cell in _cells(row):
                    self.blocks(cell)
            return
        hanging: list[_Paragraph] = []
        places: list[list[str]] = []
        bold: list[bool] = []
        for row in rows:
            places.append(self._row(row, places[-1] if places else [], hanging))
            runs = [run for run in row.iter(qn("w:r")) if run.find(qn("w:t")) is not None]
            bold.append(bool(runs) and all(self.styles.is_bold(run) for run in runs))
        marked = next((at for at, row in enumerate(rows) if not _is_header(row)), len(rows))
        headers = marked or (1 if bold[0] and not all(bold) else None)
        self.lines.block(table_lines(places, headers))
        for paragraph in hanging:
            self._hang(paragraph)

    def _row(self, row: _Element, above: list[str], hanging: list[_Paragraph]) -> list[str]:
        """The words of each place; a cell that goes on from the row above repeats its words."""
        places = [""] * _number(row, "w:trPr", "w:gridBefore", 0)
        for cell in _cells(row):
            merged = cell.find(qn("w:tcPr") + "/" + qn("w:vMerge"))
            goes_on = merged is not None and merged.get(qn("w:val"), "continue") == "continue"
            if goes_on and len(places) < len(above):
                words = above[len(places)]
            else:
                words = " ".join(self._flat(cell, hanging))
            places += [words] * max(_number(cell, "w:tcPr", "w:gridSpan", 1), 1)
        return places

    def _flat(self, parent: _Element, hanging: list[_Paragraph] | None = None) -> Iterator[str]:
        """The words of a cell or a note, paragraph by paragraph; items keep a mark."""
        for thing in _blocks(parent):
            if thing.tag == qn("w:tbl"):
                for row in thing.iter(qn("w:tr")):
                    for cell in _cells(row):
                        yield from self._flat(cell, hanging)
                continue
            paragraph = self._read(thing)
            if hanging is not None:
                hanging.append(paragraph)
            place = self.styles.list_place(thing)
            mark = self.lists.mark(*place) if place and paragraph.words else None
            if tidy(paragraph.words):
                label = f"{mark.label or '•'} " if mark else ""
                yield label + tidy(paragraph.words)


def _children(parent: _Element) -> Iterator[_Element]:
    """What stands in an element, inside of what only marks or wraps it too."""
    for child in parent:
        if child.tag in _WRAPPERS:
            yield from _children(child)
        else:
            yield child


_WRAPPERS = frozenset(
    qn(tag) for tag in ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo", "w:smartTag")
)


def _blocks(parent: _Element) -> Iterator[_Element]:
    return (child for child in _children(parent) if child.tag in (qn("w:p"), qn("w:tbl")))


def _cells(row: _Element) -> list[_Element]:
    return [child for child in _children(row) if child.tag == qn("w:tc")]


def _is_deleted(row: _Element) -> bool:
    return row.find(qn("w:trPr") + "/" + qn("w:del")) is not None


def _is_header(row: _Element) -> bool:
    found = row.find(qn("w:trPr") + "/" + qn("w:tblHeader"))
    return found is not None and found.get(qn("w:val"), "true") not in ("0", "false", "off")


def _number(element: _Element, properties: str, tag: str, otherwise: int) -> int:
    found = element.find(qn(properties) + "/" + qn(tag))
    value = "" if found is None else found.get(qn("w:val"), "")
    return min(int(value), _WIDEST) if value.isdecimal() else otherwise


_WIDEST = 1_000
