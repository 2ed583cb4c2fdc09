"""A sheet: one Markdown file of the corpus, read into a Document with exact offsets.

The canonical text is the body as a reader sees it: headings as plain lines, one statement a line
without its bullet and attributes, a blank line between sections. A section's span covers its
statements; the heading line stands right before it. Where a line only names a statement of another
sheet, the words of that one stand: a sheet that gathers others is read last.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from pydantic import Field, ValidationError

from ingest.document import Conflict, Document, Position, Section, Source, Statement, Status
from ingest.isotime import is_day
from ingest.problem import Problem
from ingest.schema import SLUG, Matter, Slug, Text, schema_problems
from ingest.yamltext import YamlText, read_yaml

SheetLanguage = Literal["fr", "ar", "en"]
Shelf = Mapping[str, tuple[str, Statement]]
"""Statements with their words, by address: `sheet.fr#anchor`."""

LANGUAGES: tuple[SheetLanguage, ...] = ("fr", "ar", "en")

_FENCE = "---"
_HEADING = re.compile(rf"## +(?P<text>\S.*?) +\{{#(?P<anchor>{SLUG})\}}")
_STATEMENT = re.compile(
    r"(?:[-*] +|\d{1,3}[.)] +)?(?:(?P<text>[^\s#{].*?) +)?\{#(?P<attributes>[^{}]*)\}"
)
_OWN = ("src", "status", "until")
_TAKEN = ("from",)
_STATUSES: frozenset[Status] = frozenset(
    {"current", "announced", "superseded", "historical", "unknown"}
)


class FrontMatter(Matter):
    """What a sheet declares about itself; an unknown key is refused, for it is a typing error."""

    id: Slug
    lang: SheetLanguage
    title: Text
    kind: Literal["fact", "procedure", "definition"]
    topics: tuple[Slug, ...] = Field(min_length=1)
    sectors: tuple[Slug, ...] = ()
    regions: tuple[Slug, ...] = ()
    as_of: date
    valid_from: date | None = None
    valid_to: date | None = None
    review_after: date | None = None
    supersedes: Slug | None = None
    contact: Slug | None = None
    questions: tuple[Text, ...] = Field(min_length=1)
    conflicts: tuple["ConflictMatter", ...] = ()


class ConflictMatter(Matter):
    """A disagreement between sources, in the words of the sheet's language."""

    id: Slug
    subject: Text
    positions: tuple["PositionMatter", ...] = Field(min_length=2)


class PositionMatter(Matter):
    """One side of a disagreement and the anchors of the statements that hold it."""

    value: Text
    statements: tuple[Slug, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A parsed sheet. `document` is None when the front matter cannot be used.

    With problems, `document` holds what could be read: enough to go on checking, not to serve.
    `lines` gives the file line of each anchor, `keys` that of each front matter key.
    """

    file: str
    document: Document | None
    lines: Mapping[str, int] = field(default_factory=dict)
    keys: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def gathers(text: str) -> bool:
    """Whether a sheet takes statements from others, which then have to be read before it."""
    return " from=" in text


def statements_by_address(documents: Iterable[Document]) -> Shelf:
    """What guides may take their statements from."""
    return {
        f"{document.id}#{one.anchor}": (document.text[one.start : one.end], one)
        for document in documents
        for one in document.statements
    }


def parse_sheet(
    text: str, *, file: str, sources: Mapping[str, Source], shelf: Shelf | None = None
) -> Sheet:
    """Read one sheet; every problem of the file is collected, none stops the reading.

    `file` is its path relative to the corpus folder; the name must be `<id>.<lang>.md`. `shelf`
    holds the statements that it may take from other sheets.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    end = _front_matter_end(lines)
    if end is None:
        message = f"a sheet starts with front matter between two lines {_FENCE!r}"
        return Sheet(file, None, problems=(Problem(file, 1, "front-matter", message),))
    yaml_text = read_yaml("\n".join(lines[1:end]), file=file, first_line=2)
    matter, problems = _front_matter(yaml_text, file)
    body = _Body(file, sources, shelf or {}, matter.lang if matter else None)
    body.read(lines[end + 1 :], first_line=end + 2)
    problems = [*problems, *body.problems]
    keys = {str(path[0]): line for path, line in yaml_text.lines.items() if len(path) == 1}
    if matter is None:
        return Sheet(file, None, body.lines, keys, tuple(sorted(problems)))
    problems += _name_problems(matter, yaml_text, file)
    problems += _conflict_problems(matter, yaml_text, body, file)
    document = _document(matter, body)
    return Sheet(file, document, body.lines, keys, tuple(sorted(problems)))


def _front_matter_end(lines: list[str]) -> int | None:
    if not lines or lines[0].rstrip() != _FENCE:
        return None
    return next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)


def _front_matter(yaml_text: YamlText, file: str) -> tuple[FrontMatter | None, list[Problem]]:
    problems = list(yaml_text.problems)
    if not isinstance(yaml_text.data, dict):
        if not problems:
            problems.append(Problem(file, 2, "front-matter", "the front matter is empty"))
        return None, problems
    data = {key: value for key, value in yaml_text.data.items() if value is not None}
    try:
        return FrontMatter.model_validate(data), problems
    except ValidationError as error:
        return None, problems + schema_problems(error, yaml_text, file)


def _name_problems(matter: FrontMatter, yaml_text: YamlText, file: str) -> list[Problem]:
    expected = f"{matter.id}.{matter.lang}.md"
    if file.rpartition("/")[2] == expected:
        return []
    message = f"the file must be named {expected}, after its id and lang"
    return [Problem(file, yaml_text.line(("id",)), "file-name", message)]


def _conflict_problems(
    matter: FrontMatter, yaml_text: YamlText, body: "_Body", file: str
) -> list[Problem]:
    anchors = {statement.anchor for statement in body.statements}
    return [
        Problem(
            file,
            yaml_text.line(("conflicts", number, "positions", at)),
            "conflict",
            f"the conflict {conflict.id!r} names the statement {anchor!r}, which does not exist",
        )
        for number, conflict in enumerate(matter.conflicts)
        for at, position in enumerate(conflict.positions)
        for anchor in position.statements
        if anchor not in anchors
    ]


def _document(matter: FrontMatter, body: "_Body") -> Document:
    return Document(
        id=f"{matter.id}.{matter.lang}",
        family=matter.id,
        language=matter.lang,
        title=matter.title,
        text=body.text,
        kind=matter.kind,
        as_of=matter.as_of.isoformat(),
        valid_from=matter.valid_from.isoformat() if matter.valid_from else None,
        valid_to=matter.valid_to.isoformat() if matter.valid_to else None,
        review_after=matter.review_after.isoformat() if matter.review_after else None,
        supersedes=matter.supersedes,
        topics=matter.topics,
        sectors=matter.sectors,
        regions=matter.regions,
        contact=matter.contact,
        questions=matter.questions,
        sections=tuple(body.sections),
        statements=tuple(body.statements),
        conflicts=tuple(_conflict(conflict) for conflict in matter.conflicts),
    )


def _conflict(conflict: ConflictMatter) -> Conflict:
    positions = tuple(Position(side.value, side.statements) for side in conflict.positions)
    return Conflict(conflict.id, conflict.subject, positions)


class _Body:
    """Builds the canonical text line by line, with the offsets of what it holds."""

    def __init__(
        self, file: str, sources: Mapping[str, Source], shelf: Shelf, language: str | None
    ) -> None:
        self._file = file
        self._sources = sources
        self._shelf = shelf
        self._language = language
        self._heading: tuple[str, str] | None = None
        self._section_start = 0
        self.text = ""
        self.sections: list[Section] = []
        self.statements: list[Statement] = []
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []

    def read(self, lines: list[str], *, first_line: int) -> None:
        for number, raw in enumerate(lines, first_line):
            line = raw.strip()
            if not line:
                continue
            if line.startswith("#"):
                self._read_heading(line, number)
            else:
                self._read_statement(line, number)
        self._close_section(first_line + len(lines))
        if not self.statements:
            self._problem(first_line, "body", "the sheet holds no statement")

    def _read_heading(self, line: str, number: int) -> None:
        match = _HEADING.fullmatch(line)
        if match is None:
            self._problem(number, "heading", "a heading is written `## Heading {#anchor}`")
            return
        self._close_section(number)
        if self.text:
            self.text += "\n\n"
        self.text += match["text"] + "\n"
        self._heading = (match["anchor"], match["text"])
        self._section_start = len(self.text)
        self._note(match["anchor"], number)

    def _close_section(self, number: int) -> None:
        if self._heading is None:
            return
        anchor, heading = self._heading
        if len(self.text) == self._section_start:
            self._problem(number, "heading", f"the section {anchor!r} holds no statement")
            self.text = self.text.rstrip("\n")
        else:
            section = Section(anchor, (heading,), self._section_start, len(self.text))
            self.sections.append(section)
        self._heading = None

    def _read_statement(self, line: str, number: int) -> None:
        match = _STATEMENT.fullmatch(line)
        if match is None:
            message = "a statement ends with `{#anchor src=key}`, on the same line"
            self._problem(number, "statement", message)
            return
        if self._heading is None:
            self._problem(number, "statement", "a statement stands under a `## Heading {#anchor}`")
            return
        anchor, _, rest = match["attributes"].partition(" ")
        if not re.fullmatch(SLUG, anchor):
            self._problem(number, "anchor", f"the anchor {anchor!r} is not of the form a-z, 0-9, -")
        self._note(anchor, number)
        if match["text"]:
            attributes = self._attributes(rest, number, _OWN)
            self._add(match["text"], self._own(attributes, anchor, number))
        elif taken := self._taken(self._attributes(rest, number, _TAKEN), number):
            words, statement = taken
            self._add(words, replace(statement, anchor=anchor))

    def _add(self, words: str, statement: Statement) -> None:
        if len(self.text) > self._section_start:
            self.text += "\n"
        start = len(self.text)
        self.text += words
        self.statements.append(replace(statement, start=start, end=len(self.text)))

    def _own(self, attributes: Mapping[str, str], anchor: str, number: int) -> Statement:
        return Statement(
            anchor=anchor,
            start=0,
            end=0,
            sources=self._cited(attributes, anchor, number),
            status=self._status(attributes, number),
            valid_to=self._until(attributes, number),
        )

    def _taken(self, attributes: Mapping[str, str], number: int) -> tuple[str, Statement] | None:
        """The words of the statement that a line names, and the statement without its questions."""
        address = attributes.get("from")
        if address is None:
            message = "a statement has words, or from=sheet#anchor names one that has"
            self._problem(number, "statement", message)
            return None
        sheet, _, anchor = address.partition("#")
        found = self._shelf.get(f"{sheet}.{self._language}#{anchor}")
        if found is None:
            message = (
                f"there is no statement {address!r} in {self._language} to take from its sheet"
            )
            self._problem(number, "statement", message)
            return None
        words, statement = found
        return words, replace(statement, questions=(), taken_from=address)

    def _attributes(self, text: str, number: int, known: Sequence[str]) -> dict[str, str]:
        attributes: dict[str, str] = {}
        for part in text.split():
            key, mark, value = part.partition("=")
            if not mark or not value or key not in known or key in attributes:
                message = f"{part!r} is not {_either(known)} with a value, given once"
                self._problem(number, "attribute", message)
            else:
                attributes[key] = value
        return attributes

    def _cited(self, attributes: Mapping[str, str], anchor: str, number: int) -> tuple[Source, ...]:
        keys = [key for key in attributes.get("src", "").split(",") if key]
        if not keys:
            message = f"the statement {anchor!r} names no source; end it with src=key"
            self._problem(number, "source", message)
        for key in keys:
            if key not in self._sources:
                message = f"the source {key!r} is not in sources.yaml; add it there or correct it"
                self._problem(number, "source", message)
        return tuple(self._sources[key] for key in keys if key in self._sources)

    def _status(self, attributes: Mapping[str, str], number: int) -> Status:
        given = attributes.get("status", "current")
        for status in _STATUSES:
            if given == status:
                return status
        message = f"the status {given!r} is none of {', '.join(sorted(_STATUSES))}"
        self._problem(number, "status", message)
        return "current"

    def _until(self, attributes: Mapping[str, str], number: int) -> str | None:
        until = attributes.get("until")
        if until is None or is_day(until):
            return until
        self._problem(number, "date", f"until={until} is not a date of the form 2026-12-31")
        return None

    def _note(self, anchor: str, number: int) -> None:
        if anchor in self.lines:
            message = f"the anchor {anchor!r} already stands on line {self.lines[anchor]}"
            self._problem(number, "anchor", message)
        self.lines[anchor] = number

    def _problem(self, number: int, rule: str, message: str) -> None:
        self.problems.append(Problem(self._file, number, rule, message))


def _either(names: Sequence[str]) -> str:
    *others, last = (f"{name}=" for name in names)
    return f"{', '.join(others)} or {last}" if others else last
