"""The graph of a BERT-like encoder (Devlin et al., 2019): token ids in, one row a text out.

A head turns the last hidden states into rows: `sentence` gives the vectors of an embedding model,
another gives the scores of a cross-encoder over the same layers.

In eight bits, a linear layer rounds each weight by the scale of its output and each activation by
the scale of its token, multiplies integers, and adds up in float32. One scale for a whole batch, as
dynamic quantisation commonly has it, would be faster still, but a text's vector would then depend
on its neighbours, and one long value would cost all of them their precision.
"""

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
from onnx import ModelProto, TensorProto

from index.bertfolder import BertFolder, Floats
from index.onnxgraph import CONTRIB, IDS, MASK, Graph
from ingest.errors import ModelUnsupportedError

Precision = Literal["int8", "float32"]
Head = Callable[[Graph, BertFolder, str], str]
"""Adds nodes that turn hidden states, of shape (texts, length, hidden), into rows; names them."""

INT8: Final = ("mixed", "up", "down")
"""The layers that eight bits are for. Queries, keys and values stay in float32: a small error in
what a token looks at costs as much as all the other layers together (docs/adr/0022)."""
_ZERO: Final = 128


def build(bert: BertFolder, head: Head, width: int, precision: Precision) -> ModelProto:
    """The whole model; `width` is the length of the rows that the head gives.

    Raises ModelUnsupportedError when the weights lack a layer.
    """
    graph = Graph()
    try:
        hidden = _Layers(graph, bert, precision).hidden()
    except KeyError as error:
        raise ModelUnsupportedError(
            f"The model cannot be optimised: its weights lack {error}. Save it anew with "
            "sentence-transformers."
        ) from error
    return graph.model(head(graph, bert, hidden), width)


def sentence(graph: Graph, bert: BertFolder, hidden: str) -> str:
    """Pool and map as the modules of the folder say; normalise, which every embedder here does."""
    if bert.pooling == "cls":
        rows = graph.node("Gather", hidden, graph.constant(0, np.int64), axis=1)
    else:
        mask = graph.node("Cast", MASK, to=TensorProto.FLOAT)
        weights = graph.node("Unsqueeze", mask, graph.integers(-1))
        weighted = graph.node("Mul", hidden, weights)
        rows = graph.node(
            "Div",
            graph.node("ReduceSum", weighted, graph.integers(1), keepdims=0),
            graph.node("ReduceSum", weights, graph.integers(1), keepdims=0),
        )
    for dense in bert.dense:
        rows = graph.node("MatMul", rows, graph.constant(dense.weight.T))
        if dense.bias is not None:
            rows = graph.node("Add", rows, graph.constant(dense.bias))
    return graph.node("LpNormalization", rows, axis=-1, p=2)


class _Layers:
    """The embeddings and the layers above them."""

    def __init__(self, graph: Graph, bert: BertFolder, precision: Precision) -> None:
        self._graph = graph
        self._bert = bert
        self._int8 = INT8 if precision == "int8" else ()

    def hidden(self) -> str:
        """The last hidden states, of shape (texts, length, hidden)."""
        mask = self._graph.node("Cast", MASK, to=TensorProto.INT32)
        hidden = self._embedded()
        for number in range(self._bert.layers):
            hidden = self._layer(f"encoder.layer.{number}", hidden, mask)
        return hidden

    def _embedded(self) -> str:
        """Words, positions and the first token type, whose row is added to every position's."""
        graph, weights = self._graph, self._bert.weights
        places = weights["embeddings.position_embeddings.weight"][self._bert.first :]
        places = places + weights["embeddings.token_type_embeddings.weight"][0]
        length = graph.node("Shape", IDS, start=1, end=2)
        zero = graph.integers(0)
        place = graph.node("Slice", graph.constant(places), zero, length, zero)
        words = graph.gather(weights["embeddings.word_embeddings.weight"], IDS)
        return graph.node(
            "LayerNormalization",
            graph.node("Add", words, place),
            *self._norm("embeddings.LayerNorm"),
            axis=-1,
            epsilon=self._bert.epsilon,
        )

    def _layer(self, name: str, hidden: str, mask: str) -> str:
        graph, attention = self._graph, f"{name}.attention"
        parts = [f"{attention}.self.{part}" for part in ("query", "key", "value")]
        query, key, value = graph.split(self._linear("qkv", hidden, *parts), 3)
        seen = graph.node(
            "MultiHeadAttention", query, key, value, "", mask,
            domain=CONTRIB, num_heads=self._bert.heads,
        )  # fmt: skip
        mixed = self._linear("mixed", seen, f"{attention}.output.dense")
        hidden = self._added(mixed, hidden, f"{attention}.output.LayerNorm")
        wide = graph.node("Gelu", self._linear("up", hidden, f"{name}.intermediate.dense"))
        down = self._linear("down", wide, f"{name}.output.dense")
        return self._added(down, hidden, f"{name}.output.LayerNorm")

    def _added(self, change: str, hidden: str, norm: str) -> str:
        return self._graph.node(
            "SkipLayerNormalization", change, hidden, *self._norm(norm),
            domain=CONTRIB, epsilon=self._bert.epsilon,
        )  # fmt: skip

    def _norm(self, name: str) -> tuple[str, str]:
        weights = self._bert.weights
        return (
            self._graph.constant(weights[f"{name}.weight"]),
            self._graph.constant(weights[f"{name}.bias"]),
        )

    def _linear(self, role: str, hidden: str, *names: str) -> str:
        """Linear layers over the same input, as one."""
        weights = self._bert.weights
        weight = np.concatenate([weights[f"{name}.weight"] for name in names])
        bias = np.concatenate([weights[f"{name}.bias"] for name in names])
        graph = self._graph
        if role in self._int8:
            product = self._rounded(hidden, weight)
        else:
            product = graph.node("MatMul", hidden, graph.constant(weight.T))
        return graph.node("Add", product, graph.constant(bias))

    def _rounded(self, hidden: str, weight: Floats) -> str:
        """`hidden @ weight.T` in eight bits."""
        graph = self._graph
        scales = np.maximum(np.abs(weight).max(axis=1), np.finfo(np.float32).tiny) / 127
        levels = np.rint(weight / scales[:, None])
        wide, narrow = weight.shape
        tokens = graph.node("Reshape", hidden, graph.integers(-1, narrow))
        largest = graph.node("ReduceMax", graph.node("Abs", tokens), graph.integers(1), keepdims=0)
        scale = graph.node("Mul", largest, graph.constant(1 / 127))
        zero = graph.constant(_ZERO, np.uint8)
        zeros = graph.node("Expand", zero, graph.node("Shape", scale))
        rounded = graph.node("QuantizeLinear", tokens, scale, zeros, axis=0)
        product = graph.node("MatMulInteger", rounded, graph.constant(levels.T, np.int8), zero)
        product = graph.node("Cast", product, to=TensorProto.FLOAT)
        product = graph.node("Mul", product, graph.constant(scales))
        product = graph.node("Mul", product, graph.node("Unsqueeze", scale, graph.integers(1)))
        shape = graph.node("Concat", graph.node("Shape", IDS), graph.integers(wide), axis=0)
        return graph.node("Reshape", product, shape)
