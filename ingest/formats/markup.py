"""Markup: the text of a web page: what is written in it, in its structure, and nothing around it.

The page's own landmarks (`main`, `article`) tell where its text is; without them, menus are known
by being links and little else. Headings, lists, definitions and tables stay what they are.
"""

from collections.abc import Iterator

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from ingest.errors import ExtractError
from ingest.extracted import Extracted
from ingest.formats.charset import decode_markup
from ingest.formats.grid import Cell, grid
from ingest.formats.hidden import is_hidden
from ingest.formats.landmarks import is_unread, main_parts, read_words, tags
from ingest.formats.lines import Lines, item, tidy
from ingest.formats.pagehead import described
from ingest.formats.table import table_lines
from ingest.load import RawFile
from ingest.suspicion import Suspicion, seen_suspicions
from ingest.unseen import Unseen, unseen


def read_markup(raw: RawFile) -> Extracted:
    """The document that a web page is. Raises `ExtractError` when it holds none."""
    decoded = decode_markup(raw)
    page = _parsed(raw.id, decoded.text)
    content = main_parts(page)
    writer = _Writer(raw.id)
    writer.write(content)
    lines = writer.lines
    found = [
        Suspicion(lines.origin(one.line), one.text, one.reason)
        for one in seen_suspicions(lines.text)
    ]
    head = described(page, content, lines.text, raw.id)
    return Extracted(
        text=lines.text,
        title=head.title,
        language=head.language,
        source=head.source,
        as_of=head.as_of,
        guessed=(*head.guessed, *decoded.guessed),
        suspicions=tuple(found),
        unseen=tuple(writer.hidden),
    )


def _parsed(name: str, text: str) -> HtmlElement:
    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        page = lxml.html.document_fromstring(text.replace("\0", "").encode(), parser=parser)
    except etree.ParserError as error:
        raise ExtractError(f"{name} holds no page ({error}); fetch it again") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ExtractError(f"{name} nests its parts deeper than any page does; save it as text")
    return page


_HEADINGS = tags("h1 h2 h3 h4 h5 h6")
_LISTS = tags("ul ol")
_PAIRED = tags("dt dd")
_BLOCKS = _HEADINGS | tags(
    "address article blockquote body caption center dd details div dl dt fieldset figcaption",
    "figure form header hgroup hr legend li main ol p pre section summary table tbody td tfoot th",
    "thead tr ul",
)


class _Writer:
    """Writes the lines of a page; `hidden` is what it found that no person sees."""

    def __init__(self, name: str) -> None:
        self.lines = Lines()
        self.hidden: list[Unseen] = []
        self._name = name
        self._run: list[str] = []

    def write(self, parts: list[HtmlElement]) -> None:
        """Write the parts of a page, one below the other."""
        for part in parts:
            self._flow(part)
            self._end(part)

    def _flow(self, element: HtmlElement) -> None:
        """What stands in an element: runs of words between the blocks, and the blocks."""
        self._run.append(element.text or "")
        for child in element:
            if self._is_shown(child):
                self._child(child)
            self._run.append(child.tail or "")

    def _child(self, child: HtmlElement) -> None:
        if child.tag == "br":
            self._run.append("\0")
        elif child.tag not in _BLOCKS:
            self._flow(child)
        else:
            self._end(child)
            self._block(child)
            self._end(child)

    def _block(self, block: HtmlElement) -> None:
        if block.tag in _HEADINGS:
            self.lines.heading(int(block.tag[1]), self._flat(block), block.sourceline)
        elif block.tag in _LISTS and not _is_laid_out(block):
            self.lines.gap()
            self._list(block, 0)
        elif block.tag == "dl":
            self._definitions(block)
        elif block.tag == "table" and not _is_layout(block):
            self._table(block)
        elif block.tag == "pre":
            self.lines.block(self._flat(block, keep_lines=True).split("\n"), block.sourceline)
        else:
            self._flow(block)

    def _end(self, at: HtmlElement) -> None:
        """End the run of words; a line break in it parts lines, not blocks."""
        words = " ".join("".join(self._run).split())
        self._run = []
        self.lines.block(words.split("\0"), at.sourceline)

    def _list(self, element: HtmlElement, depth: int) -> None:
        number = _whole(element.get("start"), 1)
        for child in element:
            if child.tag in _LISTS:
                self._list(child, depth + 1)
            elif child.tag == "li" and self._is_shown(child):
                words = self._flat(child, without=_LISTS)
                label = f"{number}." if element.tag == "ol" else ""
                if words:
                    self.lines.add(item(words, depth, label), child.sourceline)
                number += 1
                for inner in _lists_of(child):
                    self._list(inner, depth + 1)

    def _definitions(self, element: HtmlElement) -> None:
        self.lines.gap()
        term, said = "", list[str]()
        for child in [*element.iter("dt", "dd"), None]:
            if child is not None and not self._is_shown(child):
                continue
            if child is None or child.tag == "dt":
                if term or said:
                    pair = " : ".join(filter(None, (term, " ; ".join(said))))
                    self.lines.add(item(pair), element.sourceline)
                term, said = "" if child is None else self._flat(child, without=_PAIRED), []
            else:
                said.append(self._flat(child, without=_PAIRED))

    def _table(self, table: HtmlElement) -> None:
        caption = table.find("caption")
        if caption is not None:
            self.lines.block([self._flat(caption)], caption.sourceline)
        rows = [row for row in table.iter("tr") if self._is_shown(row)]
        headers = sum(1 for _ in _header_rows(rows))
        cells = (
            [
                Cell(
                    self._flat(cell), _whole(cell.get("colspan"), 1), _whole(cell.get("rowspan"), 1)
                )
                for cell in row.iterchildren("td", "th")
                if self._is_shown(cell)
            ]
            for row in rows
        )
        placed = grid(cells, self._name)
        self.lines.block(table_lines(placed, headers or None), table.sourceline)

    def _flat(
        self,
        element: HtmlElement,
        *,
        without: frozenset[str] = frozenset(),
        keep_lines: bool = False,
    ) -> str:
        """All words of an element on one line; items in it keep a mark."""
        words = "".join(self._flat_texts(element, without=without))
        return words.replace("\0", "\n") if keep_lines else tidy(words.replace("\0", " "))

    def _flat_texts(self, element: HtmlElement, *, without: frozenset[str]) -> Iterator[str]:
        yield element.text or ""
        for child in element:
            if child.tag == "br":
                yield "\0"
            elif child.tag not in without and self._is_shown(child):
                yield " • " if child.tag == "li" else " " if child.tag in _BLOCKS else ""
                yield from self._flat_texts(child, without=without)
                yield " " if child.tag in _BLOCKS else ""
            yield child.tail or ""

    def _is_shown(self, element: HtmlElement) -> bool:
        """Whether a person reads the element; hidden words are noted."""
        if is_unread(element):
            return False
        if not is_hidden(element):
            return True
        self.hidden += unseen(element.sourceline, " ".join(read_words(element)))
        return False


def _lists_of(element: HtmlElement) -> Iterator[HtmlElement]:
    """The outermost lists inside an item."""
    for child in element:
        if child.tag in _LISTS:
            yield child
        elif not is_unread(child):
            yield from _lists_of(child)


def _is_laid_out(element: HtmlElement) -> bool:
    """Whether a list only arranges blocks that have structure of their own."""
    return any(True for _ in element.iter("table", "pre", "dl", *_HEADINGS))


def _is_layout(table: HtmlElement) -> bool:
    """Whether a table only arranges the page: no row of it has two cells, or blocks fill it."""
    if table.get("role") in ("presentation", "none"):
        return True
    if any(True for _ in table.iterdescendants("table", *_HEADINGS)):
        return True
    return all(len(row.findall("td")) + len(row.findall("th")) < 2 for row in table.iter("tr"))


def _header_rows(rows: list[HtmlElement]) -> Iterator[HtmlElement]:
    """The rows at the top that the page marks as header."""
    for row in rows:
        if row.getparent().tag != "thead" and (
            row.find("th") is None or row.find("td") is not None
        ):
            return
        yield row


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.strip().isdecimal() and len(text) < 6 else otherwise
