"""Lexical search: BM25 over our own tokens, scaled so that scores can be compared and fused."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.tokens import tokenize

Scores = NDArray[np.float32]


class LexicalIndex:
    """BM25 in the Lucene variant, whose term score is `idf * tf / (tf + k1 * (...)) < idf`.

    Dividing a passage's sum by the sum of the query's idf values gives a share between 0 and 1:
    the weight of the question's words that the passage holds. One common word can therefore never
    outweigh a passage that fits as a whole. Terms the collection has never seen count in the
    denominator with the highest idf, so an unknown subject lowers every score.
    """

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25
        self._count = int(bm25.scores["num_docs"])
        frequencies = np.diff(bm25.scores["indptr"]).astype(np.float64)
        self._idf = np.log1p((self._count - frequencies + 0.5) / (frequencies + 0.5))
        self._unseen_idf = float(np.log1p((self._count + 0.5) / 0.5))

    @classmethod
    def build(cls, texts: Iterable[str]) -> "LexicalIndex":
        """Index `texts`, row by row; the vocabulary is sorted: equal texts give equal bytes.

        BM25 divides by the average length of a row, so a row without words, and a collection
        without rows, hold the empty token, which no question has.
        """
        rows = _TokenRows()
        for text in texts:
            rows.add(tokenize(text) or [""])
        if not len(rows):
            rows.add([""])
        rows.sort()
        bm25 = bm25s.BM25(method="lucene")
        bm25.index(rows, show_progress=False)
        return cls(bm25)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open a saved index; the caller has checked the files' hashes."""
        return cls(bm25s.BM25.load(folder, load_corpus=False, mmap=True))

    def save(self, folder: Path) -> None:
        """Write arrays (npy) and vocabulary (json) into `folder`."""
        self._bm25.save(folder, show_progress=False)

    @property
    def rows(self) -> int:
        """How many rows there are, at least one: see `build`."""
        return self._count

    def __contains__(self, token: object) -> bool:
        """Whether any row holds a token."""
        return token in self._bm25.vocab_dict

    def idf(self, token: str) -> float:
        """Rarity of a token: `ln(1 + (N - df + 0.5) / (df + 0.5))`."""
        row = self._bm25.vocab_dict.get(token)
        return self._unseen_idf if row is None else float(self._idf[row])

    def scores(self, query: Sequence[str]) -> Scores:
        """Share of the query's weight found in each row: float32 of shape (rows,), 0 to 1.

        A token that the query holds twice weighs twice.
        """
        known = [self._bm25.vocab_dict[term] for term in query if term in self._bm25.vocab_dict]
        if not known:
            return np.zeros(self._count, dtype=np.float32)
        total = sum(self.idf(term) for term in query)
        return np.asarray(self._bm25.get_scores_from_ids(known) / total, dtype=np.float32)

    def coverage(self, query: Sequence[str], present: Collection[str]) -> float:
        """Share of the query's weight whose tokens are among those present."""
        total = sum(self.idf(term) for term in query)
        return sum(self.idf(term) for term in query if term in present) / total if total else 0.0


class _TokenRows:
    """Tokens of all rows as numbers, in the form that BM25 reads: 4 bytes a token, 8 a row.

    The whole collection has to be in memory here, for BM25 needs all counts before the first
    score; lists of Python's own would take ten times as much. `vocab` has the number of each token.
    """

    def __init__(self) -> None:
        self.vocab: dict[str, int] = {"": 0}
        self._flat = array("i")
        self._ends = array("q", [0])

    def add(self, tokens: Sequence[str]) -> None:
        """One more row."""
        numbers = self.vocab
        self._flat.extend(numbers.setdefault(token, len(numbers)) for token in tokens)
        self._ends.append(len(self._flat))

    def sort(self) -> None:
        """Number the tokens in their alphabetical order."""
        sorted_vocab = {token: number for number, token in enumerate(sorted(self.vocab))}
        places = np.array([sorted_vocab[token] for token in self.vocab], dtype=np.int32)
        numbered = places[np.frombuffer(self._flat, dtype=np.int32)]
        self._flat = array("i", numbered.tobytes())
        self.vocab = sorted_vocab

    @property
    def ids(self) -> "_TokenRows":
        """The rows, each a list of numbers."""
        return self

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[list[int]]:
        for begin, end in zip(self._ends, self._ends[1:], strict=False):
            yield self._flat[begin:end].tolist()
