"""PDF: the text of a printed document, page by page.

Headings are what is printed larger than the running text, what stands alone in bold, and what the
bookmarks of the file name; a page that is only a picture has no text and is said to have none.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as c

from ingest.errors import ExtractError
from ingest.extracted import Extracted
from ingest.fold import fold
from ingest.formats.bridge import bridged
from ingest.formats.layout import Block, Paragraph, Table, bare, layout
from ingest.formats.limits import Limits
from ingest.formats.lines import Lines, item
from ingest.formats.printed import PrintedPage, printed_page
from ingest.formats.properties import Properties, believed
from ingest.formats.table import table_lines
from ingest.load import RawFile
from ingest.suspicion import seen_suspicions
from ingest.unseen import Unseen, unseen


def read_pdf(raw: RawFile, limits: Limits) -> tuple[Extracted, ...]:
    """The document that a PDF is, and what is refused of it: pages that are only pictures.

    Raises `ExtractError` when it is encrypted, damaged (naming the page), longer than the limits
    allow, or has no text on any page.
    """
    with _opened(raw) as file:
        if len(file) > limits.max_pages:
            raise ExtractError(
                f"{raw.id} has {len(file):,} pages, more than the {limits.max_pages:,} allowed; "
                "split it"
            )
        pages = list(_laid_out(file, raw.id))
        bookmarks = {fold(mark.get_title()): mark.level for mark in file.get_toc()}
        properties = _properties(file)
    if not any(page.blocks for page in pages):
        raise ExtractError(
            f"{raw.id} holds no text on its {len(pages)} pages, only pictures of it; "
            "run it through character recognition first"
        )
    writer = _Writer(_Headings.of([page.blocks for page in pages], bookmarks))
    for page in pages:
        writer.page(page.blocks)
    lines, starts = bridged(writer.lines.text.split("\n"), writer.pages)
    text = "\n".join(lines)
    notes = believed(properties, text, raw.id, writer.headings.main(pages[0].blocks))
    document = Extracted(
        text=text,
        title=notes.title,
        source=notes.source,
        as_of=notes.as_of,
        pages=starts,
        guessed=notes.guessed,
        suspicions=seen_suspicions(text),
        unseen=tuple(_hidden(pages, starts)),
    )
    pictures = [number for number, page in enumerate(pages, 1) if page.is_picture]
    return (document, *([_refused(raw, pictures)] if pictures else []))


def _refused(raw: RawFile, pictures: Sequence[int]) -> Extracted:
    pages = ", ".join(map(str, pictures))
    return Extracted(
        text="",
        refused=f"{raw.id} holds only pictures on pages {pages}; run it through character "
        "recognition if they show text",
    )


def _opened(raw: RawFile) -> pdfium.PdfDocument:
    if b"%%EOF" not in raw.data[-_TAIL:]:
        raise ExtractError(f"{raw.id} is cut off, for its end is missing; fetch it again")
    try:
        return pdfium.PdfDocument(raw.data)
    except pdfium.PdfiumError as error:
        if error.err_code == c.FPDF_ERR_PASSWORD:
            message = f"{raw.id} is encrypted; save it again without a password"
        else:
            message = f"{raw.id} is damaged and opens on no page; fetch it again"
        raise ExtractError(message) from error


_TAIL = 8192


@dataclass(frozen=True, slots=True)
class _Page:
    """What is kept of a page; its letters are many and are let go."""

    blocks: tuple[Block, ...]
    hidden: tuple[str, ...]
    is_picture: bool


def _laid_out(file: pdfium.PdfDocument, name: str) -> Iterator[_Page]:
    known: set[str] = set()
    for number in range(len(file)):
        printed = _printed(file, number, name)
        known.update(bare(word.text) for word in printed.words)
        is_picture = printed.has_pictures and not printed.words
        yield _Page(layout(printed, known), printed.hidden, is_picture)


def _printed(file: pdfium.PdfDocument, at: int, name: str) -> PrintedPage:
    try:
        page = file[at]
        try:
            return printed_page(page)
        finally:
            page.close()
    except pdfium.PdfiumError as error:
        raise ExtractError(f"{name} is damaged on page {at + 1}; fetch it again") from error


def _properties(file: pdfium.PdfDocument) -> Properties:
    noted = file.get_metadata_dict()
    day = _DAY.match(noted.get("CreationDate", ""))
    return Properties(
        title=" ".join(noted.get("Title", "").split()),
        author=" ".join(noted.get("Author", "").split()),
        created="-".join(day.groups()) if day else "",
    )


_DAY = re.compile(r"(?:D:)?((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")


def _hidden(pages: Sequence[_Page], starts: Sequence[int]) -> Iterator[Unseen]:
    """What no eye sees on a page, told by the first line of the page."""
    for page, start in zip(pages, starts, strict=True):
        yield from unseen(start + 1, " ".join(page.hidden))


@dataclass(frozen=True, slots=True)
class _Headings:
    """Which paragraphs of a document are headings, and of which level.

    `body` is the size of most letters, `sizes` the larger ones from the top down.
    """

    body: float
    sizes: tuple[float, ...]
    is_body_bold: bool
    bookmarks: dict[str, int]

    @classmethod
    def of(cls, pages: Sequence[Sequence[Block]], bookmarks: dict[str, int]) -> "_Headings":
        letters: Counter[float] = Counter()
        bold = 0
        paragraphs = [one for page in pages for one in page if isinstance(one, Paragraph)]
        for one in paragraphs:
            letters[one.size] += len(one.text)
            bold += len(one.text) * one.is_bold
        body = letters.most_common(1)[0][0] if letters else 0.0
        larger = {one.size for one in paragraphs if one.size > _LARGER * body and _is_short(one)}
        return cls(body, tuple(sorted(larger, reverse=True)), 2 * bold > letters.total(), bookmarks)

    def main(self, page: Sequence[Block]) -> str | None:
        """What is printed largest on the first page, if that is larger than anything else."""
        largest = [one for one in page if isinstance(one, Paragraph) and one.size in self.sizes[:1]]
        return largest[0].text if largest else None

    def level(self, one: Paragraph, following: Block | None) -> int | None:
        """The level of a paragraph that is a heading, None for any other."""
        marked = self.bookmarks.get(fold(one.text))
        if marked is not None:
            return marked + 2
        if not _is_short(one) or not any(map(str.isalpha, one.text)):
            return None
        if one.size in self.sizes:
            return min(self.sizes.index(one.size), _DEEPEST) + 1
        goes_on = isinstance(following, Paragraph) and following.is_near
        is_alone = one.is_bold and not self.is_body_bold and not one.is_near and not goes_on
        if is_alone and one.size >= self.body and following is not None:
            return min(len(self.sizes), _DEEPEST) + 2
        return None


_LARGER = 1.12
_DEEPEST = 3
_HEADING_WORDS = 25


def _is_short(one: Paragraph) -> bool:
    is_short = len(one.text.split()) <= _HEADING_WORDS
    return is_short and not one.text.endswith((".", ";", ":", ",")) and not _LEADER.search(one.text)


_LEADER = re.compile(r"(?:\. ?){4}|…{2}")
"""Dots that lead from a title to its page in a table of contents."""


@dataclass(slots=True)
class _Writer:
    """Writes the pages down; `pages` are the lines on which they begin."""

    headings: _Headings
    lines: Lines = field(default_factory=Lines)
    pages: list[int] = field(default_factory=list)
    _is_in_list: bool = False

    def page(self, blocks: Sequence[Block]) -> None:
        self.pages.append(len(self.lines))
        for at, block in enumerate(blocks):
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            if isinstance(block, Table):
                headers = 1 if block.is_headed else None
                self.lines.block(table_lines(block.rows, headers))
                self._is_in_list = False
            else:
                self._paragraph(block, following)

    def _paragraph(self, one: Paragraph, following: Block | None) -> None:
        level = self.headings.level(one, following)
        marked = _BULLET.match(one.text)
        if level is not None and not marked:
            self.lines.heading(level, one.text)
            self._is_in_list = False
            return
        line = item(one.text[marked.end() :], int(marked[1] in _INNER)) if marked else one.text
        is_item = bool(marked) or bool(_NUMBERED.match(line))
        if not (one.is_near or (is_item and self._is_in_list)):
            self.lines.gap()
        self.lines.add(line)
        self._is_in_list = is_item


_INNER = "◦o▪"
_BULLET = re.compile(r"([-–—•●▪◦■□➢✓*o\uf0b7\uf0a7\uf0d8])\s+(?=\S)")
_NUMBERED = re.compile(r"\d{1,3}\s?[.)]\s")
