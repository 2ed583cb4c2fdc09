"""Lexical search: BM25 over our own tokens, scaled so that scores can be compared and fused."""

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.arrays import mapped
from index.postings import Postings
from index.tokens import tokenize

Scores = NDArray[np.float32]

_K1, _B = 1.5, 0.75
_ARRAYS = ("starts", "rows", "counts")
_WEIGHTS = "weights"
_VOCABULARY = "vocabulary.json"
_BLOCK = 1 << 20


class LexicalIndex:
    """BM25 in the Lucene variant, whose term score is `idf * tf / (tf + k1 * (...)) < idf`.

    Dividing a passage's sum by the sum of the query's idf values gives a share between 0 and 1:
    the weight of the question's words that the passage holds. One common word can therefore never
    outweigh a passage that fits as a whole. Terms the collection has never seen count in the
    denominator with the highest idf, so an unknown subject lowers every score.

    What a token weighs in each row that holds it is computed when the index is built, as bm25s
    does it; a search adds the weights up. They depend on how many rows there are and how long they
    are, so that one changed row changes all of them: the next generation makes them anew from the
    `postings`, which it takes over.
    """

    def __init__(self, postings: Postings, weights: Scores) -> None:
        self.postings = postings
        self._numbers = {token: number for number, token in enumerate(postings.tokens)}
        self.weights = weights
        self._idf = _idf(postings)
        self._unseen_idf = float(np.log1p((self.rows + 0.5) / 0.5))

    @classmethod
    def build(cls, texts: Iterable[str]) -> "LexicalIndex":
        """Index `texts`, row by row; equal texts give equal bytes."""
        return cls.of(Postings.of(tokenize(text) for text in texts))

    @classmethod
    def of(cls, postings: Postings) -> "LexicalIndex":
        """Index rows that were cut into tokens already."""
        return cls(postings, _weights(postings))

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open a saved index, its arrays mapped; the caller has checked the files' hashes."""
        weights, starts, rows, counts = (
            mapped(folder / f"{name}.npy") for name in (_WEIGHTS, *_ARRAYS)
        )
        saved = json.loads((folder / _VOCABULARY).read_bytes())
        return cls(Postings(tuple(saved["tokens"]), starts, rows, counts, saved["rows"]), weights)

    def save(self, folder: Path) -> None:
        """Write arrays (npy) and vocabulary (json, tokens by number) into `folder`."""
        folder.mkdir(exist_ok=True)
        np.save(folder / f"{_WEIGHTS}.npy", self.weights, allow_pickle=False)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self.postings, name), allow_pickle=False)
        saved = {"rows": self.postings.size, "tokens": self.postings.tokens}
        (folder / _VOCABULARY).write_text(json.dumps(saved, ensure_ascii=False), encoding="utf-8")

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.postings.size

    def __contains__(self, token: object) -> bool:
        """Whether any row holds a token."""
        return token in self._numbers

    def idf(self, token: str) -> float:
        """Rarity of a token: `ln(1 + (N - df + 0.5) / (df + 0.5))`."""
        number = self._numbers.get(token)
        return self._unseen_idf if number is None else float(self._idf[number])

    def scores(self, query: Sequence[str]) -> Scores:
        """Share of the query's weight found in each row: float32 of shape (rows,), 0 to 1.

        A token that the query holds twice weighs twice.
        """
        scores = np.zeros(self.rows, dtype=np.float32)
        rows, starts = self.postings.rows, self.postings.starts
        for number in (self._numbers[term] for term in query if term in self._numbers):
            of_token = slice(starts[number], starts[number + 1])
            scores[rows[of_token]] += self.weights[of_token]
        total = sum(self.idf(term) for term in query)
        return scores / np.float32(total) if total else scores

    def coverage(self, query: Sequence[str], present: Collection[str]) -> float:
        """Share of the query's weight whose tokens are among those present."""
        total = sum(self.idf(term) for term in query)
        return sum(self.idf(term) for term in query if term in present) / total if total else 0.0


def _idf(postings: Postings) -> NDArray[np.float64]:
    held = np.diff(postings.starts)
    return np.asarray(np.log(1 + (postings.size - held + 0.5) / (held + 0.5)))


def _weights(postings: Postings) -> Scores:
    """BM25 as Lucene has it: `idf * tf / (tf + k1 * (1 - b + b * length / mean length))`.

    Rounded where bm25s rounds. Robertson and Zaragoza, 2009.
    """
    weights = np.empty(len(postings.rows), dtype=np.float32)
    lengths = np.bincount(postings.rows, weights=postings.counts, minlength=postings.size)
    saturation = _K1 * ((1 - _B) + _B * lengths / (lengths.mean() if postings.size else 1))
    idf = np.repeat(_idf(postings).astype(np.float32), np.diff(postings.starts))
    for begin in range(0, len(weights), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        counts = postings.counts[part].astype(np.float64)
        weights[part] = idf[part] * (counts / (saturation[postings.rows[part]] + counts))
    return weights
