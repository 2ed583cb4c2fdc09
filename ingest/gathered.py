"""Gathered: a collection on its shelf, its documents linked to each other as they come."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import merge
from itertools import groupby

from ingest.chains import Chains
from ingest.collection import Entry, IngestReport, Reference
from ingest.corpus import Corpus
from ingest.document import Document
from ingest.load import Failure
from ingest.passages import PassageSettings, split
from ingest.shelf import Shelf
from ingest.twins import find_twins, signature


@dataclass(frozen=True, slots=True)
class Links:
    """What documents are to each other: which law ends which, which text is whose copy."""

    chains: Chains
    twins: dict[str, str]

    @classmethod
    def of(
        cls, documents: Callable[[], Iterable[Document]], read: Callable[[str], Document]
    ) -> "Links":
        """Go through the documents twice; `read` gives the one with an id again."""
        chains = Chains(documents())
        signatures = (signature(chains.placed(document)) for document in documents())
        return cls(chains, find_twins(signatures, read))

    def linked(self, document: Document) -> Document:
        """The document with its standing among the laws, and with the one to cite instead."""
        return replace(self.chains.placed(document), same_as=self.twins.get(document.id))


@dataclass(frozen=True, slots=True)
class Gathered:
    """A collection that stays on its shelf; only the sheets of a corpus are in memory."""

    corpus: Corpus | None
    shelf: Shelf
    passages: PassageSettings
    links: Links
    report: IngestReport

    @property
    def reference(self) -> tuple[Reference, ...]:
        """Bodies, glossary and regions of the corpus."""
        if self.corpus is None:
            return ()
        return (*self.corpus.bodies, *self.corpus.glossary, *self.corpus.regions)

    def entries(self) -> Iterator[Entry]:
        """Each document with its passages, by id."""
        for document in documents(self.corpus, self.shelf):
            linked = self.links.linked(document)
            yield linked, split(linked, self.passages)

    def settle(self) -> None:
        """Tell the shelf that this collection was published: the next run compares with it."""
        self.shelf.settle()


def documents(corpus: Corpus | None, shelf: Shelf) -> Iterator[Document]:
    """By id; of several with one id the sheet, else that of the first file."""
    sheets = corpus.documents if corpus else ()
    both = merge(sheets, shelf.documents(), key=lambda document: document.id)
    for _, group in groupby(both, key=lambda document: document.id):
        yield next(group)


def document(corpus: Corpus | None, shelf: Shelf, name: str) -> Document:
    """The one of `documents` with an id."""
    sheets = corpus.documents if corpus else ()
    return next((sheet for sheet in sheets if sheet.id == name), None) or shelf.document(name)


def clashes(corpus: Corpus | None, shelf: Shelf) -> Iterator[Failure]:
    """The documents on the shelf whose id another one bears."""
    sheets = [(sheet.id, "the corpus") for sheet in corpus.documents] if corpus else []
    both = merge(sheets, shelf.ids(), key=lambda item: item[0])
    for name, group in groupby(both, key=lambda item: item[0]):
        (_, first), *others = group
        for _, file in others:
            yield Failure(
                file,
                f"{file} holds a document with the id {name!r}, which {first} holds too: it was "
                "left out. Give one of them another id.",
                is_part=True,
            )
