"""Arrays in files that nothing changes any more: mapped, so that processes share what they read."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def mapped(path: Path) -> NDArray[Any]:
    """The array in an `.npy` file; what is not looked at is not read, and no object is unpickled.

    Raises OSError, EOFError or ValueError for a file that holds no array of numbers.
    """
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
