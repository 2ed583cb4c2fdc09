"""LangChain with its Hugging Face embeddings and the FAISS store of its community package."""

from collections.abc import Sequence

from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings

from evals.peers.subjects.loop import Job, Passage


class LangChain:
    """The store that the tutorials make of texts."""

    def __init__(self, job: Job) -> None:
        shared = {"normalize_embeddings": True, "batch_size": job.batch}
        self._embeddings = HuggingFaceEmbeddings(
            model_name=job.model,
            model_kwargs={"device": "cpu", "local_files_only": True},
            encode_kwargs={**shared, "prompt": job.passage_prefix},
            query_encode_kwargs={**shared, "prompt": job.query_prefix},
        )

    def ingest(self, passages: Sequence[Passage]) -> None:
        """Embed all in one call."""
        self._store = FAISS.from_texts(
            [passage.text for passage in passages],
            self._embeddings,
            ids=[passage.id for passage in passages],
        )

    def query(self, text: str, k: int) -> list[str]:
        """Those of a similarity search."""
        return [str(found.id) for found in self._store.similarity_search(text, k=k)]


def load(job: Job) -> LangChain:
    """The model, ready to embed."""
    return LangChain(job)
