"""Sanad as it ships: each statement of a document has a vector, and each question filed with it."""

from collections.abc import Sequence
from pathlib import Path

from assistant.assistant import open_configured_embedder
from assistant.settings import load_settings
from evals.peers.subjects.loop import Job, Passage
from index.build import build_index
from index.generation import open_current
from index.retriever import HybridRetriever
from ingest.collection import IngestResult
from ingest.passages import PassageSettings
from ingest.pipeline import IngestSettings, ingest_folder


class Sanad:
    """An index of its own under `scratch`; weights and corpus are those of the settings."""

    def __init__(self, job: Job) -> None:
        self._settings = load_settings(index=Path(job.scratch))
        self._embedder = open_configured_embedder(self._settings)

    def ingest(self, passages: Sequence[Passage]) -> None:
        """Read the corpus, keep the documents that hold the passages, publish them, and open."""
        cut = PassageSettings(max_tokens=self._settings.passage_tokens)
        whole = ingest_folder(self._settings.corpus, IngestSettings(passages=cut))
        wanted = {passage.document for passage in passages}
        part = IngestResult(
            tuple(document for document in whole.documents if document.id in wanted),
            tuple(passage for passage in whole.passages if passage.document_id in wanted),
            whole.report,
        )
        build_index(self._settings.index, part, self._embedder, cut.model_dump())
        generation = open_current(self._settings.index, self._embedder.identity)
        self._retriever = HybridRetriever(generation, self._embedder)

    def query(self, text: str, k: int) -> list[str]:
        """The passages of the best statements."""
        found = self._retriever.search(self._retriever.encode(text), k)
        passages = [hit.stored.passage for hit in found]
        return [f"{one.document_id}:{one.start}-{one.end}" for one in passages]


def load(job: Job) -> Sanad:
    """The embedding model of the settings, ready to embed."""
    return Sanad(job)
