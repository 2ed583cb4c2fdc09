"""Sanad over the passages that the others get: one vector each, no statements, no questions."""

from collections.abc import Sequence
from pathlib import Path

from assistant.assistant import open_configured_embedder
from assistant.settings import load_settings
from evals.peers.subjects import loop
from index.build import build_index
from index.generation import open_current
from index.retriever import HybridRetriever
from ingest.collection import IngestReport, IngestResult
from ingest.document import Document, Passage, Sentence
from ingest.language import written_language


class SanadPassages:
    """An index of its own under `scratch`; each passage is a document of one sentence."""

    def __init__(self, job: loop.Job) -> None:
        self._root = Path(job.scratch)
        self._embedder = open_configured_embedder(load_settings())

    def ingest(self, passages: Sequence[loop.Passage]) -> None:
        """Embed, publish and open."""
        rows = sorted(passages, key=lambda passage: passage.id)
        documents = tuple(_document(row) for row in rows)
        report = IngestReport(files=1, documents=len(documents))
        result = IngestResult(documents, tuple(_whole(one) for one in documents), report)
        build_index(self._root, result, self._embedder, {})
        generation = open_current(self._root, self._embedder.identity)
        self._retriever = HybridRetriever(generation, self._embedder)

    def query(self, text: str, k: int) -> list[str]:
        """The best passages."""
        found = self._retriever.search(self._retriever.encode(text), k)
        return [hit.stored.passage.document_id for hit in found]


def load(job: loop.Job) -> SanadPassages:
    """The embedding model of the settings, ready to embed."""
    return SanadPassages(job)


def _document(row: loop.Passage) -> Document:
    """Its first line is the title, which Sanad sets above a sentence when it embeds it."""
    title, _, text = row.text.partition("\n")
    return Document(
        id=row.id, family=row.id, language=written_language(text), title=title, text=text
    )


def _whole(document: Document) -> Passage:
    end = len(document.text)
    return Passage(
        document_id=document.id,
        start=0,
        end=end,
        anchor="text",
        heading=(document.title,),
        language=document.language,
        tokens=0,
        sentences=(Sentence(0, end),),
    )
