"""sentence-transformers and FAISS with nothing around them: what any chain costs at least."""

from collections.abc import Sequence

import faiss
from sentence_transformers import SentenceTransformer

from evals.peers.subjects.loop import Job, Passage


class Bare:
    """A flat index over the vectors, a list of passages beside it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._model = SentenceTransformer(job.model, device="cpu", local_files_only=True)
        self._passages: list[Passage] = []

    def ingest(self, passages: Sequence[Passage]) -> None:
        """Embed all in one call."""
        vectors = self._model.encode(
            [passage.text for passage in passages],
            prompt=self._job.passage_prefix,
            batch_size=self._job.batch,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        self._passages = list(passages)
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def query(self, text: str, k: int) -> list[str]:
        """Those of the nearest vectors."""
        vector = self._model.encode(
            [text],
            prompt=self._job.query_prefix,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        _, rows = self._index.search(vector, k)
        return [self._passages[row].id for row in rows[0] if row >= 0]


def load(job: Job) -> Bare:
    """The model, ready to embed."""
    return Bare(job)
