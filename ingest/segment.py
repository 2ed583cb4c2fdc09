"""Sentences: where one citable unit ends and the next begins, in French, Arabic and English.

Offsets are exact and the units never overlap; between two of them stands only white space. A
bullet, a numbered item, a table row and a contact line are units of their own. A line break inside
a wrapped paragraph is not an end: only a line that is short or finished ends there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.contact import is_contact_line


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, item or table row: `text[start:end]`; `header` is the header of its table."""

    start: int
    end: int
    header: str = ""


def units(text: str, start: int = 0, end: int | None = None) -> tuple[Unit, ...]:
    """The units of `text[start:end]`, in order, without their surrounding white space."""
    stop = len(text) if end is None else end
    found: list[Unit] = []
    header = ""
    for block in _blocks(text, start, stop):
        line = text[block.start : block.end]
        if not _TABLE_ROW.match(line):
            header = ""
            found.extend(_sentences(text, block.start, block.end))
        elif _TABLE_RULE.fullmatch(line):
            header = _previous_row(text, found)
            found = found[:-1] if header else found
        else:
            found.append(Unit(block.start, block.end, header))
    return tuple(found)


_SHORT_LINE = 45
"""Characters: a line this short was ended by its writer, not by the width of the page."""

_TABLE_ROW = re.compile(r"\|.*\||[^\n\t]+(?:\t[^\n\t]*){2,}")
_TABLE_RULE = re.compile(r"\|(?: *:?-+:? *\|)+")
_ITEM = re.compile(r"(?:[-*•●▪◦–]|\d{1,3}[.)-]|[a-zA-Zء-ي][.)])\s")
_FINISHED = re.compile(r"[.!?؟؛:…][\"'»”’)\]]*$")
_STOP = re.compile(r"[.!?؟؛…]+(?:[ \u00a0\u202f]?»|[\"'”’)\]])*(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«“\"'’.])(?:[^\W\d_]|mm|mme|mlle|mlles|mmes|dr|pr|me|mr|mrs|ms|st|ste|art|al|cf|p|pp"
    r"|vol|fig|chap|env|max|min|tel|tél|fax|inc|ltd|co|corp|vs|e\.g|i\.e|ex|av|bd|approx|dept|gen"
    r"|hon|prof)\.$",
    re.IGNORECASE,
)
_NUMBER_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:n|no|nos|num|art|sect|para|al|ch)\.$", re.IGNORECASE
)


def _blocks(text: str, start: int, end: int) -> Iterator[Unit]:
    """Runs of lines that belong together: a wrapped paragraph, an item, a row."""
    begin, last = start, ""
    stop = start
    for line in _lines(text, start, end):
        words = text[line.start : line.end]
        if not last or not words or not _continues(last, words):
            if last:
                yield Unit(begin, stop)
            begin = line.start
        last, stop = words, line.end
    if last:
        yield Unit(begin, stop)


def _lines(text: str, start: int, end: int) -> Iterator[Unit]:
    """The lines without the white space around them."""
    at = start
    while at < end:
        newline = text.find("\n", at, end)
        stop = end if newline < 0 else newline
        line = text[at:stop]
        left = len(line) - len(line.lstrip())
        yield Unit(at + left, at + max(left, len(line.rstrip())))
        at = stop + 1


def _continues(last: str, line: str) -> bool:
    """Whether `line` carries on what stands on the line before it."""
    if _ITEM.match(line) or _TABLE_ROW.match(line) or _TABLE_ROW.match(last):
        return False
    if is_contact_line(line) or is_contact_line(last):
        return False
    return len(last) > _SHORT_LINE and not _FINISHED.search(last)


def _sentences(text: str, start: int, end: int) -> Iterator[Unit]:
    begin = start
    for match in _STOP.finditer(text, start, end):
        if match.end() < end and not _is_inside(text, begin, match, end):
            yield Unit(begin, match.end())
            begin = match.end() + _blank(text, match.end(), end)
    if begin < end:
        yield Unit(begin, end)


def _is_inside(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether what looks like an end of sentence is an abbreviation or runs on in small letters."""
    if not match.group().startswith("."):
        return False
    head = text[max(begin, match.start() - 12) : match.start() + 1]
    following = text[match.end() + _blank(text, match.end(), end)]
    if following.islower():
        return True
    if _NUMBER_ABBREVIATION.search(head) and following.isdigit():
        return True
    if match.start() - begin < 4 and _ITEM.match(text[begin : match.end() + 1]):
        return True
    return bool(_ABBREVIATION.search(head))


def _blank(text: str, start: int, end: int) -> int:
    """How many characters of white space follow `start`."""
    at = start
    while at < end and text[at].isspace():
        at += 1
    return at - start


def _previous_row(text: str, found: list[Unit]) -> str:
    if not found:
        return ""
    row = text[found[-1].start : found[-1].end]
    return row if _TABLE_ROW.match(row) else ""
