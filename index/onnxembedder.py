"""An embedding model as ONNX Runtime runs it: pooling, map and normalisation are in the file."""

from collections.abc import Sequence

from index.embedding import Advance, EmbedderIdentity, LocatedModel, Vectors, in_length_order
from index.onnxmodel import OnnxModel


class OnnxEmbedder:
    """The model that `sanad models optimise` made; starts without a framework to import.

    Its vectors are those of the model it was made from, but for the last bits in 32 bits, and
    within what the check of `index.optimise` allows in eight. It therefore has the identity of that
    model: an index that one of them built is searched with the other.
    """

    def __init__(self, model: LocatedModel, *, threads: int, batch_size: int = 32) -> None:
        self._model = OnnxModel(model.folder, threads=threads)
        self._identity = model.identity(self._model.settings.width)
        self._batch_size = batch_size

    @property
    def identity(self) -> EmbedderIdentity:
        """Name, dimension and prefixes of the model it was made from."""
        return self._identity

    @property
    def encoder(self) -> str:
        """How the vectors are computed, for people and manifests."""
        return f"onnxruntime {self._model.settings.precision}"

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of questions, float32 of shape (texts, dimension)."""
        return self._encode(self._identity.query_prefix, texts)

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        """Unit vectors of passages; batches run from long to short so that padding is small."""
        return in_length_order(
            lambda batch: self._encode(self._identity.passage_prefix, batch),
            texts, self._identity.dimension, self._batch_size, advance,
        )  # fmt: skip

    def embed_bare(self, texts: Sequence[str]) -> Vectors:
        """The same session over the same texts, sorted, with nothing around it: the yardstick."""
        longest_first = sorted(texts, key=len, reverse=True)
        return self._encode(self._identity.passage_prefix, longest_first)

    def _encode(self, prefix: str, texts: Sequence[str]) -> Vectors:
        return self._model.rows([prefix + text for text in texts], self._batch_size)
