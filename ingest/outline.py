"""Outline: the title and the headed sections of a text that is not a sheet.

Markdown headings make sections, and so do the headings of a legal text, from its books down to its
articles, and a short line standing alone above a paragraph. A description that ends with its
contact lines is a section of its own, named by its first words: so a telephone number is never read
together with somebody else's description.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.contact import is_contact_line
from ingest.document import Section
from ingest.fold import fold
from ingest.lawheading import ARTICLE, CHAPTER, LawHeading, law_heading
from ingest.lawtime import find_dates
from ingest.segment import is_carried_on, is_marked


@dataclass(frozen=True, slots=True)
class Outline:
    """The title (empty for an empty text) and the sections, which hold the text but no heading."""

    title: str
    sections: tuple[Section, ...]


def outline(text: str, title: str | None = None) -> Outline:
    """Outline a cleaned text, whose title may be known otherwise.

    A line that gives the title belongs to no section; the first line of a paragraph gives none.
    """
    lines = _lines(text)
    at = next((at for at, line in enumerate(lines) if line.text), None)
    if at is None:
        return Outline(title or "", ())
    body = lines[at + 1 :] if _is_title(lines, at, title) else lines
    return Outline(title or _cut(lines[at].heading), tuple(_sections(body)))


def is_paragraph(line: str) -> bool:
    """Whether a line tells something: a full sentence, or too long for a heading."""
    words = len(line.split())
    return words > _HEADING_WORDS or (words >= 5 and bool(_FINISHED.search(line)))


def is_heading(line: str) -> bool:
    """Whether a line is a heading by its form: marked as one, or that of an article or chapter."""
    return _MARKDOWN.fullmatch(line) is not None or law_heading(line) is not None


_HEADING_WORDS = 12
_TITLE_WORDS = 30
_TITLE_LENGTH = 200
_LEAD_LENGTH = 100
_PLAIN_LEVEL = 7
_FINISHED = re.compile(r"[.!?؟؛:;،,…][\"'»”’)\]]*$")
_MARKDOWN = re.compile(r"(?P<marks>#{1,6}) +(?P<text>\S.*?) *#*")
_DATELINE = re.compile(r"[^\W\d]+(?:[ -][^\W\d]+)?(?: ?[,،] ?(?:le|في)?| (?:le|في)) ?(?=\d|فاتح)")
"""Where and when a text was made: «الرباط، 4 مارس 2026», "Rabat, le 4 mars 2026"."""
_BULLET = re.compile(r"^[-*•–] *")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def heading(self) -> str:
        match = _MARKDOWN.fullmatch(self.text)
        return match["text"] if match else _BULLET.sub("", self.text, count=1)

    @property
    def law(self) -> LawHeading | None:
        """The heading of a legal text that it begins with."""
        return law_heading(self.heading, is_marked=_is_markdown(self))


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    start = 0
    for line in text.split("\n"):
        lines.append(_Line(start, line))
        start += len(line) + 1
    return lines


def _is_markdown(line: _Line) -> bool:
    return _MARKDOWN.fullmatch(line.text) is not None


def _is_title(lines: Sequence[_Line], at: int, title: str | None) -> bool:
    line = lines[at]
    below = next((other for other in lines[at + 1 :] if other.text), None)
    if below is None or line.law:
        return False
    if _is_markdown(line) or title:
        return title is None or fold(line.heading) == fold(title)
    is_short = len(line.text.split()) <= _TITLE_WORDS and not re.search(r"[.؟!:]$", line.text)
    return is_short and not is_carried_on(line.text, lines[at + 1].text)


def _cut(text: str, length: int = _TITLE_LENGTH) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rpartition(" ")[0].rstrip(" ,،;") + "…"


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading of `size` lines; `rest` is what of its last line is text already."""

    level: int
    text: str
    size: int = 1
    rest: _Line | None = None


def _sections(lines: Sequence[_Line]) -> Iterator[Section]:
    path: list[tuple[int, str]] = []
    body: list[_Line] = []
    number = at = 0
    fasl = _fasl_level(lines)
    while at < len(lines):
        heading = _heading(lines, at, fasl)
        if heading is None:
            body.append(lines[at])
            at += 1
            continue
        number += 1
        yield from _grouped(body, path, number)
        body = [heading.rest] if heading.rest else []
        path = [*(step for step in path if step[0] < heading.level), (heading.level, heading.text)]
        at += heading.size
    yield from _grouped(body, path, number + 1)


def _heading(lines: Sequence[_Line], at: int, fasl: int) -> _Heading | None:
    """The heading that stands at `at`, or None for any other line."""
    line = lines[at]
    law = line.law
    if law and not (at and is_carried_on(lines[at - 1].text, line.text)):
        return _law_heading(lines, at, law, fasl if law.is_fasl else law.level)
    match = _MARKDOWN.fullmatch(line.text)
    if match:
        return _Heading(len(match["marks"]), line.heading)
    return _Heading(_PLAIN_LEVEL, line.heading) if _is_plain_heading(lines, at) else None


def _law_heading(lines: Sequence[_Line], at: int, law: LawHeading, level: int) -> _Heading:
    """A heading with its name, which may stand on the next line; an article may begin with it."""
    line = lines[at]
    rest = line.heading[law.rest :]
    if level == ARTICLE and rest and not _is_name(lines, at, rest):
        start = line.end - len(rest)
        return _Heading(level, law.label, rest=_Line(start, rest))
    if level < ARTICLE and not rest:
        below = next((n for n in range(at + 1, len(lines)) if lines[n].text), at)
        if below > at and _names(lines[below]):
            name = lines[below].heading
            return _Heading(level, f"{law.label} : {name}", size=below - at + 1)
    return _Heading(level, f"{law.label}{line.heading[law.end :]}".rstrip(" .:-–"))


def _is_name(lines: Sequence[_Line], at: int, rest: str) -> bool:
    """Whether what follows the number of an article is its name, rather than its first words."""
    if _is_markdown(lines[at]):
        return True
    is_apart = at + 1 == len(lines) or not lines[at + 1].text
    return is_apart and not is_paragraph(rest) and not _FINISHED.search(rest)


def _names(line: _Line) -> bool:
    """Whether a line can be the name of the chapter whose number stands above it."""
    if is_marked(line.text) or line.law or is_contact_line(line.text):
        return False
    return not is_paragraph(line.heading) and not _FINISHED.search(line.heading)


def _fasl_level(lines: Sequence[_Line]) -> int:
    """«الفصل» heads chapters where the articles are called otherwise, else the articles."""
    found = filter(None, (line.law for line in lines))
    return CHAPTER if any(one.level == ARTICLE for one in found) else ARTICLE


def _is_plain_heading(lines: Sequence[_Line], at: int) -> bool:
    text = lines[at].text
    if not text or len(text.split()) > _HEADING_WORDS or _FINISHED.search(text):
        return False
    if is_contact_line(text) or text.startswith(("|", "(")) or sum(map(str.isalpha, text)) < 3:
        return False
    if _DATELINE.match(text) and find_dates(text):
        return False
    stands_alone = (at == 0 or not lines[at - 1].text) and at + 1 < len(lines)
    if not stands_alone or lines[at + 1].text:
        return False
    following = next((line.text for line in lines[at + 1 :] if line.text), "")
    return is_paragraph(following) and not following.startswith(("#", "|"))


def _grouped(lines: list[_Line], path: list[tuple[int, str]], number: int) -> Iterator[Section]:
    headings = tuple(heading for _, heading in path)
    groups = list(_groups([line for line in lines if line.text]))
    for at, group in enumerate(groups):
        named = (_cut(group[0].text, _LEAD_LENGTH),) if is_contact_line(group[-1].text) else ()
        anchor = f"section-{number}" + (f"-{at + 1}" if len(groups) > 1 else "")
        yield Section(anchor, (*headings, *named), group[0].start, group[-1].end)


def _groups(lines: list[_Line]) -> Iterator[list[_Line]]:
    """The lines in runs, each ending after the contact lines that close a description."""
    group: list[_Line] = []
    for line in lines:
        if group and is_contact_line(group[-1].text) and not is_contact_line(line.text):
            yield group
            group = []
        group.append(line)
    if group:
        yield group
