"""Unit vectors as they stand in a file, which may keep 16 bits of each number instead of 32.

No number of a unit vector is larger than 1, so that 16 bits of fixed point are off by 0.000016 at
most. A cosine in 384 dimensions is then off by 0.0003 at the very worst (√384 times that), and by
0.00003 as texts are. What is read of many vectors is halved, on the disk and in memory.
"""

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors

LARGEST = 32_767
Rows = NDArray[np.int64]


class UnitVectors:
    """Vectors of length 1, of shape (rows, dimension): `vectors[rows]` has some as 32-bit floats.

    Raises ValueError when `stored` has other numbers than 32-bit floats or 16-bit fixed point.
    """

    def __init__(self, stored: NDArray[np.float32] | NDArray[np.int16]) -> None:
        if stored.ndim != 2 or stored.dtype not in (np.float32, np.int16):
            raise ValueError(f"it is {stored.dtype} of shape {stored.shape}, and no unit vectors")
        self._stored = stored

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and dimensions."""
        rows, dimension = self._stored.shape
        return rows, dimension

    def __len__(self) -> int:
        return len(self._stored)

    def __getitem__(self, rows: slice | Rows) -> Vectors:
        found = self._stored[rows]
        if found.dtype == np.int16:
            return np.multiply(found, np.float32(1 / LARGEST), dtype=np.float32)
        return np.asarray(found, dtype=np.float32)


AnyVectors = Vectors | UnitVectors
"""Vectors as they were made, or as they stand in a file."""


def rounded(vectors: Vectors) -> NDArray[np.int16]:
    """Unit vectors in 16 bits; those that `UnitVectors` gave back come out as they stood."""
    return np.rint(vectors * LARGEST).astype(np.int16)
