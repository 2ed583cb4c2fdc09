"""Lexical search: BM25 over our own tokens, scaled so that scores can be compared and fused."""

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.tokens import tokenize

Scores = NDArray[np.float32]

_ARRAYS = ("data", "indices", "indptr")
_VOCABULARY = "vocabulary.json"


class LexicalIndex:
    """BM25 in the Lucene variant, whose term score is `idf * tf / (tf + k1 * (...)) < idf`.

    Dividing a passage's sum by the sum of the query's idf values gives a share between 0 and 1:
    the weight of the question's words that the passage holds. One common word can therefore never
    outweigh a passage that fits as a whole. Terms the collection has never seen count in the
    denominator with the highest idf, so an unknown subject lowers every score.

    A token's scores are computed when the index is built, by bm25s. Those of token t stand in
    `data[indptr[t]:indptr[t + 1]]`, their rows at the same places in `indices`; a search adds them
    up.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        arrays: Mapping[str, NDArray[np.generic]],
        count: int,
    ) -> None:
        self._vocabulary = vocabulary
        self._arrays = arrays
        self._count = count
        frequencies = np.diff(arrays["indptr"]).astype(np.float64)
        self._idf = np.log1p((self._count - frequencies + 0.5) / (frequencies + 0.5))
        self._unseen_idf = float(np.log1p((self._count + 0.5) / 0.5))

    @classmethod
    def build(cls, texts: Iterable[str]) -> "LexicalIndex":
        """Index `texts`, row by row; the vocabulary is sorted: equal texts give equal bytes."""
        return cls.of(tokenize(text) for text in texts)

    @classmethod
    def of(cls, tokens_of_rows: Iterable[Sequence[str]]) -> "LexicalIndex":
        """Index rows that were cut into tokens already.

        BM25 divides by the average length of a row, so a row without words, and a collection
        without rows, hold the empty token, which no question has.
        """
        import bm25s  # noqa: PLC0415  (brings SciPy, which a search does not need)

        rows = _TokenRows()
        for tokens in tokens_of_rows:
            rows.add(tokens or [""])
        if not len(rows):
            rows.add([""])
        rows.sort()
        bm25 = bm25s.BM25(method="lucene")
        bm25.index(rows, show_progress=False)
        arrays = {name: bm25.scores[name] for name in _ARRAYS}
        return cls(rows.vocab, arrays, int(bm25.scores["num_docs"]))

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open a saved index, its arrays mapped; the caller has checked the files' hashes."""
        arrays = {
            name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
            for name in _ARRAYS
        }
        saved = json.loads((folder / _VOCABULARY).read_bytes())
        vocabulary = {token: number for number, token in enumerate(saved["tokens"])}
        return cls(vocabulary, arrays, saved["rows"])

    def save(self, folder: Path) -> None:
        """Write arrays (npy) and vocabulary (json, tokens by number) into `folder`."""
        folder.mkdir(exist_ok=True)
        for name, array_ in self._arrays.items():
            np.save(folder / f"{name}.npy", array_, allow_pickle=False)
        saved = {"rows": self._count, "tokens": list(self._vocabulary)}
        (folder / _VOCABULARY).write_text(json.dumps(saved, ensure_ascii=False), encoding="utf-8")

    @property
    def rows(self) -> int:
        """How many rows there are, at least one: see `build`."""
        return self._count

    def __contains__(self, token: object) -> bool:
        """Whether any row holds a token."""
        return token in self._vocabulary

    def idf(self, token: str) -> float:
        """Rarity of a token: `ln(1 + (N - df + 0.5) / (df + 0.5))`."""
        number = self._vocabulary.get(token)
        return self._unseen_idf if number is None else float(self._idf[number])

    def scores(self, query: Sequence[str]) -> Scores:
        """Share of the query's weight found in each row: float32 of shape (rows,), 0 to 1.

        A token that the query holds twice weighs twice.
        """
        scores = np.zeros(self._count, dtype=np.float32)
        data, indices, starts = (self._arrays[name] for name in _ARRAYS)
        for number in (self._vocabulary[term] for term in query if term in self._vocabulary):
            of_token = slice(starts[number], starts[number + 1])
            scores[indices[of_token]] += data[of_token]
        total = sum(self.idf(term) for term in query)
        return scores / np.float32(total) if total else scores

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
