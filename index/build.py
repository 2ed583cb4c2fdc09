"""From ingested documents to a published generation."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.cache import EmbeddingCache
from index.embedding import Embedder
from index.generation import Content, locked, publish
from ingest.document import Document, Passage, Sentence
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
    texts = [passage_text(documents[p.document_id], p) for p in result.passages]
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
                texts=texts,
                vectors=vectors,
                sentence_vectors=sentence_vectors,
                embedder=embedder.identity,
                chunker=chunker,
                corpus=_corpus_digest(result.documents),
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


def passage_text(document: Document, passage: Passage) -> str:
    """What is embedded and indexed for a passage: its heading path, then its words."""
    return "\n".join([*passage.heading, document.text[passage.start : passage.end]])


def sentence_text(document: Document, sentence: Sentence) -> str:
    """What is embedded for a sentence: the document's title names the subject it may leave out."""
    return f"{document.title}\n{document.text[sentence.start : sentence.end]}"


def _corpus_digest(documents: tuple[Document, ...]) -> str:
    digest = hashlib.sha256()
    for document in documents:
        digest.update(document.digest.encode())
    return digest.hexdigest()
