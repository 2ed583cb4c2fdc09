"""From ingested documents to a published generation."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.cache import EmbeddingCache
from index.embedding import Embedder, EmbedderIdentity, LocatedModel
from index.generation import Content, current, locked, publish
from index.manifest import FORMAT, check_files, read_manifest
from index.store import Asked
from index.tokens import analysis
from ingest.document import Document, Sentence
from ingest.errors import IndexDamagedError, IndexMissingError
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
    questions: int
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
        "\n".join((*passage.heading, _words(documents[passage.document_id], sentence)))
        for passage in result.passages
        for sentence in passage.sentences
    ]
    sentences = [
        sentence_text(documents[passage.document_id], sentence)
        for passage in result.passages
        for sentence in passage.sentences
    ]
    questions = tuple(_questions(result.documents))
    total, done = len(sentences) + len(questions), 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        if advance:
            advance(done, total)

    with locked(root):
        with closing(EmbeddingCache(root / CACHE)) as cache:
            vectors, embedded = cache.embed(embedder, sentences, step)
            asked, more = cache.embed(embedder, [one.text for one in questions], step)
        generation = publish(
            root,
            Content(
                documents=result.documents,
                passages=result.passages,
                reference=(*result.bodies, *result.glossary, *result.regions),
                texts=texts,
                questions=questions,
                vectors=np.concatenate([vectors, asked]),
                embedder=embedder.identity,
                chunker=chunker,
                corpus=_digest(result),
            ),
        )
    return BuildReport(
        generation=generation,
        documents=len(result.documents),
        passages=len(result.passages),
        sentences=len(sentences),
        questions=len(questions),
        embedded=embedded + more,
    )


def _words(document: Document, sentence: Sentence) -> str:
    """The words a sentence is found by: its own, and those of the questions filed with it."""
    asked = sentence.statement.questions if sentence.statement else ()
    return "\n".join((document.text[sentence.start : sentence.end], *asked))


def _questions(documents: Sequence[Document]) -> Iterator[Asked]:
    """Questions about a document as a whole, then those of its statements."""
    for document in documents:
        for text in document.questions:
            yield Asked(document.id, None, text)
        for statement in document.statements:
            for text in statement.questions:
                yield Asked(document.id, statement.anchor, text)


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
        questions=manifest.questions,
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
