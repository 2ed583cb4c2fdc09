"""From ingested documents to a published generation."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.cache import EmbeddingCache
from index.embedding import Embedder, EmbedderIdentity, LocatedModel, Vectors
from index.generation import Content, current, locked, publish
from index.manifest import FORMAT, check_files, read_manifest
from index.tokens import analysis
from ingest.document import Document, Passage, Sentence
from ingest.errors import IndexDamagedError, IndexMissingError
from ingest.passages import embedded_text
from ingest.pipeline import IngestResult

CACHE = "embeddings.sqlite"
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: `embedded` texts were new, the vectors of the rest came from the cache."""

    generation: str
    documents: int
    passages: int
    sentences: int
    embedded: int


def build_index(
    root: Path,
    result: IngestResult,
    embedder: Embedder,
    chunker: dict[str, str | int],
    advance: Advance | None = None,
) -> BuildReport:
    """Embed what is new, write a generation under `root`, make it current.

    `advance(done, total)` is called as texts are embedded. A run that is killed keeps the vectors
    it has paid for and publishes nothing. Raises StorageError when the disk refuses, or at once
    when another process builds in `root`.
    """
    documents = {document.id: document for document in result.documents}
    texts = [
        embedded_text(p.heading, documents[p.document_id].text[p.start : p.end])
        for p in result.passages
    ]
    sentences = [
        sentence_text(documents[passage.document_id], sentence)
        for passage in result.passages
        for sentence in passage.sentences
    ]
    whole = [t for t, p in zip(texts, result.passages, strict=True) if not p.sentences]
    total, done = len(sentences) + len(whole), 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        if advance:
            advance(done, total)

    with locked(root):
        with closing(EmbeddingCache(root / CACHE)) as cache:
            sentence_vectors, embedded = cache.embed(embedder, sentences, step)
            whole_vectors, more = cache.embed(embedder, whole, step)
        generation = publish(
            root,
            Content(
                documents=result.documents,
                passages=result.passages,
                reference=(*result.bodies, *result.glossary, *result.regions),
                texts=texts,
                vectors=_passage_vectors(result.passages, sentence_vectors, whole_vectors),
                sentence_vectors=sentence_vectors,
                embedder=embedder.identity,
                chunker=chunker,
                corpus=_digest(result),
            ),
        )
    return BuildReport(
        generation=generation,
        documents=len(result.documents),
        passages=len(texts),
        sentences=len(sentences),
        embedded=embedded + more,
    )


def _passage_vectors(
    passages: Sequence[Passage], sentence_vectors: Vectors, whole_vectors: Vectors
) -> Vectors:
    """The direction of a passage is the mean of its sentences', each read under the title.

    Embedding the passage once more would double the work and turn the vector by a cosine of 0.99.
    A passage that was not cut into sentences has a vector of its own in `whole_vectors`.
    """
    vectors = np.empty((len(passages), sentence_vectors.shape[1]), dtype=np.float32)
    first, whole = 0, iter(whole_vectors)
    for row, passage in enumerate(passages):
        last = first + len(passage.sentences)
        vectors[row] = sentence_vectors[first:last].mean(axis=0) if first < last else next(whole)
        first = last
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def current_build(
    root: Path, result: IngestResult, located: LocatedModel, chunker: dict[str, str | int]
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
    made_by = replace(manifest.embedder, dimension=0)
    model = EmbedderIdentity(
        name=located.name,
        fingerprint=located.fingerprint,
        dimension=0,
        query_prefix=located.query_prefix,
        passage_prefix=located.passage_prefix,
    )
    if (manifest.corpus, manifest.chunker, made_by) != (_digest(result), chunker, model):
        return None
    return BuildReport(
        generation=manifest.generation,
        documents=manifest.documents,
        passages=manifest.passages,
        sentences=manifest.sentences,
        embedded=0,
    )


def sentence_text(document: Document, sentence: Sentence) -> str:
    """What is embedded for a sentence: the document's title names the subject it may leave out."""
    return f"{document.title}\n{document.text[sentence.start : sentence.end]}"


def _digest(result: IngestResult) -> str:
    """Hash of all that a generation is made from, apart from the model and the chunker."""
    digest = hashlib.sha256(f"{FORMAT} {analysis()}".encode())
    for part in (*result.documents, *result.bodies, *result.glossary, *result.regions):
        digest.update(repr(part).encode())
    return digest.hexdigest()
