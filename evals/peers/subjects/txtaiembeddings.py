"""txtai: an embeddings database that keeps the texts too."""

from collections.abc import Sequence

from txtai.embeddings import Embeddings

from evals.peers.subjects.loop import Job, Passage


class Txtai:
    """Vectors by sentence-transformers: its own pooling would leave a layer of the model out."""

    def __init__(self, job: Job) -> None:
        self._embeddings = Embeddings(
            path=job.model,
            method="sentence-transformers",
            gpu=False,
            content=True,
            batch=job.batch,
            encodebatch=job.batch,
            vectors={"prompts": {"query": job.query_prefix, "document": job.passage_prefix}},
        )

    def ingest(self, passages: Sequence[Passage]) -> None:
        """Embed all in one call."""
        self._embeddings.index((passage.id, passage.text, None) for passage in passages)

    def query(self, text: str, k: int) -> list[str]:
        """Those of a search."""
        return [str(found["id"]) for found in self._embeddings.search(text, k)]


def load(job: Job) -> Txtai:
    """The model, ready to embed."""
    return Txtai(job)
