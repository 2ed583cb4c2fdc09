"""Haystack with its sentence-transformers embedders and its document store in memory."""

from collections.abc import Sequence

from haystack import Document
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from evals.peers.subjects.loop import Job, Passage


class Haystack:
    """The components that a pipeline would connect; both embedders share one model."""

    def __init__(self, job: Job) -> None:
        shared = {
            "model": job.model,
            "device": ComponentDevice.from_str("cpu"),
            "batch_size": job.batch,
            "progress_bar": False,
            "normalize_embeddings": True,
            "local_files_only": True,
        }
        self._documents = SentenceTransformersDocumentEmbedder(prefix=job.passage_prefix, **shared)
        self._texts = SentenceTransformersTextEmbedder(prefix=job.query_prefix, **shared)
        self._documents.warm_up()
        self._texts.warm_up()
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        self._retriever = InMemoryEmbeddingRetriever(store)

    def ingest(self, passages: Sequence[Passage]) -> None:
        """Embed all in one call."""
        documents = [Document(id=passage.id, content=passage.text) for passage in passages]
        embedded = self._documents.run(documents)["documents"]
        self._retriever.document_store.write_documents(embedded)

    def query(self, text: str, k: int) -> list[str]:
        """Those of its retriever."""
        vector = self._texts.run(text)["embedding"]
        found = self._retriever.run(query_embedding=vector, top_k=k)["documents"]
        return [str(one.id) for one in found]


def load(job: Job) -> Haystack:
    """The model, ready to embed."""
    return Haystack(job)
