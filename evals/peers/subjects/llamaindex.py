"""LlamaIndex with its Hugging Face embeddings and the vector store that it takes by itself."""

from collections.abc import Sequence

from llama_index.core import VectorStoreIndex
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from evals.peers.subjects.loop import Job, Passage


class LlamaIndex:
    """An index over nodes that are passages already."""

    def __init__(self, job: Job) -> None:
        self._embedding = HuggingFaceEmbedding(
            job.model,
            device="cpu",
            embed_batch_size=job.batch,
            query_instruction=job.query_prefix,
            text_instruction=job.passage_prefix,
        )

    def ingest(self, passages: Sequence[Passage]) -> None:
        """Embed all in one call."""
        nodes = [TextNode(id_=passage.id, text=passage.text) for passage in passages]
        self._index = VectorStoreIndex(nodes, embed_model=self._embedding)

    def query(self, text: str, k: int) -> list[str]:
        """Those of its retriever."""
        found = self._index.as_retriever(similarity_top_k=k).retrieve(text)
        return [str(one.node.node_id) for one in found]


def load(job: Job) -> LlamaIndex:
    """The model, ready to embed."""
    return LlamaIndex(job)
