"""Collection: what ingestion makes of folders, and the report of how."""

import hashlib
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ingest.body import Body
from ingest.clean import RemovedLine
from ingest.document import Document, Passage, Sentence
from ingest.glossary import Term
from ingest.load import Failure
from ingest.regions import Region
from ingest.unseen import LeftOut

Reference = Body | Term | Region
Entry = tuple[Document, tuple[Passage, ...]]


class Collection(Protocol):
    """Documents with their passages, to be gone through as often as needed, always by id."""

    @property
    def reference(self) -> tuple[Reference, ...]:
        """Bodies, glossary and regions of a corpus, empty without one."""
        ...

    def seals(self) -> Iterator[tuple[str, str]]:
        """The id of each document with the seal of its entry."""
        ...

    def entries(self, among: Container[str] | None = None) -> Iterator[Entry]:
        """Each document with its passages; with `among` only those that bear such an id."""
        ...


def seal(entry: Entry) -> str:
    """Hash of a document as it is cut: equal seals, equal rows in an index."""
    document, passages = entry
    digest = hashlib.sha256(repr(document).encode())
    for one in passages:
        place = one.start, one.end, one.anchor, one.heading, one.language, one.tokens
        digest.update(repr((place, [_cut(each) for each in one.sentences])).encode())
    return digest.hexdigest()


def _cut(sentence: Sentence) -> tuple[object, ...]:
    anchor = sentence.statement and sentence.statement.anchor
    return sentence.start, sentence.end, anchor, sentence.context


@dataclass(frozen=True, slots=True)
class CleanedLine:
    """A line that cleaning took out of a file."""

    file: str
    removed: RemovedLine


@dataclass(frozen=True, slots=True)
class Count:
    """How many whole files, and how many parts of files whose rest is in."""

    files: int = 0
    parts: int = 0

    @classmethod
    def of(cls, failures: Iterable[Failure], *, is_quarantined: bool) -> "Count":
        """Count the failures of one kind."""
        parts = [one.is_part for one in failures if one.is_quarantined == is_quarantined]
        return cls(parts.count(False), parts.count(True))

    def __str__(self) -> str:
        return f"{self.files} files, {self.parts} parts of files"


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of every file: nothing is dropped without standing here.

    `new`, `changed` and `unchanged` files, and those that `vanished`, are told against the last
    publication. Of a file that failed, the documents of its last good version stay in: `kept_old`
    names those files. `failures` are all whole files and parts of files that were left out, by
    file; each is counted once, as `quarantined` when people have to look at it, else as `failed`.
    `hidden` words were left out of documents that are in. `same_as` counts documents that are
    linked to another with nearly their text.
    """

    files: int
    documents: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    vanished: tuple[str, ...] = ()
    kept_old: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    failed: Count = Count()
    quarantined: Count = Count()
    cleaned: int = 0
    unattributed: tuple[CleanedLine, ...] = ()
    hidden: tuple[LeftOut, ...] = ()
    repaired: int = 0
    same_as: int = 0


@dataclass(frozen=True, slots=True)
class IngestResult:
    """A collection in memory: documents sorted by id, their passages in the same order.

    `bodies`, `glossary` and `regions` are those of a corpus, empty for a plain folder.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    report: IngestReport
    bodies: tuple[Body, ...] = ()
    glossary: tuple[Term, ...] = ()
    regions: tuple[Region, ...] = ()

    @property
    def reference(self) -> tuple[Reference, ...]:
        """Bodies, glossary and regions."""
        return (*self.bodies, *self.glossary, *self.regions)

    def seals(self) -> Iterator[tuple[str, str]]:
        """The id of each document with the seal of its entry."""
        return ((entry[0].id, seal(entry)) for entry in self.entries())

    def entries(self, among: Container[str] | None = None) -> Iterator[Entry]:
        """Each document with its passages; with `among` only those that bear such an id."""
        held: dict[str, list[Passage]] = {document.id: [] for document in self.documents}
        for passage in self.passages:
            held[passage.document_id].append(passage)
        for document in sorted(self.documents, key=lambda one: one.id):
            if among is None or document.id in among:
                yield document, tuple(held[document.id])
