"""Gathered: a collection on its shelf, its documents linked to each other as they come."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from heapq import merge
from itertools import groupby

from ingest.chains import Chains
from ingest.collection import Entry, IngestReport, Reference, seal
from ingest.corpus import Corpus
from ingest.document import Document
from ingest.load import Failure
from ingest.passages import PassageSettings, split
from ingest.shelf import Shelf
from ingest.twins import Signature, find_twins


@dataclass(frozen=True, slots=True)
class Links:
    """What documents are to each other: which law ends which, which text is whose copy."""

    chains: Chains
    twins: dict[str, str]

    @classmethod
    def of(cls, corpus: Corpus | None, shelf: Shelf) -> "Links":
        """Go through the documents twice."""
        chains = Chains(documents(corpus, shelf))
        signatures = (
            Signature.read(shelf.result("signature", chains.placed(one), Signature.written))
            for one in documents(corpus, shelf)
        )
        return cls(chains, find_twins(signatures, lambda name: document(corpus, shelf, name)))

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

    def seals(self) -> Iterator[tuple[str, str]]:
        """The id of each document with the seal of its entry; what is known is not cut again."""
        what = f"seal {self.passages.model_dump_json()}"
        for one in documents(self.corpus, self.shelf):
            yield (
                one.id,
                self.shelf.result(
                    what, self.links.linked(one), lambda linked: seal(self._entry(linked))
                ),
            )

    def entries(self, among: Container[str] | None = None) -> Iterator[Entry]:
        """Each document with its passages; with `among` only those that bear such an id."""
        for one in documents(self.corpus, self.shelf, among):
            yield self._entry(self.links.linked(one))

    def settle(self) -> None:
        """Tell the shelf that this collection was published: the next run compares with it."""
        self.shelf.settle()

    def _entry(self, linked: Document) -> Entry:
        return linked, split(linked, self.passages)


def documents(
    corpus: Corpus | None, shelf: Shelf, among: Container[str] | None = None
) -> Iterator[Document]:
    """By id; of several with one id the sheet, else that of the first file.

    With `among` only those that bear such an id.
    """
    sheets = corpus.documents if corpus else ()
    chosen = (sheet for sheet in sheets if among is None or sheet.id in among)
    both = merge(chosen, shelf.documents(among), key=lambda document: document.id)
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
