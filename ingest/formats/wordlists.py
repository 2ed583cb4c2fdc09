"""Word lists: the numbers and marks that Word prints before a paragraph but stores nowhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from lxml.etree import _Element

from ingest.formats.lines import item


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before a paragraph: `label` is empty for a bullet; `depth` counts from 0."""

    depth: int
    label: str

    def at(self, depth: int) -> "Mark":
        """The same mark at another depth."""
        return Mark(depth, self.label)

    def before(self, words: str) -> str:
        """The line of an item, or of a numbered paragraph whose label is words, as «Article 3»."""
        if any(len(part) > 1 and part.isalpha() for part in re.split(r"[\W\d]+", self.label)):
            return f"{self.label} {words}"
        if self.label and not self.depth and not _SIMPLE.fullmatch(self.label):
            return item(f"{self.label} {words}")
        return item(words, self.depth, self.label)


_SIMPLE = re.compile(r"(?:\d{1,3}|[a-zA-Zء-ي])[.)-]")


@dataclass(slots=True)
class WordLists:
    """Counts the items of each list as Word does; ask for the marks in the order of the text."""

    numbering: _Element | None
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)
    _started: set[str] = field(default_factory=set)

    def mark(self, list_id: str, depth: int) -> Mark | None:
        """The mark of the next item of a list, None when the list prints none."""
        abstract = self._abstract(list_id)
        level = None if abstract is None else _level(abstract, depth)
        if abstract is None or level is None:
            return None
        name = abstract.get(qn("w:abstractNumId"), "")
        self._count(name, list_id, depth, abstract)
        style = _value(level, "w:numFmt") or "decimal"
        if style == "none":
            return None
        if style == "bullet":
            return Mark(depth, "")
        text = _value(level, "w:lvlText") or ""
        label = _PLACE.sub(lambda found: self._number(name, abstract, int(found[1]) - 1), text)
        return Mark(depth, label.strip())

    def _abstract(self, list_id: str) -> _Element | None:
        if self.numbering is None:
            return None
        for one in self.numbering.findall(qn("w:num")):
            if one.get(qn("w:numId")) == list_id:
                wanted = _value(one, "w:abstractNumId")
                abstracts = self.numbering.findall(qn("w:abstractNum"))
                return next((a for a in abstracts if a.get(qn("w:abstractNumId")) == wanted), None)
        return None

    def _count(self, name: str, list_id: str, depth: int, abstract: _Element) -> None:
        restart = self._restart(list_id, depth) if list_id not in self._started else None
        self._started.add(list_id)
        key = (name, depth)
        if restart is not None or key not in self._counts:
            self._counts[key] = _start(abstract, depth) if restart is None else restart
        else:
            self._counts[key] += 1
        for deeper in [held for held in self._counts if held[0] == name and held[1] > depth]:
            del self._counts[deeper]

    def _restart(self, list_id: str, depth: int) -> int | None:
        if self.numbering is None:
            return None
        for one in self.numbering.findall(qn("w:num")):
            if one.get(qn("w:numId")) == list_id:
                for override in one.findall(qn("w:lvlOverride")):
                    value = _value(override, "w:startOverride")
                    if override.get(qn("w:ilvl")) == str(depth) and value and value.isdecimal():
                        return int(value)
        return None

    def _number(self, name: str, abstract: _Element, depth: int) -> str:
        count = self._counts.get((name, depth), _start(abstract, depth))
        level = _level(abstract, depth)
        style = None if level is None else _value(level, "w:numFmt")
        return _STYLES.get(style or "decimal", str)(count)


_PLACE = re.compile(r"%([1-9])")


def _level(abstract: _Element, depth: int) -> _Element | None:
    levels = abstract.findall(qn("w:lvl"))
    return next((level for level in levels if level.get(qn("w:ilvl")) == str(depth)), None)


def _start(abstract: _Element, depth: int) -> int:
    level = _level(abstract, depth)
    value = None if level is None else _value(level, "w:start")
    return int(value) if value and value.isdecimal() else 1


def _value(element: _Element, tag: str) -> str | None:
    found = element.find(qn(tag))
    return None if found is None else found.get(qn("w:val"))


def _letter(count: int, letters: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    """As Word does: after the last letter each is doubled."""
    times, at = divmod(count - 1, len(letters))
    return letters[at] * (times + 1)


def _roman(count: int) -> str:
    numerals = (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
        (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    )  # fmt: skip
    said = ""
    for value, numeral in numerals:
        said += numeral * (min(count, _MOST) // value)
        count %= value
    return said


_MOST = 4_000
_STYLES: dict[str, Callable[[int], str]] = {
    "lowerLetter": _letter,
    "upperLetter": lambda count: _letter(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "arabicAlpha": lambda count: _letter(count, "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"),
    "arabicAbjad": lambda count: _letter(count, "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"),
    "decimalZero": lambda count: f"{count:02d}",
}
