"""Hybrid search: dense vectors and words, fused so that neither can spoil the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder, Vectors
from index.generation import Generation
from index.lexical import Scores
from index.store import StoredPassage
from index.tokens import tokenize
from ingest.document import Sentence

Rows = NDArray[np.int64]

LEXICAL_WEIGHT = 0.12
_POOL = 60
_SAMPLE = 512
_LEAST_SAMPLE = 32
_LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the index sees it: unit vector of shape (dimension,) and tokens.

    `level` and `spread` are mean and standard deviation of its cosine with a sample of all
    sentences, most of them unrelated: what this question scores by chance. They differ between
    languages by more than related and unrelated text does. A collection of a few sentences shows no
    chance, and everything stands out.
    """

    text: str
    vector: Vectors
    tokens: tuple[str, ...]
    level: float
    spread: float

    def strength(self, score: float) -> float:
        """How many spreads a score stands above chance."""
        return (score - self.level) / self.spread


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score: `dense` (cosine) + LEXICAL_WEIGHT * `lexical` (share, 0 to 1)."""

    stored: StoredPassage
    score: float
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """How well one sentence of a hit fits the query; the same scale as `Hit`."""

    sentence: Sentence
    score: float
    dense: float
    lexical: float


class HybridRetriever:
    """Searches one generation.

    The lexical score is the share of the question's word weight that a passage holds, so a list
    in another language, or a match on one common word, adds almost nothing, while a code or a
    phone number that only one passage holds adds most of LEXICAL_WEIGHT. With this model the
    cosine of related and unrelated text differs by about that much.
    """

    def __init__(self, generation: Generation, embedder: Embedder) -> None:
        self.generation = generation
        self._embedder = embedder
        step = max(1, len(generation.sentence_vectors) // _SAMPLE)
        self._sample = np.array(generation.sentence_vectors[::step])

    def encode(self, *texts: str) -> Query:
        """Vector and tokens of a question, or of several wordings of it that count alike.

        What a follow-up adds, or what a dialect word means, is thus not drowned by the rest.
        """
        vector = self._embedder.embed_queries(texts).sum(axis=0)
        vector /= np.linalg.norm(vector)
        tokens = tuple(token for part in texts for token in dict.fromkeys(tokenize(part)))
        chance = self._sample @ vector
        few = chance.size < _LEAST_SAMPLE
        return Query(
            text=texts[0],
            vector=vector,
            tokens=tokens,
            level=float(chance.mean()) if chance.size else 0.0,
            spread=_LEAST_SPREAD if few else max(float(chance.std()), _LEAST_SPREAD),
        )

    def search(self, query: Query, k: int) -> tuple[Hit, ...]:
        """The `k` best passages, best first; ties keep index order."""
        if not self.generation.manifest.passages:
            return ()
        lexical = self.generation.lexical.scores(query.tokens)
        pool = max(k, _POOL)
        rows = np.union1d(self._dense_rows(query, pool), _top(lexical, pool))
        dense = self.generation.vectors[rows] @ query.vector
        scores = dense + LEXICAL_WEIGHT * lexical[rows]
        best = np.argsort(-scores, kind="stable")[:k]
        stored = self.generation.store.passages(int(row) for row in rows[best])
        return tuple(
            Hit(passage, float(scores[i]), float(dense[i]), float(lexical[rows[i]]))
            for passage, i in zip(stored, best, strict=True)
        )

    def bare_search(self, text: str, k: int) -> Rows:
        """Rows of the nearest vectors: encode and FAISS, the yardstick for everything above it."""
        vector = self._embedder.embed_queries([text])
        _, rows = self.generation.faiss.search(vector, k)
        return np.asarray(rows[0][rows[0] >= 0], dtype=np.int64)

    def score_sentences(self, query: Query, hit: Hit) -> tuple[SentenceScore, ...]:
        """Scores of the sentences of a hit, in text order."""
        stored = hit.stored
        sentences = stored.passage.sentences
        first = stored.first_sentence
        vectors = self.generation.sentence_vectors[first : first + len(sentences)]
        dense = vectors @ query.vector
        lexical = self._coverage(query, stored)
        return tuple(
            SentenceScore(s, float(d + LEXICAL_WEIGHT * w), float(d), w)
            for s, d, w in zip(sentences, dense, lexical, strict=True)
        )

    def _coverage(self, query: Query, stored: StoredPassage) -> Sequence[float]:
        text = self.generation.store.document(stored.passage.document_id).text
        return [
            self.generation.lexical.coverage(query.tokens, text[s.start : s.end])
            for s in stored.passage.sentences
        ]

    def _dense_rows(self, query: Query, count: int) -> Rows:
        _, rows = self.generation.faiss.search(
            query.vector[None, :], min(count, self.generation.manifest.passages)
        )
        return np.asarray(rows[0], dtype=np.int64)


def _top(scores: Scores, count: int) -> Rows:
    positive = np.flatnonzero(scores > 0)
    if len(positive) <= count:
        return positive
    return positive[np.argpartition(-scores[positive], count)[:count]]
