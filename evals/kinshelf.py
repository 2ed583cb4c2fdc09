"""A made-up shelf: what reading made-up files has left, for an index to be built from.

Cutting, linking, storing and counting words are real; the vectors are made up beside the texts,
so that nothing is embedded.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import ceil
from pathlib import Path

from evals.kin import VectorKin, WordKin
from index.build import BuildReport, build_index
from index.embedding import Advance, EmbedderIdentity, Vectors
from ingest.collection import IngestReport
from ingest.document import Document
from ingest.gathered import Gathered, Links
from ingest.passages import PassageSettings
from ingest.shelf import Shelf

SENTENCES = 20
"""Sentences of a document."""

_MARKS = re.compile(r"[^\w\s]|\d")


class KinEmbedder:
    """Gives texts made-up vectors, at no cost worth the name."""

    def __init__(self, kin: VectorKin) -> None:
        self._kin = kin
        self.identity = EmbedderIdentity("kin", "kin", kin.of.shape[1], "", "")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One vector for each text."""
        return self._kin.draw(len(texts), seed=sum(map(ord, texts[0])))

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        """The same."""
        if advance:
            advance(len(texts))
        return self.embed_queries(texts)


@dataclass(frozen=True, slots=True)
class KinShelf:
    """Documents of made-up sentences, each in a file of its own."""

    shelf: Shelf
    rows: int

    @classmethod
    def filled(cls, shelf: Shelf, rows: int, kin: WordKin) -> "KinShelf":
        """Put so many sentences on an empty shelf.

        Marks and digits are left out of the words: they would cut sentences in two.
        """
        lines = (_MARKS.sub("", line) for line in kin.draw(rows, seed=0))
        for number in range(ceil(rows / SENTENCES)):
            text = "\n".join(f"{line}." for line in islice(lines, SENTENCES))
            name = _name(number)
            shelf.restore(name, [Document(name, name, "fr", f"Document {number}", text)])
        return cls(shelf, rows)

    def change(self) -> None:
        """Let the document in the middle gain a sentence."""
        one = self.shelf.document(_name(self.rows // SENTENCES // 2))
        self.shelf.restore(one.id, [replace(one, text=f"{one.text}\nUne phrase de plus.")])

    def built(self, root: Path, embedder: KinEmbedder) -> BuildReport:
        """Link the documents and build an index of them, as `sanad ingest` does once files are
        read.
        """
        passages = PassageSettings()
        links = Links.of(None, self.shelf)
        gathered = Gathered(None, self.shelf, passages, links, IngestReport(0, 0))
        return build_index(root, gathered, embedder, passages.model_dump())


def _name(number: int) -> str:
    return f"{number:09}"
