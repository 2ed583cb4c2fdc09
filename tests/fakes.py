"""Stand-ins for the ports: fast, deterministic, no weights."""

import hashlib
from collections.abc import Sequence

import numpy as np

from index.embedding import Advance, EmbedderIdentity, Vectors
from index.tokens import tokenize


class FakeEmbedder:
    """Hashes each stem to a direction, so texts that share words are near each other.

    `calls` counts the texts embedded as passages. `common` is the cosine of texts that share no
    word: 0 is clearest, a real model such as E5 is near 0.78.
    """

    def __init__(self, *, name: str = "fake", dimension: int = 64, common: float = 0.0) -> None:
        self._common = common
        self.identity = EmbedderIdentity(
            name=name,
            fingerprint=f"{name}-weights",
            dimension=dimension,
            query_prefix="",
            passage_prefix="",
        )
        self.calls = 0

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        self.calls += len(texts)
        if advance:
            advance(len(texts))
        return self.embed_queries(texts)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.identity.dimension, 0.01, dtype=np.float32)
        for token in tokenize(text):
            seed = int.from_bytes(hashlib.sha256(token.encode()).digest()[:8])
            vector += np.random.default_rng(seed).standard_normal(vector.size).astype(np.float32)
        own = np.sqrt(1 - self._common) * vector / np.linalg.norm(vector)
        own[0] += np.sqrt(self._common)
        return np.asarray(own / np.linalg.norm(own), dtype=np.float32)
