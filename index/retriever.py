"""Hybrid search: dense vectors and words, fused so that neither can spoil the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from index.embedding import Embedder, Vectors
from index.generation import Generation
from index.layout import Rows
from index.lexical import Scores
from index.store import StoredPassage
from index.tokens import LEGAL, tokenize

Mode = Literal["hybrid", "dense", "lexical"]

NEAREST = 0.25
MEAN = 0.25
ASKED = 0.5
LEXICAL_SPREADS = 10.0
LEXICAL_LEAST = 0.15
NAMED = 2.0
CROWD = 50
_POOL = 200
_STATEMENTS = 8
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

    @property
    def lexical_weight(self) -> float:
        """What all words of the question are worth together, as a cosine."""
        return max(LEXICAL_SPREADS * self.spread, LEXICAL_LEAST)


@dataclass(frozen=True, slots=True)
class Match:
    """A statement in all its languages, and how well it fits.

    `row` is its sentence that fits best. `nearest` and `mean` are the cosines of its sentences,
    `asked` that of the nearest question filed with it or with its document (`nearest` where there
    is none), `lexical` the share of the question's word weight that one of its sentences holds,
    0 to 1. `score` is NEAREST * nearest + MEAN * mean + ASKED * asked + weight * lexical, where
    `weight` is the question's `lexical_weight`, and up to NAMED weights more for the law and the
    article that the question names. `crowd`, which the score leaves out, is the share of the CROWD
    nearest of all filed questions that are filed with it.
    """

    row: int
    score: float
    nearest: float
    mean: float
    asked: float
    lexical: float
    crowd: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its best statement that no passage before it holds."""

    stored: StoredPassage
    match: Match

    @property
    def score(self) -> float:
        """That of the statement."""
        return self.match.score


class HybridRetriever:
    """Searches one generation.

    What is ranked are statements: the sentences that say the same in several languages, and the
    questions filed with them, count as one. FAISS gives the nearest rows, BM25 those that share
    words; whatever either finds is then scored by both.

    The lexical score is the share of the question's word weight that a sentence holds, so a list
    in another language, or a match on one common word, adds almost nothing, while a code or a
    phone number that only one sentence holds adds most of it. All words together are worth
    LEXICAL_SPREADS times what the cosines of unrelated sentences differ by, whatever the model.
    The cosines of two languages may differ by more: whoever names an article in French wants it
    although it is written in Arabic, hence NAMED.

    `mode` leaves one of the two out, so that what each is worth can be measured.
    """

    def __init__(self, generation: Generation, embedder: Embedder, mode: Mode = "hybrid") -> None:
        self.generation = generation
        self.mode = mode
        self._embedder = embedder
        self._layout = generation.layout
        step = max(1, generation.manifest.sentences // _SAMPLE)
        self._sample = np.array(generation.vectors[: generation.manifest.sentences : step])

    def encode(self, *texts: str) -> Query:
        """Vector and tokens of a question, or of several wordings of it that count alike.

        What a follow-up adds, or what a dialect word means, is thus not drowned by the rest.
        """
        return self.encode_all([texts])[0]

    def encode_all(self, questions: Sequence[Sequence[str]]) -> tuple[Query, ...]:
        """The same of several questions, each with its wordings, in one call of the model."""
        vectors = self._embedder.embed_queries([text for texts in questions for text in texts])
        ends = np.cumsum([len(texts) for texts in questions])
        return tuple(map(self._query, questions, np.split(vectors, ends[:-1])))

    def _query(self, texts: Sequence[str], vectors: Vectors) -> Query:
        vector = vectors.sum(axis=0)
        vector *= (self.mode != "lexical") / np.linalg.norm(vector)
        tokens = tuple(token for part in texts for token in dict.fromkeys(tokenize(part)))
        chance = self._sample @ vector
        few = chance.size < _LEAST_SAMPLE
        return Query(
            text=texts[0],
            vector=vector,
            tokens=() if self.mode == "dense" else tokens,
            level=float(chance.mean()) if chance.size else 0.0,
            spread=_LEAST_SPREAD if few else max(float(chance.std()), _LEAST_SPREAD),
        )

    def match(self, query: Query, k: int, only: Rows | None = None) -> tuple[Match, ...]:
        """The `k` best statements, best first; ties keep index order.

        With `only`, ascending rows of sentences, none but statements that have one of those rows,
        each by the best of them. They are scored as ever, by all of their sentences, but have no
        crowd: see `crowd`.
        """
        lexical = self.generation.lexical.scores(query.tokens)
        pool = max(k, _POOL)
        nearest = np.empty(0, dtype=np.int64)
        if only is None:
            nearest = self._dense_rows(query, pool)
            rows = np.union1d(nearest, _top(lexical, pool))
        else:
            rows = self._rows_among(only, query, lexical, pool)
        if not rows.size:
            return ()
        groups = self._layout.groups_of(rows)
        scored = self._score(query, groups, lexical)
        best = np.argsort(-scored[:, 0], kind="stable")[:k]
        vectors = self.generation.vectors
        rows = self._layout.best_row(groups[best], vectors, query.vector, only)
        crowds = self._crowds(nearest, groups[best])
        return tuple(
            Match(int(row), *map(float, (*scores, crowd)))
            for row, scores, crowd in zip(rows, scored[best], crowds, strict=True)
        )

    def search(self, query: Query, k: int, only: Rows | None = None) -> tuple[Hit, ...]:
        """The `k` best passages, best first, each in the language that fits best.

        `only` is that of `match`.
        """
        hits: dict[int, Hit] = {}
        covered: set[int] = set()
        for match in self.match(query, k * _STATEMENTS, only):
            if len(hits) == k:
                break
            if self._layout.group(match.row) in covered:
                continue
            passage = self._layout.passage(match.row)
            hits[passage] = Hit(self.generation.store.passages([passage])[0], match)
            covered.update(self._layout.groups_in(passage))
        return tuple(hits.values())

    def bare_search(self, text: str, k: int) -> Rows:
        """Rows of the nearest vectors: encode and FAISS, the yardstick for everything above it."""
        vector = self._embedder.embed_queries([text])
        return self.generation.nearest.search(vector[0], k)

    def _score(self, query: Query, groups: Rows, lexical: Scores) -> Scores:
        """Columns as in `Match`, from `score` on, of shape (groups, 5)."""
        layout, vectors = self._layout, self.generation.vectors
        sentences = layout.sentences.of(groups)
        dense = vectors[sentences.rows] @ query.vector
        nearest, mean = sentences.max(dense), sentences.mean(dense)
        words = sentences.max(lexical[sentences.rows])
        families, place = np.unique(layout.family[groups], return_inverse=True)
        asked = np.maximum(
            layout.questions.of(groups).max_of(vectors, query.vector),
            layout.sheet_questions.of(families).max_of(vectors, query.vector)[place],
        )
        asked = np.where(np.isfinite(asked), asked, nearest)
        score = NEAREST * nearest + MEAN * mean + ASKED * asked + query.lexical_weight * words
        legal = [token for token in query.tokens if token.startswith(LEGAL)]
        if legal:
            named = self.generation.lexical.scores(legal)
            score += NAMED * query.lexical_weight * sentences.max(named[sentences.rows])
        return np.stack([score, nearest, mean, asked, words], axis=1)

    def _rows_among(self, only: Rows, query: Query, lexical: Scores, count: int) -> Rows:
        """The nearest of some rows, and those that share most words; the few are all compared."""
        found = only[_top(lexical[only], count)]
        if self.mode == "lexical" or not only.size:
            return found
        dense = self.generation.vectors[only] @ query.vector
        return np.union1d(only[np.argsort(-dense, kind="stable")[:count]], found)

    def crowd(self, query: Query, rows: Rows) -> float:
        """The crowds of the statements that sentences belong to, together."""
        nearest = self._dense_rows(query, _POOL)
        return float(self._crowds(nearest, self._layout.groups_of(rows)).sum())

    def _crowds(self, nearest: Rows, groups: Rows) -> Scores:
        """The share of the first CROWD questions among the nearest rows that each group holds."""
        questions = nearest[nearest >= self.generation.manifest.sentences][:CROWD]
        if not questions.size:
            return np.zeros(len(groups), dtype=np.float32)
        holds = self._layout.row_group[questions][:, None] == groups
        return np.asarray(holds.mean(axis=0), dtype=np.float32)

    def _dense_rows(self, query: Query, count: int) -> Rows:
        count = min(count, self.generation.manifest.rows)
        if not count or self.mode == "lexical":
            return np.empty(0, dtype=np.int64)
        return self.generation.nearest.search(query.vector, count)


def _top(scores: Scores, count: int) -> Rows:
    positive = np.flatnonzero(scores > 0)
    if len(positive) <= count:
        return positive
    return positive[np.argpartition(-scores[positive], count)[:count]]
