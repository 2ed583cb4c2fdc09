"""A character map in the binary form that the `Precompiled` normaliser of `tokenizers` reads.

SentencePiece models carry their normalisation as one blob: the length of a trie in bytes (u32), the
trie, then all replacements, each closed by a zero byte. The trie is a double array in the layout of
Darts-clone (S. Yata, `darts.h`, units of 32 bits, bit 31 first):

    inner unit   offset << 10 | leaf << 8 | label     (bit 9, the long offset, is never needed here)
    leaf unit    1 << 31 | position of the replacement

A node at `position` keeps its children at `base ^ label`, where `base = position ^ offset`; the
label 0 leads to the leaf unit. No two nodes share a base, so a unit's label alone proves who its
parent is.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

_BLOCK = 256
_OFFSET_LIMIT = 1 << 21
_LEAF_UNIT = 1 << 31
_HAS_LEAF = 1 << 8


@dataclass(slots=True)
class _Node:
    """One prefix of the keys; `value` is set where a key ends."""

    children: dict[int, "_Node"] = field(default_factory=dict)
    value: int | None = None


def charsmap(replacements: Mapping[str, str]) -> bytes:
    """Return the blob that replaces each key by its value.

    Keys are non-empty, and neither keys nor values may hold U+0000, which closes strings in the
    blob. Equal maps give equal bytes, whatever their order.

    The reader looks at whole grapheme clusters first and, below six bytes, replaces the cluster
    by the *shortest* key that starts it; so a map of single characters drops a combining mark
    that follows a mapped character. Models trained with SentencePiece live with that.
    """
    root = _Node()
    pool = bytearray()
    positions: dict[str, int] = {}
    for key, value in sorted(replacements.items()):
        if not key or "\0" in key or "\0" in value:
            raise ValueError(f"a character map cannot hold {key!r} -> {value!r}")
        if value not in positions:
            positions[value] = len(pool)
            pool += value.encode() + b"\0"
        _insert(root, key.encode(), positions[value])
    units = _double_array(root)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + bytes(pool)


def _insert(root: _Node, key: bytes, value: int) -> None:
    node = root
    for byte in key:
        node = node.children.setdefault(byte, _Node())
    node.value = value


def _double_array(root: _Node) -> list[int]:
    """Lay the trie out: each inner node has a block of its own, bare leaves fill the holes.

    Bases are thus the starts of blocks, or holes, and never meet.
    """
    units: list[int] = []
    leaves: list[tuple[int, int]] = []
    queue = [(root, 0)]
    for node, position in queue:
        base = len(units)
        units += [0] * _BLOCK
        units[position] |= _offset(position, base)
        if node.value is not None:
            units[position] |= _HAS_LEAF
            units[base] = _LEAF_UNIT | node.value
        for label, child in sorted(node.children.items()):
            units[base ^ label] = label
            if child.children:
                queue.append((child, base ^ label))
            elif child.value is not None:
                leaves.append((base ^ label, child.value))
    holes = [at for at, unit in enumerate(units) if not unit and at % _BLOCK]
    while len(holes) < len(leaves):
        holes += range(len(units) + 1, len(units) + _BLOCK)
        units += [0] * _BLOCK
    for (position, value), hole in zip(leaves, holes, strict=False):
        units[position] |= _offset(position, hole) | _HAS_LEAF
        units[hole] = _LEAF_UNIT | value
    return units


def _offset(position: int, base: int) -> int:
    offset = position ^ base
    if offset >= _OFFSET_LIMIT:
        raise ValueError("the character map is too large for short offsets")
    return offset << 10
