"""An ONNX graph under construction: nodes and constants get their names here, in order.

Equal calls give equal bytes, so the hash of a model file says what it was made from.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

CONTRIB = "com.microsoft"
IDS, MASK, ROWS = "ids", "mask", "rows"
_OPSET, _IR = 21, 10
_BLOCK = 32

Array = NDArray[np.generic]
Floats = NDArray[np.float32]


@dataclass(slots=True)
class Graph:
    """Takes token ids and their mask, int64 of shape (texts, length); gives float32 rows."""

    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def constant(self, value: object, dtype: type[np.generic] = np.float32) -> str:
        """The name under which nodes find this array."""
        name = f"c{len(self.constants)}"
        array = np.asarray(value, dtype=dtype, order="C")
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def integers(self, *values: int) -> str:
        """A one-dimensional constant: axes, shapes."""
        return self.constant(values, np.int64)

    def node(self, kind: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        """One more node; the name of its output."""
        return self._add(kind, inputs, 1, domain, attributes)[0]

    def split(self, value: str, parts: int) -> list[str]:
        """Equal parts of the last axis."""
        return self._add("Split", (value,), parts, "", {"axis": -1, "num_outputs": parts})

    def model(self, rows: str, width: int) -> ModelProto:
        """The finished model, whose output is `rows`, of shape (texts, width)."""
        self.nodes.append(helper.make_node("Identity", [rows], [ROWS]))
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "length"])
            for name in (IDS, MASK)
        ]
        output = helper.make_tensor_value_info(ROWS, TensorProto.FLOAT, ["texts", width])
        graph = helper.make_graph(self.nodes, "sanad", inputs, [output], self.constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR)

    def gather(self, table: Floats, ids: str) -> str:
        """Rows of a table that is kept in blocks of 32, each with a scale of its own.

        Only the rows that are asked for are turned into floats, and only their pages are read.
        Four bits are taken where they hold every weight exactly, as they do for weights that come
        from such a file; else eight. A table that cannot be cut into blocks stays as it is.
        """
        if table.shape[1] % _BLOCK:
            return self.node("Gather", self.constant(table), ids)
        bits = 4 if np.array_equal(in_blocks(table, 4)[2], table) else 8
        levels, scales, _ = in_blocks(table, bits)
        packed = levels[:, 0::2] | (levels[:, 1::2] << 4) if bits == 4 else levels
        return self.node(
            "GatherBlockQuantized",
            self.constant(packed, np.uint8),
            ids,
            self.constant(scales),
            domain=CONTRIB,
            bits=bits,
            block_size=_BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )

    def _add(
        self,
        kind: str,
        inputs: tuple[str, ...],
        outputs: int,
        domain: str,
        attributes: dict[str, object],
    ) -> list[str]:
        names = [f"v{len(self.nodes)}_{at}" for at in range(outputs)]
        self.nodes.append(
            helper.make_node(kind, list(inputs), names, domain=domain, **attributes)  # type: ignore[arg-type]
        )
        return names


def in_blocks(table: Floats, bits: int) -> tuple[NDArray[np.uint8], Floats, Floats]:
    """Levels, scales of shape (rows, blocks), and the table that these stand for.

    A block's scale puts its largest weight on the lowest level, as the quantiser of GGML does for
    `Q4_0`; weights that went through it once are therefore found again bit for bit.
    """
    half = 1 << (bits - 1)
    blocks = table.reshape(len(table), -1, _BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1, keepdims=True), -1)
    scales = (largest / -half).astype(np.float32)
    steps = np.divide(blocks, scales, out=np.zeros_like(blocks), where=scales != 0)
    levels = np.clip(np.rint(steps) + half, 0, 2 * half - 1).astype(np.uint8)
    meant = (levels.astype(np.float32) - half) * scales
    return levels.reshape(table.shape), scales[..., 0], meant.reshape(table.shape)
