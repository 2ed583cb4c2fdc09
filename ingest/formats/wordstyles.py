"""Word styles: how a paragraph or a run of a Word file is to look, where that means something."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docx.oxml.ns import qn
from lxml.etree import _Element


@dataclass(frozen=True, slots=True)
class WordStyles:
    """The styles of a file by their ids; each may build on another."""

    by_id: dict[str, _Element]

    @classmethod
    def of(cls, element: _Element) -> "WordStyles":
        """The styles that the part `styles.xml` defines."""
        styles = element.findall(qn("w:style"))
        return cls({style.get(qn("w:styleId"), ""): style for style in styles})

    def heading_level(self, paragraph: _Element) -> int | None:
        """The level of a heading, from 1; None for any other paragraph."""
        for place in self._places(paragraph, "w:pPr", "w:pStyle"):
            level = _value(place.find(qn("w:pPr") + "/" + qn("w:outlineLvl")))
            if level is not None:
                return int(level) + 1 if level.isdecimal() and int(level) < _NO_LEVEL else None
            name = _HEADING.fullmatch(_name(place))
            if name:
                return int(name[1]) if name[1] else 1
        return None

    def list_place(self, paragraph: _Element) -> tuple[str, int] | None:
        """The list that a paragraph is an item of, and how deep; None for any other paragraph."""
        for place in self._places(paragraph, "w:pPr", "w:pStyle"):
            numbered = place.find(qn("w:pPr") + "/" + qn("w:numPr"))
            if numbered is None:
                continue
            list_id = _value(numbered.find(qn("w:numId")))
            if not list_id or list_id == "0":
                return None
            depth = _value(numbered.find(qn("w:ilvl"))) or "0"
            return list_id, min(int(depth), _DEEPEST) if depth.isdecimal() else 0
        return None

    def list_depth(self, paragraph: _Element) -> int:
        """How deep the name of the style says that an item is, as in «List Bullet 2»."""
        names = (_name(place) for place in self._places(paragraph, "w:pPr", "w:pStyle"))
        found = (_LIST.fullmatch(name) for name in names)
        return next((int(match[1] or 1) - 1 for match in found if match), 0)

    def is_bold(self, run: _Element) -> bool:
        """Whether a run is in bold."""
        return self._is_on(run, "w:b")

    def is_hidden(self, run: _Element) -> bool:
        """Whether nobody sees a run: hidden, too small to read, or white on no ground at all."""
        if self._is_on(run, "w:vanish"):
            return True
        properties = run.find(qn("w:rPr"))
        if properties is None:
            return False
        size = _value(properties.find(qn("w:sz"))) or ""
        if size.isdecimal() and int(size) <= _TINY:
            return True
        color = _value(properties.find(qn("w:color"))) or ""
        return color.lower() == "ffffff" and not _has_ground(run)

    def _is_on(self, run: _Element, tag: str) -> bool:
        for place in self._places(run, "w:rPr", "w:rStyle"):
            found = place.find(qn("w:rPr") + "/" + qn(tag))
            if found is not None:
                return (_value(found) or "true") not in ("0", "false", "off")
        return False

    def _places(self, element: _Element, properties: str, tag: str) -> Iterator[_Element]:
        """Where the look of an element is told: itself, its style, what that builds on."""
        yield element
        found = element.find(qn(properties) + "/" + qn(tag))
        if found is None and tag == "w:rStyle":
            return
        style = self.by_id.get(_value(found) or "")
        seen: set[int] = set()
        while style is not None and id(style) not in seen:
            yield style
            seen.add(id(style))
            style = self.by_id.get(_value(style.find(qn("w:basedOn"))) or "")


_HEADING = re.compile(r"(?:heading|titre|عنوان) ([1-9])|title|titre|العنوان", re.IGNORECASE)
_LIST = re.compile(r"list(?: (?:bullet|number))?(?: ([2-5]))?|list paragraph", re.IGNORECASE)
_NO_LEVEL = 9
_DEEPEST = 8
_TINY = 3
"""Half points."""


def _name(style: _Element) -> str:
    return _value(style.find(qn("w:name"))) or ""


def _value(element: _Element | None) -> str | None:
    return None if element is None else element.get(qn("w:val"))


def _has_ground(run: _Element) -> bool:
    """Whether what is behind a run may be dark: a shade, a highlight, a shape, a table's style."""
    for around in (run, *run.iterancestors()):
        if around.tag in _SHAPES:
            return True
        for properties in ("w:rPr", "w:pPr", "w:tcPr", "w:tblPr"):
            told = around.find(qn(properties))
            if told is not None and any(_is_dark(one) for one in told):
                return True
    return False


_SHAPES = (qn("w:txbxContent"),)


def _is_dark(told: _Element) -> bool:
    if told.tag == qn("w:shd"):
        return told.get(qn("w:fill"), "auto").lower() not in ("auto", "ffffff")
    return told.tag in (qn("w:highlight"), qn("w:tblStyle"))
