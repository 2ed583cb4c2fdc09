"""Kin: made-up vectors and sentences that are distributed as those of a real generation are.

A bench of a million passages needs a million, and random vectors would not do: their neighbours are
all equally far, which no real collection's are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors

_BLOCK = 16_384
_AT_ONCE = 1_024
WORDS = 14
"""Words of a made-up sentence: the mean of the corpus and of the law articles."""


@dataclass(frozen=True, slots=True)
class VectorKin:
    """Kin of unit vectors `of`, shape (rows, dimension), as near to them as they are to each other.

    Each made-up vector is `m + √c (x - m) + √(1 - c) (y - m)`, put to length 1, where m is the
    mean, x and y are two real vectors drawn at random, and c is the cosine of x with its nearest
    neighbour. x and y are independent, so mean and covariance stay about what they were; and the
    kin of one x are about as near to each other as x is to its neighbour: what is crowded stays so,
    and so does what stands alone.
    """

    of: Vectors
    mean: Vectors
    cosines: Vectors

    @classmethod
    def like(cls, vectors: Vectors) -> "VectorKin":
        """Measure how near to each vector its nearest neighbour is."""
        cosines = [
            np.partition(vectors[begin : begin + _AT_ONCE] @ vectors.T, -2, axis=1)[:, -2]
            for begin in range(0, len(vectors), _AT_ONCE)
        ]
        return cls(vectors, vectors.mean(axis=0), np.clip(np.concatenate(cosines), 0, 1))

    def draw(self, count: int, seed: int) -> Vectors:
        """`count` made-up vectors; the same seed gives the same."""
        random = np.random.default_rng(seed)
        made = np.empty((count, self.of.shape[1]), dtype=np.float32)
        for begin in range(0, count, _BLOCK):
            part = made[begin : begin + _BLOCK]
            x, y = random.integers(len(self.of), size=(2, len(part)))
            near = self.cosines[x][:, None]
            part[:] = self.mean + np.sqrt(near) * (self.of[x] - self.mean)
            part += np.sqrt(1 - near) * (self.of[y] - self.mean)
            part /= np.linalg.norm(part, axis=1, keepdims=True)
        return made


@dataclass(frozen=True, slots=True)
class WordKin:
    """The words of real texts with their shares: few that are everywhere, many that are rare."""

    words: tuple[str, ...]
    shares: NDArray[np.float64]

    @classmethod
    def like(cls, texts: Iterable[str]) -> "WordKin":
        """Count the words of texts."""
        counts = Counter(word for text in texts for word in text.split())
        numbers = np.array(list(counts.values()), dtype=np.float64)
        return cls(tuple(counts), numbers / numbers.sum())

    def draw(self, count: int, seed: int) -> Iterator[str]:
        """`count` made-up sentences of WORDS words; the same seed gives the same."""
        random = np.random.default_rng(seed)
        for begin in range(0, count, _BLOCK):
            size = (min(_BLOCK, count - begin), WORDS)
            for row in random.choice(len(self.words), size=size, p=self.shares):
                yield " ".join(self.words[word] for word in row)
