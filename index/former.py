"""Former: the generation that serves while the next one is built, and what that takes over."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from index.embedding import EmbedderIdentity
from index.generation import LEXICAL, NEAREST, STORE, current, exact_vectors, open_store
from index.lexical import LexicalIndex
from index.manifest import read_manifest
from index.nearest import Nearest
from index.postings import Postings
from index.splice import Contents
from index.store import Store
from index.unitvectors import UnitVectors
from ingest.errors import IndexDamagedError, IndexMissingError


@dataclass(frozen=True)
class Former:
    """A whole generation of this format; without one it holds nothing."""

    folder: Path | None = None
    store: Store | None = None

    @classmethod
    def serving(cls, root: Path) -> "Former":
        """The one that serves under `root`, after checking every file of it."""
        try:
            name = current(root)
            return cls(root / name, open_store(root, name))
        except (IndexMissingError, IndexDamagedError):
            return cls()

    def close(self) -> None:
        """Release the files."""
        if self.store:
            self.store.close()

    @cached_property
    def contents(self) -> Contents:
        """Its documents."""
        return self.store.contents() if self.store else Contents.of({}, [])

    def kept(self, seals: Mapping[str, str], embedder: EmbedderIdentity) -> frozenset[str]:
        """The ids of the documents that stay, by what they are sealed with now.

        None when another model made the vectors.
        """
        if self.folder is None or read_manifest(self.folder).embedder != embedder:
            return frozenset()
        return frozenset(name for name, _ in seals.items() & self.contents.seals.items())

    def passage_words(self, documents: Iterable[str]) -> Iterator[tuple[str, str]]:
        """As `Store.passage_words`."""
        return self.store.passage_words(documents) if self.store else iter(())

    @cached_property
    def postings(self) -> Postings:
        """The tokens of its sentences."""
        return LexicalIndex.load(self.folder / LEXICAL).postings if self.folder else Postings.of(())

    @cached_property
    def vectors(self) -> UnitVectors:
        """Its vectors, mapped."""
        if not (self.folder and self.nearest):
            return UnitVectors(np.empty((0, 0), dtype=np.float32))
        return exact_vectors(self.folder, self.nearest)

    @cached_property
    def nearest(self) -> Nearest | None:
        """The index over them, mapped."""
        return Nearest.open(self.folder / NEAREST) if self.folder else None

    @property
    def rounds(self) -> bool:
        """Whether it has its vectors in 16 bits only."""
        return self.nearest is not None and self.nearest.vectors is None

    @property
    def path(self) -> Path | None:
        """The file of its store."""
        return self.folder / STORE if self.folder else None
