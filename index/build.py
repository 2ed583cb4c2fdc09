"""From a collection to a published generation, document by document."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import mapped
from index.cache import EmbeddingCache
from index.changes import Changes, changes
from index.embedding import Embedder, LocatedModel, Vectors
from index.former import Former
from index.generation import (
    LAYOUT,
    LEXICAL,
    NEAREST,
    STORE,
    VECTORS,
    VOCABULARY,
    current,
    locked,
    publish,
    sealed,
    storage,
)
from index.layout import Layout
from index.lexical import LexicalIndex
from index.manifest import FORMAT, Manifest, check_files, read_manifest
from index.nearest import Nearest, Rows, kind_of
from index.postings import Postings
from index.splice import Part, Splice
from index.store import Asked, Reference, Store
from index.storewriter import Cut, StoreWriter, join_stores
from index.tokens import analysis, tokenize
from index.unitvectors import UnitVectors, rounded
from index.vocabulary import Vocabulary
from ingest.collection import Collection
from ingest.document import Document, Passage
from ingest.errors import IndexDamagedError, IndexMissingError
from ingest.stopwatch import Stopwatch

CACHE = "embeddings.sqlite"
_FRESH = "fresh.sqlite"
_BLOCK = 16_384
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: `embedded` texts were new, the vectors of the rest were known.

    `changes` compares its passages with those of the generation that served before.
    """

    generation: str
    documents: int
    passages: int
    sentences: int
    questions: int
    embedded: int
    changes: Changes


def build_index(
    root: Path,
    collection: Collection,
    embedder: Embedder,
    chunker: dict[str, str | int],
    advance: Advance | None = None,
    *,
    watch: Stopwatch | None = None,
) -> BuildReport:
    """Embed what is new, write a generation under `root`, make it current.

    Documents that are as they are in the generation that serves are neither cut nor embedded.
    Documents, texts and vectors pass through files. What has to be in memory as a whole grows with
    the collection: the FAISS index (as `Nearest` stores it: 4 bytes a dimension and text, one above
    EXACT_UP_TO) and the postings of the lexical index (some 40 bytes a word while they are sorted).

    `advance(done, total)` is called as texts are embedded. A run that is killed keeps the vectors
    it has paid for and publishes nothing. Raises StorageError when the disk refuses, or at once
    when another process builds in `root`.
    """
    watch = watch or Stopwatch()
    with locked(root), closing(EmbeddingCache(root / CACHE)) as cache:
        build = _Build(root, collection, embedder, chunker, cache, advance, watch)
        manifest = publish(root, build.write)
    return _report(manifest, build.embedded, build.changes)


@dataclass(slots=True)
class _Build:
    """One build, part by part: `write` fills a folder, the last fields are what became of it.

    Only what is not as the generation that serves has it is cut, stored and embedded; all else is
    taken over. Without such a generation nothing is, and the way is the same.
    """

    root: Path
    collection: Collection
    embedder: Embedder
    chunker: dict[str, str | int]
    cache: EmbeddingCache
    advance: Advance | None
    watch: Stopwatch
    embedded: int = 0
    changes: Changes = field(default_factory=Changes)

    def write(self, folder: Path) -> Manifest:
        """Write every file of the generation but its manifest."""
        with self.watch.stage("compare"):
            seals = _seals(self.collection)
            former = Former.serving(self.root)
        with closing(former):
            splice = self._write_parts(folder, seals, former)
        with storage(self.root), self.watch.stage("publish"):
            _write_overview(folder)
            files = sealed(folder)
        return Manifest(
            embedder=self.embedder.identity,
            chunker=self.chunker,
            corpus=_digest(seals, self.collection.reference),
            documents=splice.total(Part.DOCUMENTS),
            passages=splice.total(Part.PASSAGES),
            sentences=splice.total(Part.SENTENCES),
            questions=splice.total(Part.QUESTIONS),
            files=files,
        )

    def _write_parts(self, folder: Path, seals: Mapping[str, str], former: Former) -> Splice:
        """Write what is put together from former and fresh rows; returns how."""
        kept = former.kept(seals, self.embedder.identity)
        path = folder / _FRESH
        with storage(self.root), self.watch.stage("words"):
            postings = Postings.of(self._cut(path, seals, kept))
        with closing(Store(path)) as fresh:
            splice = Splice(kept, former.contents, fresh.contents())
            with storage(self.root):
                with self.watch.stage("store"):
                    reference = self.collection.reference
                    join_stores(folder / STORE, former.path, path, splice, reference)
                with self.watch.stage("words"):
                    joined = Postings.spliced(splice, former.postings, postings)
                    LexicalIndex.of(joined).save(folder / LEXICAL)
            with self.watch.stage("compare"):
                self.changes = _changes(splice, former, fresh, kept)
            self._write_vectors(folder, splice, former, fresh)
        path.unlink()
        return splice

    def _cut(
        self, path: Path, seals: Mapping[str, str], kept: frozenset[str]
    ) -> Iterator[Sequence[str]]:
        """Store each document that is not kept; give the tokens that its sentences are found by.

        Cutting a text takes longer than storing it, and both need it cut.
        """
        entries = self.collection.entries(seals.keys() - kept)
        with closing(StoreWriter(path)) as writer:
            for document, passages in self.watch.drawn("passages", entries):
                cut = cache(tokenize)
                with self.watch.stage("store"):
                    asked = _questions(document)
                    writer.add(document, passages, asked, seals[document.id], cut)
                yield from _found_by(document, passages, cut)
            writer.commit()

    def _write_vectors(self, folder: Path, splice: Splice, former: Former, fresh: Store) -> None:
        """Vectors that a former generation rounded are asked of the cache again where none are."""
        origins = splice.origins()
        rounds = kind_of(len(origins)) != "flat"
        anew = former.rounds and not rounds
        done = 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            if self.advance:
                self.advance(done, len(origins))

        with self.watch.stage("embed"):
            if anew:
                with closing(Store(folder / STORE)) as whole:
                    _, self.embedded = self.cache.pay(self.embedder, whole.embedded_texts(), step)
            else:
                step(int(np.count_nonzero(origins >= 0)))
                _, self.embedded = self.cache.pay(self.embedder, fresh.embedded_texts(), step)
        with storage(self.root), self.watch.stage("publish"):
            shape = (len(origins), self.embedder.identity.dimension)
            paid = self.cache.paid()
            blocks = paid if anew else _blocks(splice, former.vectors, paid)
            if rounds:
                _write_array(folder / VECTORS, shape, "<i2", map(rounded, blocks))
            else:
                _write_array(folder / VECTORS, shape, "<f4", blocks)
        with storage(self.root), self.watch.stage("nearest"):
            written = folder / VECTORS
            nearest = _nearest(UnitVectors(mapped(written)), former, origins)
            nearest.save(folder / NEAREST)
            if nearest.vectors is not None:
                written.unlink()


def _seals(collection: Collection) -> dict[str, str]:
    """A seal for each document by id: of what it is, and of how rows are made of it."""
    way = f"{FORMAT} {analysis()}"
    return {
        name: hashlib.sha256(f"{way} {seal}".encode()).hexdigest()
        for name, seal in collection.seals()
    }


def _digest(seals: Mapping[str, str], reference: tuple[Reference, ...]) -> str:
    """Hash of all that a generation is made from, apart from the model."""
    digest = hashlib.sha256()
    for part in (*sorted(seals.items()), *reference):
        digest.update(repr(part).encode())
    return digest.hexdigest()


def _changes(splice: Splice, former: Former, fresh: Store, kept: frozenset[str]) -> Changes:
    gone, come = former.contents.seals.keys() - kept, fresh.contents().seals
    told = changes(former.passage_words(gone), fresh.passage_words(come))
    return replace(told, kept=told.kept + splice.kept(Part.PASSAGES))


def _write_overview(folder: Path) -> None:
    """Write what is made from all rows at once."""
    with closing(Store(folder / STORE)) as store:
        Layout.of(store.places()).save(folder / LAYOUT)
        Vocabulary.write(folder / VOCABULARY, store.texts())


def _blocks(splice: Splice, former: UnitVectors, fresh: Iterator[Vectors]) -> Iterator[Vectors]:
    """All vectors in their order: from a former array, or the next ones of the fresh."""
    for span in splice.vectors():
        if span.source == "fresh":
            yield from islice(fresh, len(span))
        else:
            for begin in range(span.begin, span.end, _BLOCK):
                yield former[begin : min(begin + _BLOCK, span.end)]


def _write_array(
    path: Path, shape: tuple[int, int], numbers: str, blocks: Iterator[NDArray[Any]]
) -> None:
    """The bytes of `np.save`, some rows at a time; `numbers` is their type in its words."""
    header = {"descr": numbers, "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for block in blocks:
            file.write(np.ascontiguousarray(block, dtype=numbers).data)


def _nearest(vectors: UnitVectors, former: Former, origins: Rows) -> Nearest:
    if former.nearest and kind_of(len(vectors)) == "ivf":
        return former.nearest.followed_by(vectors, origins)
    return Nearest.of(vectors)


def _found_by(
    document: Document, passages: tuple[Passage, ...], cut: Cut
) -> Iterator[Sequence[str]]:
    """The tokens of each sentence: of its heading, its words, and the questions filed with it.

    Questions about the whole document would be the same for all of its sentences.
    """
    for passage in passages:
        for sentence in passage.sentences:
            asked = sentence.statement.questions if sentence.statement else ()
            words = document.text[sentence.start : sentence.end]
            above = dict.fromkeys((*passage.heading, *sentence.context))
            yield [token for text in (*above, words, *asked) for token in cut(text)]


def _questions(document: Document) -> Iterator[Asked]:
    """Questions about a document as a whole, then those of its statements."""
    for text in document.questions:
        yield Asked(document.id, None, text)
    for statement in document.statements:
        for text in statement.questions:
            yield Asked(document.id, statement.anchor, text)


def current_build(
    root: Path, collection: Collection, located: LocatedModel, chunker: dict[str, str | int]
) -> BuildReport | None:
    """The generation that serves, if building again would give the same; None otherwise.

    Answers without loading the model, so that a start with nothing new takes no longer than
    hashing what is there.
    """
    try:
        folder = root / current(root)
        manifest = read_manifest(folder)
        check_files(folder, manifest)
    except (IndexMissingError, IndexDamagedError):
        return None
    made = (chunker, located.identity(manifest.embedder.dimension))
    if (manifest.chunker, manifest.embedder) != made or manifest.corpus != _digest(
        _seals(collection), collection.reference
    ):
        return None
    return _report(manifest, 0, Changes(kept=manifest.passages))


def _report(manifest: Manifest, embedded: int, changed: Changes) -> BuildReport:
    return BuildReport(
        generation=manifest.generation,
        documents=manifest.documents,
        passages=manifest.passages,
        sentences=manifest.sentences,
        questions=manifest.questions,
        embedded=embedded,
        changes=changed,
    )
