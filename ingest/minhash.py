"""MinHash: which of many texts have most of their words in common, without comparing all pairs.

The share of equal hashes of two texts estimates the share of their runs of three words that they
have in common (A. Broder, *On the resemblance and containment of documents*, 1997). The hashes are
cut in bands, and texts that agree in a whole band are near: of two with 85 % in common one pair in
a hundred thousand is missed.
"""

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

RUN = 3
"""Words that are hashed together."""

_HASHES = 64
_BANDS = 16
_BLOCK = 4_096
_LEAST_ALIKE = 0.6
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_random = np.random.Generator(np.random.PCG64(1997))
_A: NDArray[np.uint64] = _random.integers(0, 2**63, _HASHES, dtype=np.uint64) * 2 + 1
_B: NDArray[np.uint64] = _random.integers(0, 2**63, _HASHES, dtype=np.uint64)


def min_hash(words: Sequence[str]) -> bytes:
    """The least hash of all runs of at least RUN words under each of 64 functions `a * x + b`.

    The bytes are those of 64 numbers of type uint32, the same on every machine.
    """
    numbers = np.fromiter((zlib.crc32(word.encode()) for word in words), np.uint64, len(words))
    count = len(words) - RUN + 1
    runs = numbers[:count].copy()
    for step in range(1, RUN):
        runs = runs * _FACTOR + numbers[step : count + step]
    least = np.full(_HASHES, np.iinfo(np.uint64).max, dtype=np.uint64)
    for begin in range(0, len(runs), _BLOCK):
        block = np.unique(runs[begin : begin + _BLOCK])[:, None] * _A + _B
        np.minimum(least, block.min(axis=0), out=least)
    return (least >> np.uint64(32)).astype("<u4").tobytes()


def near(texts: Sequence[tuple[bytes, bytes]], most: int) -> Iterator[tuple[int, list[int]]]:
    """The place of each text that is near to earlier ones, with the places of those, nearest first.

    A text is a bucket and its `min_hash`; only texts of one bucket are near. In each band no more
    than the `most` first of a kind are looked at, and no more than `most` are given.
    """
    if not texts:
        return
    joined = b"".join(hashes for _, hashes in texts)
    hashes = np.frombuffer(joined, dtype="<u4").reshape(len(texts), _HASHES)
    met = _met(texts, hashes, most)
    for place, earlier in enumerate(met):
        alike = {at: float((hashes[place] == hashes[at]).mean()) for at in earlier}
        close = [at for at in earlier if alike[at] >= _LEAST_ALIKE]
        if close:
            yield place, sorted(close, key=lambda at: (-alike[at], at))[:most]


def _met(
    texts: Sequence[tuple[bytes, bytes]], hashes: NDArray[np.uint32], most: int
) -> list[set[int]]:
    """The earlier texts that each one shares a band with."""
    met: list[set[int]] = [set() for _ in texts]
    for band in np.split(hashes, _BANDS, axis=1):
        first: dict[bytes, list[int]] = {}
        for place, ((bucket, _), part) in enumerate(zip(texts, band, strict=True)):
            held = first.setdefault(bucket + part.tobytes(), [])
            met[place].update(held)
            if len(held) < most:
                held.append(place)
    return met
