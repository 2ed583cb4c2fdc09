"""Outline: the title and the headed sections of a text that is not a sheet.

Markdown headings make sections, and so does a short line standing alone above a paragraph. A
description that ends with its contact lines is a section of its own, named by its first words: so
a telephone number is never read together with somebody else's description.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.contact import is_contact_line
from ingest.document import Section


@dataclass(frozen=True, slots=True)
class Outline:
    """The title (empty for an empty text) and the sections, which hold the text but no heading."""

    title: str
    sections: tuple[Section, ...]


def outline(text: str) -> Outline:
    """Outline a cleaned text. The line that gives the title belongs to no section."""
    lines = _lines(text)
    written = [line for line in lines if line.text]
    if not written:
        return Outline("", ())
    title_line = written[0]
    is_heading = len(written) > 1 and (_is_markdown(title_line) or _is_short(title_line))
    body = lines[lines.index(title_line) + 1 :] if is_heading else lines
    return Outline(_cut(title_line.heading), tuple(_sections(body)))


def is_paragraph(line: str) -> bool:
    """Whether a line tells something: a full sentence, or too long for a heading."""
    words = len(line.split())
    return words > _HEADING_WORDS or (words >= 5 and bool(_FINISHED.search(line)))


_HEADING_WORDS = 12
_TITLE_WORDS = 30
_TITLE_LENGTH = 200
_LEAD_LENGTH = 100
_PLAIN_LEVEL = 7
_FINISHED = re.compile(r"[.!?؟؛:;،,…][\"'»”’)\]]*$")
_MARKDOWN = re.compile(r"(?P<marks>#{1,6}) +(?P<text>\S.*?) *#*")
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


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    start = 0
    for line in text.split("\n"):
        lines.append(_Line(start, line))
        start += len(line) + 1
    return lines


def _is_markdown(line: _Line) -> bool:
    return _MARKDOWN.fullmatch(line.text) is not None


def _is_short(line: _Line) -> bool:
    return len(line.text.split()) <= _TITLE_WORDS and not re.search(r"[.؟!:]$", line.text)


def _cut(text: str, length: int = _TITLE_LENGTH) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rpartition(" ")[0].rstrip(" ,،;") + "…"


def _sections(lines: Sequence[_Line]) -> Iterator[Section]:
    path: list[tuple[int, str]] = []
    body: list[_Line] = []
    number = 0
    for at, line in enumerate(lines):
        level = _level(lines, at)
        if level is None:
            body.append(line)
            continue
        number += 1
        yield from _grouped(body, path, number)
        body = []
        path = [*(step for step in path if step[0] < level), (level, line.heading)]
    yield from _grouped(body, path, number + 1)


def _level(lines: Sequence[_Line], at: int) -> int | None:
    """The level of the heading that stands at `at`, or None for any other line."""
    match = _MARKDOWN.fullmatch(lines[at].text)
    if match:
        return len(match["marks"])
    return _PLAIN_LEVEL if _is_plain_heading(lines, at) else None


def _is_plain_heading(lines: Sequence[_Line], at: int) -> bool:
    text = lines[at].text
    if not text or len(text.split()) > _HEADING_WORDS or _FINISHED.search(text):
        return False
    if is_contact_line(text) or text.startswith("|") or not any(map(str.isalpha, text)):
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
