"""Sentences: where one citable unit ends and the next begins, in French, Arabic and English.

Offsets are exact and the units never overlap; between two of them stands only white space. A
bullet, a numbered item, a table row and a contact line are units of their own. A line break inside
a wrapped paragraph is not an end: only a line that is short or finished ends there.

An item says nothing without the line that leads into its list, nor a row without the header of its
table: each unit comes with what it is to be read under.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.contact import is_contact_line


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, item or table row: `text[start:end]`.

    `header` is the header of its table; `lead` the line that leads into its list and the items
    that it is part of, from the outermost.
    """

    start: int
    end: int
    header: str = ""
    lead: tuple[str, ...] = ()

    @property
    def context(self) -> tuple[str, ...]:
        """What it is to be read under."""
        return (*self.lead, self.header) if self.header else self.lead


def units(text: str, start: int = 0, end: int | None = None) -> tuple[Unit, ...]:
    """The units of `text[start:end]`, in order, without their surrounding white space."""
    stop = len(text) if end is None else end
    found: list[Unit] = []
    header, lists = "", _Lists()
    for block in _blocks(text, start, stop):
        line = text[block.start : block.end]
        if not is_row(line):
            lead, header = lists.lead(line), ""
            sentences = list(_sentences(text, block.start, block.end))
            found += [Unit(one.start, one.end, lead=lead) for one in sentences]
            lists.read(line, text[sentences[-1].start : block.end])
        elif _TABLE_RULE.fullmatch(line):
            header = _previous_row(text, found)
            found = found[:-1] if header else found
        else:
            lists = _Lists()
            found.append(Unit(block.start, block.end, header))
    return tuple(found)


def is_marked(line: str) -> bool:
    """Whether a line is an item or a table row by its first signs."""
    return bool(_ITEM.match(line)) or is_row(line)


def is_row(line: str) -> bool:
    """Whether a line is a row of a table, or the rule below its header."""
    return bool(_TABLE_ROW.match(line))


def is_carried_on(last: str, line: str) -> bool:
    """Whether `line` carries on what stands on the line before it."""
    if is_marked(line) or is_row(last):
        return False
    if is_contact_line(line) or is_contact_line(last):
        return False
    return len(last) > _SHORT_LINE and not _FINISHED.search(last)


class _Lists:
    """The lists that are open at a place of a text: how their items are marked, and the last one.

    Another mark than those of the open lists begins a list inside the last item. So does the mark
    of an item that ends with a colon, up to the next item that does.
    """

    def __init__(self) -> None:
        self._lead = ""
        self._open: list[tuple[str, str]] = []

    def lead(self, block: str) -> tuple[str, ...]:
        """What a block is to be read under, nothing unless it is an item."""
        if not _ITEM.match(block):
            return ()
        outer = self._outer(block)
        return tuple(text for text in (self._lead, *(item for _, item in outer)) if text)

    def read(self, block: str, sentence: str) -> None:
        """Go past a block, whose last sentence may lead into a list."""
        if _ITEM.match(block):
            self._open = [*self._outer(block), (_mark(block), _shortened(block))]
        else:
            self._open = []
            self._lead = _shortened(sentence) if _leads(sentence) else ""

    def _outer(self, block: str) -> list[tuple[str, str]]:
        """The open items that an item is part of."""
        mark = _mark(block)
        depth = next((at for at, (known, _) in enumerate(self._open) if known == mark), None)
        if depth is None:
            return self._open
        is_part = _leads_on(self._open[depth][1]) and not _leads_on(block)
        return self._open[: depth + is_part]


def _mark(block: str) -> str:
    """What all items of a list share: the bullet itself, or that they are numbered or lettered."""
    sign = block[0]
    return "1" if sign.isdigit() else "a" if sign.isalpha() else sign


def _leads(sentence: str) -> bool:
    """Whether a sentence leads into a list: by its colon, or a line of words that does not end."""
    is_open = len(_WORD.findall(sentence)) >= _LEAD_WORDS and not _CLOSED.search(sentence)
    return _leads_on(sentence) or is_open


def _leads_on(text: str) -> bool:
    return text.rstrip().endswith((":", "："))


def _shortened(text: str) -> str:
    """A text as what stands under it can carry it, its last words rather than its first."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LEAD else "… " + line[-_LONGEST_LEAD:].partition(" ")[2]


_LONGEST_LEAD = 300
_LEAD_WORDS = 3
_WORD = re.compile(r"[^\W\d_]{2,}")
_CLOSED = re.compile(r"[.!?؟؛;,،…][\"'»”’)\]]*$")

_SHORT_LINE = 45
"""Characters: a line this short was ended by its writer, not by the width of the page."""

_TABLE_ROW = re.compile(r"\|.*\||[^\n\t]+(?:\t[^\n\t]*){2,}")
_TABLE_RULE = re.compile(r"\|(?: *:?-+:? *\|)+")
_ITEM = re.compile(
    r"(?:[-*•●▪◦–]|\d{1,3}(?:[.)-]|°-?)|[a-zA-Zء-ي][.)])\s(?!\d{1,4} ?[-–]\s*$)", re.MULTILINE
)
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
    """Runs of lines that belong together: a wrapped paragraph, an item, a row.

    A narrow item goes on in small letters below; a paragraph as narrow is a list of lines.
    """
    begin, last = start, ""
    stop = start
    for line in _lines(text, start, end):
        words = text[line.start : line.end]
        is_low = words[:1].islower() and not is_marked(words) and not _CLOSED.search(last)
        is_tail = is_low and _ITEM.match(text, begin, stop)
        if not last or not words or not (is_carried_on(last, words) or is_tail):
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
    return row if is_row(row) else ""
