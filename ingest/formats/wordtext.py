"""Word text: what a paragraph of a Word file says, run by run."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from docx.oxml.ns import qn
from lxml.etree import _Element

from ingest.formats.wordstyles import WordStyles

Kind = Literal["words", "hidden", "note", "box"]


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of a paragraph.

    `words` are seen and `hidden` are not; a `note` is known by `words` as its kind and number, as
    `footnote 2`; a `box` stands beside the text and holds blocks of its own, in `element`.
    """

    kind: Kind
    words: str = ""
    is_bold: bool = False
    element: _Element | None = None


def said(paragraph: _Element, styles: WordStyles) -> Iterator[Said]:
    """The pieces of a paragraph in order; a line break is a newline in the words."""
    for child in paragraph:
        if child.tag == qn("w:r"):
            yield from _run(child, styles)
        elif child.tag in _WRAPPERS:
            yield from said(child, styles)


_WRAPPERS = frozenset(
    qn(tag)
    for tag in (
        "w:ins",
        "w:moveTo",
        "w:hyperlink",
        "w:smartTag",
        "w:customXml",
        "w:sdt",
        "w:sdtContent",
        "w:fldSimple",
        "w:dir",
        "w:bdo",
    )
)
_BREAKS = {
    qn("w:tab"): " ",
    qn("w:ptab"): " ",
    qn("w:br"): "\n",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
}
_NOTES = {qn("w:footnoteReference"): "footnote", qn("w:endnoteReference"): "endnote"}
_DRAWN = frozenset(
    (
        qn("w:drawing"),
        qn("w:pict"),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent",
    )
)
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"


def _run(run: _Element, styles: WordStyles) -> Iterator[Said]:
    kind: Kind = "hidden" if styles.is_hidden(run) else "words"
    is_bold = styles.is_bold(run)
    for child in run:
        if child.tag == qn("w:t"):
            yield Said(kind, child.text or "", is_bold)
        elif child.tag in _BREAKS:
            yield Said(kind, _BREAKS[child.tag], is_bold)
        elif child.tag in _NOTES:
            yield Said("note", f"{_NOTES[child.tag]} {child.get(qn('w:id'))}")
        elif child.tag in _DRAWN:
            yield from (Said("box", element=box) for box in _boxes(child))


def _boxes(drawn: _Element) -> Iterator[_Element]:
    """The text boxes of a drawing; of a choice between forms of one drawing, the first."""
    choice = drawn.find(_CHOICE)
    boxes = list((drawn if choice is None else choice).iter(qn("w:txbxContent")))
    inner = {id(one) for box in boxes for one in box.iterdescendants(qn("w:txbxContent"))}
    yield from (box for box in boxes if id(box) not in inner)
