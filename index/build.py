"""From ingested documents to a published generation."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from index.cache import EmbeddingCache
from index.embedding import Embedder, EmbedderIdentity, LocatedModel
from index.generation import Content, current, locked, publish
from index.manifest import check_files, read_manifest
from index.tokens import analysis
from ingest.document import Document, Sentence
from ingest.errors import IndexDamagedError, IndexMissingError
from ingest.passages import embedded_text
from ingest.pipeline import IngestResult

CACHE = "embeddings.sqlite"
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: `embedded` of `texts` vectors were new, the rest came from the cache."""

    generation: str
    documents: int
    passages: int
    sentences: int
    texts: int
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
    total, done = len(texts) + len(sentences), 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        if advance:
            advance(done, total)

    with locked(root):
        with closing(EmbeddingCache(root / CACHE)) as cache:
            vectors, embedded = cache.embed(embedder, texts, step)
            sentence_vectors, more = cache.embed(embedder, sentences, step)
        generation = publish(
            root,
            Content(
                documents=result.documents,
                passages=result.passages,
                bodies=result.bodies,
                terms=result.glossary,
                texts=texts,
                vectors=vectors,
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
        texts=total,
        embedded=embedded + more,
    )


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
        texts=manifest.passages + manifest.sentences,
        embedded=0,
    )


def sentence_text(document: Document, sentence: Sentence) -> str:
    """What is embedded for a sentence: the document's title names the subject it may leave out."""
    return f"{document.title}\n{document.text[sentence.start : sentence.end]}"


def _digest(result: IngestResult) -> str:
    """Hash of all that a generation is made from, apart from the model and the chunker."""
    digest = hashlib.sha256(analysis().encode())
    for part in (*result.documents, *result.bodies, *result.glossary):
        digest.update(repr(part).encode())
    return digest.hexdigest()
