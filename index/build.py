"""From a collection to a published generation, document by document."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from index.cache import EmbeddingCache
from index.changes import Changes, changes
from index.embedding import Embedder, LocatedModel, Vectors
from index.generation import (
    LAYOUT,
    NEAREST,
    VECTORS,
    VOCABULARY,
    current,
    locked,
    open_store,
    publish,
    sealed,
    storage,
)
from index.layout import Layout
from index.lexical import LexicalIndex
from index.manifest import FORMAT, Manifest, check_files, read_manifest
from index.nearest import Nearest, kind_of
from index.store import Asked, Reference, Store
from index.storewriter import Cut, StoreWriter
from index.tokens import analysis, tokenize
from index.vocabulary import Vocabulary
from ingest.collection import Collection
from ingest.document import Document, Passage
from ingest.errors import IndexDamagedError, IndexMissingError
from ingest.stopwatch import Stopwatch

CACHE = "embeddings.sqlite"
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: `embedded` texts were new, the vectors of the rest came from the cache.

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

    Documents, texts and vectors pass through files. What has to be in memory as a whole grows with
    the collection: the FAISS index (as `Nearest` stores it: 4 bytes a dimension and text, one above
    EXACT_UP_TO) and the words of the lexical index (about 20 bytes a word).

    `advance(done, total)` is called as texts are embedded. A run that is killed keeps the vectors
    it has paid for and publishes nothing. Raises StorageError when the disk refuses, or at once
    when another process builds in `root`.
    """
    watch = watch or Stopwatch()
    with locked(root), closing(EmbeddingCache(root / CACHE)) as cache:
        build = _Build(root, collection, embedder, chunker, cache, advance, watch)
        manifest = publish(root, build.write)
    return _report(manifest, build.embedded, build.changes)


class _Digest:
    """Hash of all that a generation is made from, apart from the model."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256(f"{FORMAT} {analysis()}".encode())

    def add(self, document: Document, passages: tuple[Passage, ...]) -> None:
        """One more document, as it is cut."""
        self._hash.update(repr(document).encode())
        for one in passages:
            spans = [(each.start, each.end, each.context) for each in one.sentences]
            self._hash.update(repr((one.start, one.end, one.heading, spans)).encode())

    def closed(self, reference: tuple[Reference, ...]) -> str:
        """The hash of everything, in hexadecimal digits."""
        for part in reference:
            self._hash.update(repr(part).encode())
        return self._hash.hexdigest()


@dataclass(slots=True)
class _Build:
    """One build, part by part: `write` fills a folder, the last fields are what became of it.

    `before` is the generation that serves meanwhile, if it is whole.
    """

    root: Path
    collection: Collection
    embedder: Embedder
    chunker: dict[str, str | int]
    cache: EmbeddingCache
    advance: Advance | None
    watch: Stopwatch
    digest: _Digest = field(default_factory=_Digest)
    embedded: int = 0
    changes: Changes = field(default_factory=Changes)
    before: str | None = None

    def write(self, folder: Path) -> Manifest:
        """Write every file of the generation but its manifest."""
        with storage(self.root), closing(StoreWriter(folder / "passages.sqlite")) as writer:
            self._write_texts(folder, writer)
            counts = writer.documents, writer.passages, writer.sentences, writer.questions
        with closing(Store(folder / "passages.sqlite")) as store:
            with storage(self.root), self.watch.stage("publish"):
                Layout.of(store.places()).save(folder / LAYOUT)
                Vocabulary.write(folder / VOCABULARY, store.texts())
            self.changes = self._compare(store)
            self._write_vectors(folder, store)
        with storage(self.root), self.watch.stage("nearest"):
            self._write_nearest(folder)
        with storage(self.root), self.watch.stage("publish"):
            files = sealed(folder)
        documents, passages, sentences, questions = counts
        return Manifest(
            embedder=self.embedder.identity,
            chunker=self.chunker,
            corpus=self.digest.closed(self.collection.reference),
            documents=documents,
            passages=passages,
            sentences=sentences,
            questions=questions,
            files=files,
        )

    def _write_texts(self, folder: Path, writer: StoreWriter) -> None:
        with self.watch.stage("words"):
            lexical = LexicalIndex.of(self._stored(writer))
        with self.watch.stage("publish"):
            lexical.save(folder / "lexical")
            writer.commit(self.collection.reference)

    def _stored(self, writer: StoreWriter) -> Iterator[Sequence[str]]:
        """Store each document; give the tokens that each of its sentences is found by.

        Cutting a text takes longer than storing it, and both need it cut.
        """
        for document, passages in self.watch.drawn("passages", self.collection.entries()):
            self.digest.add(document, passages)
            cut = cache(tokenize)
            with self.watch.stage("store"):
                writer.add(document, passages, _questions(document), cut)
            yield from _found_by(document, passages, cut)

    def _compare(self, store: Store) -> Changes:
        with self.watch.stage("compare"):
            try:
                self.before = current(self.root)
                before = open_store(self.root, self.before)
            except (IndexMissingError, IndexDamagedError):
                self.before = None
                return changes((), store.passage_words())
            with closing(before):
                return changes(before.passage_words(), store.passage_words())

    def _write_vectors(self, folder: Path, store: Store) -> None:
        done = 0
        total = sum(store.counts()[2:])

        def step(count: int) -> None:
            nonlocal done
            done += count
            if self.advance:
                self.advance(done, total)

        with self.watch.stage("embed"):
            _, self.embedded = self.cache.pay(self.embedder, store.embedded_texts(), step)
        with storage(self.root), self.watch.stage("publish"):
            shape = (total, self.embedder.identity.dimension)
            _write_array(folder / VECTORS, shape, self.cache.paid())

    def _write_nearest(self, folder: Path) -> None:
        vectors = _mapped(folder)
        if self.before and kind_of(len(vectors)) == "ivf":
            before = self.root / self.before
            nearest = Nearest.open(before / NEAREST).followed_by(vectors, _mapped(before))
        else:
            nearest = Nearest.of(vectors)
        nearest.save(folder / NEAREST)


def _write_array(path: Path, shape: tuple[int, int], rows: Iterator[Vectors]) -> None:
    """The bytes of `np.save`, one row at a time."""
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for row in rows:
            file.write(row.astype("<f4", copy=False).tobytes())


def _mapped(folder: Path) -> Vectors:
    return np.asarray(np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False))


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
    if (manifest.chunker, manifest.embedder) != made or manifest.corpus != _digest(collection):
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


def _digest(collection: Collection) -> str:
    digest = _Digest()
    for document, passages in collection.entries():
        digest.add(document, passages)
    return digest.closed(collection.reference)
