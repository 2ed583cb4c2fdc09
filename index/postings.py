"""Postings: which rows hold which token, and how often."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from index.splice import Part, Splice

Integers = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Postings:
    """Tokens in alphabetical order; for each the rows that hold it, ascending, and how often.

    Those of token t stand in `rows[starts[t]:starts[t + 1]]`, and at the same places of `counts`.
    `size` is how many rows there are. The empty token is always there: no question has it, and a
    row without words, as BM25 cannot do with, is said to hold it.
    """

    tokens: tuple[str, ...]
    starts: Integers
    rows: Integers
    counts: Integers
    size: int

    @classmethod
    def of(cls, tokens_of_rows: Iterable[Sequence[str]]) -> "Postings":
        """Count the tokens of each row.

        All tokens are in memory as numbers, 4 bytes each and 8 a row, and 8 bytes each several
        times while they are sorted.
        """
        numbers: dict[str, int] = {"": 0}
        flat, sizes = array("i"), array("i")
        for tokens in tokens_of_rows:
            flat.extend(numbers.setdefault(token, len(numbers)) for token in tokens or [""])
            sizes.append(len(tokens) or 1)
        rows = np.repeat(np.arange(len(sizes)), np.frombuffer(sizes, dtype=np.int32))
        ordered = tuple(sorted(numbers))
        keys, counts = np.unique(
            _numbers(numbers, ordered)[np.frombuffer(flat, dtype=np.int32)] * len(sizes) + rows,
            return_counts=True,
        )
        return _keyed(ordered, keys, counts, len(sizes))

    @classmethod
    def spliced(cls, splice: Splice, former: "Postings", fresh: "Postings") -> "Postings":
        """Those of a generation from those of its parts; tokens that no row holds are forgotten."""
        size = splice.total(Part.SENTENCES)
        tokens = tuple(sorted({*former.tokens, *fresh.tokens}))
        kept = _keys(former, tokens, splice.places(Part.SENTENCES, "former"), size)
        new = _keys(fresh, tokens, splice.places(Part.SENTENCES, "fresh"), size)
        keys, counts = (np.concatenate(both) for both in zip(kept, new, strict=True))
        order = np.argsort(keys, kind="stable")
        return _used(_keyed(tokens, keys[order], counts[order], size))


def _keys(
    postings: Postings, tokens: Sequence[str], places: Integers, size: int
) -> tuple[Integers, Integers]:
    """Where a token stands as one number, `token * size + row`, and how often, ascending.

    `tokens` are those of the result, `places` has the row there of each row, -1 where it is gone.
    """
    rows = places[postings.rows]
    keys = np.repeat(_numbers(postings.tokens, tokens) * size, np.diff(postings.starts)) + rows
    return keys[rows >= 0], postings.counts[rows >= 0]


def _keyed(tokens: tuple[str, ...], keys: Integers, counts: Integers, size: int) -> Postings:
    """The postings with these keys; counts take as few bytes as the largest needs."""
    starts = np.searchsorted(keys, np.arange(len(tokens) + 1) * size)
    rows = (keys % max(1, size)).astype(np.int32)
    narrow = np.min_scalar_type(int(counts.max(initial=0)))
    return Postings(tokens, starts, rows, counts.astype(narrow), size)


def _used(postings: Postings) -> Postings:
    """The same without the tokens that no row holds."""
    is_used = np.diff(postings.starts) > 0
    is_used[0] = True
    return replace(
        postings,
        tokens=tuple(compress(postings.tokens, is_used)),
        starts=np.append(postings.starts[:-1][is_used], postings.starts[-1]),
    )


def _numbers(tokens: Iterable[str], among: Sequence[str]) -> Integers:
    """The number of each token among others."""
    numbers = {token: number for number, token in enumerate(among)}
    return np.array([numbers[token] for token in tokens], dtype=np.int64)
