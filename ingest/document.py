"""The nouns of the house: Source, Document, Section, Statement, Conflict and Passage.

Offsets count Unicode code points in `Document.text`, the canonical text, and never change after
extraction: `document.text[start:end]` is what a citation shows.
"""

import hashlib
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["fact", "procedure", "definition", "document"]
Tier = Literal["official", "press", "copy", "other"]
DatedBy = Literal["stated", "inferred", "none"]
Status = Literal["current", "announced", "superseded", "historical", "unknown"]

PAST = frozenset({"superseded", "historical"})
"""What a statement is that no longer holds."""


OVERVIEW = "overview"
"""The anchor of the one statement that is a guide's own."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who said it, where and when. `date` is ISO, possibly partial (`2025-06`), or None.

    `dated_by` tells whether the source states its date or it was inferred from elsewhere.
    """

    key: str
    publisher: str
    title: str
    url: str | None = None
    date: str | None = None
    language: str | None = None
    tier: Tier = "other"
    dated_by: DatedBy = "none"


@dataclass(frozen=True, slots=True)
class Section:
    """A headed stretch of the canonical text; `path` holds the headings from the top down.

    `start` and `end` enclose what stands under the heading, not the heading line itself.
    """

    anchor: str
    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One sourced sentence or table row of a sheet, addressable by `anchor` in every language.

    `status` is `unknown` when the statement says what the sources do *not* tell. `questions` are
    what people ask when they want it; they are searched, never quoted. `taken_from` is the
    address `sheet#anchor` of the statement that a guide repeats here: that one is found and cited.
    """

    anchor: str
    start: int
    end: int
    sources: tuple[Source, ...]
    status: Status = "current"
    valid_to: str | None = None
    questions: tuple[str, ...] = ()
    taken_from: str | None = None

    @property
    def is_gap(self) -> bool:
        """Whether it says what the sources do not tell."""
        return self.status == "unknown"


@dataclass(frozen=True, slots=True)
class Position:
    """One side of a disagreement: the value and the anchors of the statements that hold it."""

    value: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that disagree about one subject; both sides stay, with their dates."""

    id: str
    subject: str
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the printed original: its number, and where it starts in the canonical text."""

    number: int
    start: int


@dataclass(frozen=True, slots=True)
class Law:
    """What a legal text says of itself.

    `number` is the law's or decree's, as `91-14`; `article` that of this document, as `15`, when
    it holds one article alone, and `part_of` the id of the text whose article it is. `date` is ISO.
    `replaced_by` names the text that took its place, where that is known: its number, or its title
    when it bears none.
    """

    number: str | None = None
    article: str | None = None
    date: str | None = None
    is_repealed: bool = False
    replaced_by: str | None = None
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One text with its provenance.

    `family` is shared by the language variants of a sheet; a file of its own is its own family.
    `file` is the path, under the ingested folder, of the file that it was read from; a file of
    records holds many documents. `guessed` names the fields that the document does not state and
    that were inferred from its text. `same_as` is the id of a document that holds nearly the same
    text and is to be cited instead.
    `language` is an ISO 639-1 code (`fr`, `ar`, `en`). `contact` is the id of a body in
    `corpus/directory.yaml` that can help with this document's subject. `review_after` is the last
    day on which its author trusts it unread; `ingest/stale.py` has the rule when there is none.
    """

    id: str
    family: str
    language: str
    title: str
    text: str
    kind: Kind = "document"
    source: Source | None = None
    as_of: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    review_after: str | None = None
    supersedes: str | None = None
    topics: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    contact: str | None = None
    questions: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    statements: tuple[Statement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    file: str | None = None
    pages: tuple[Page, ...] = ()
    law: Law | None = None
    guessed: tuple[str, ...] = ()
    same_as: str | None = None

    def printed_on(self, start: int, end: int) -> tuple[int, int] | None:
        """The first and last page on which `text[start:end]` stands, None without pages."""
        first = bisect_right(self.pages, start, key=lambda page: page.start)
        last = bisect_left(self.pages, end, key=lambda page: page.start)
        return (self.pages[first - 1].number, self.pages[last - 1].number) if first else None

    def statement(self, anchor: str | None) -> Statement | None:
        """The statement at an anchor, or None."""
        return next((one for one in self.statements if one.anchor == anchor), None)

    @property
    def own_statements(self) -> tuple[Statement, ...]:
        """Those that stand here alone, without what a guide takes from other sheets."""
        return tuple(one for one in self.statements if one.taken_from is None)

    @property
    def is_guide(self) -> bool:
        """Whether it gathers statements of other sheets."""
        return any(statement.taken_from for statement in self.statements)

    @property
    def digest(self) -> str:
        """Hash of everything that ingestion depends on; equal digests need no new work."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The smallest citable span of a passage; `anchor` and provenance come from its statement.

    `context` is what it is to be read under besides its section: the line that leads into its list,
    the items that it is part of, the header of its table.
    """

    start: int
    end: int
    statement: Statement | None = None
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable span of one document: whole sentences, one section, at most one token budget.

    `heading` is the document title and section path, then the context of its first sentence.
    """

    document_id: str
    start: int
    end: int
    anchor: str
    heading: tuple[str, ...]
    language: str
    tokens: int
    sentences: tuple[Sentence, ...] = field(default=())
