"""Splice: which rows of a generation are those of the one before, and which were made afresh.

Both are ordered by document id, and so is what is made of them. What stands together in its source
therefore mostly still does, and is moved in spans.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Source = Literal["former", "fresh"]


class Part(IntEnum):
    """What a store holds rows of; also the column of `Contents.starts`."""

    DOCUMENTS = 0
    PASSAGES = 1
    SENTENCES = 2
    QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Contents:
    """The documents of a store by id, and where the rows of each begin.

    `seals` stand for all that a document's rows are made from. `starts` has the shape
    (documents + 1, parts); its last line is how many rows there are of each part.
    """

    seals: dict[str, str]
    starts: Rows

    @classmethod
    def of(cls, seals: dict[str, str], sizes: Sequence[tuple[int, int, int]]) -> "Contents":
        """From how many passages, sentences and questions each document has."""
        counts = np.ones((len(sizes), len(Part)), dtype=np.int64)
        counts[:, Part.PASSAGES :] = np.array(sizes, dtype=np.int64).reshape(-1, 3)
        return cls(seals, np.concatenate([np.zeros_like(counts, shape=(1, 4)), counts.cumsum(0)]))

    def total(self, part: Part) -> int:
        """How many rows of a part there are."""
        return int(self.starts[-1, part])


@dataclass(frozen=True, slots=True)
class Span:
    """Rows `begin` to `end` of a source, of which the first comes to stand in row `at`."""

    source: Source
    begin: int
    end: int
    at: int

    def __len__(self) -> int:
        return self.end - self.begin

    def behind(self, others: int, at: int) -> "Span":
        """The same where `others` stand before them in the source, and `at` rows in the result."""
        return Span(self.source, self.begin + others, self.end + others, self.at + at)


@dataclass(frozen=True, slots=True)
class Run:
    """Documents that follow each other in their source and in the result, by id and by rows."""

    source: Source
    first: str
    last: str
    spans: tuple[Span, ...]


class Splice:
    """What is kept of a former generation and all that is fresh, in the order of ids.

    `runs` are as long as they can be: without a former generation there is one.
    """

    def __init__(self, kept: Collection[str], former: Contents, fresh: Contents) -> None:
        """`kept` are the ids of the former documents that stay; no fresh one bears one of them."""
        self._contents: dict[Source, Contents] = {"former": former, "fresh": fresh}
        chosen: list[tuple[str, Source, int]] = sorted(
            [(name, "former", number) for number, name in enumerate(former.seals) if name in kept]
            + [(name, "fresh", number) for number, name in enumerate(fresh.seals)]
        )
        self.runs = tuple(self._placed(_unbroken(chosen)))

    def spans(self, part: Part) -> Iterator[Span]:
        """Where the rows of a part come from, in their new order."""
        return (span for run in self.runs if len(span := run.spans[part]))

    def vectors(self) -> Iterator[Span]:
        """Where the vectors come from: those of sentences, behind them those of questions."""
        yield from self.spans(Part.SENTENCES)
        at = self.total(Part.SENTENCES)
        for span in self.spans(Part.QUESTIONS):
            yield span.behind(self._contents[span.source].total(Part.SENTENCES), at)

    def total(self, part: Part) -> int:
        """How many rows of a part there will be."""
        return sum(map(len, self.spans(part)))

    def kept(self, part: Part) -> int:
        """How many of them are as they were."""
        return sum(len(span) for span in self.spans(part) if span.source == "former")

    def places(self, part: Part, source: Source) -> Rows:
        """The new row of each row of a source, -1 for what is gone."""
        found = np.full(self._contents[source].total(part), -1, dtype=np.int64)
        for span in self.spans(part):
            if span.source == source:
                found[span.begin : span.end] = np.arange(span.at, span.at + len(span))
        return found

    def origins(self) -> Rows:
        """The former row of each vector, -1 for a fresh one."""
        found = [np.empty(0, dtype=np.int64)]
        for span in self.vectors():
            is_former = span.source == "former"
            found.append(np.arange(span.begin, span.end) if is_former else np.full(len(span), -1))
        return np.concatenate(found)

    def _placed(self, runs: Iterator[tuple[Source, str, str, int, int]]) -> Iterator[Run]:
        at = [0] * len(Part)
        for source, first, last, begin, end in runs:
            starts = self._contents[source].starts
            spans = tuple(
                Span(source, int(starts[begin, part]), int(starts[end, part]), at[part])
                for part in Part
            )
            yield Run(source, first, last, spans)
            at = [before + len(span) for before, span in zip(at, spans, strict=True)]


def _unbroken(
    chosen: Iterable[tuple[str, Source, int]],
) -> Iterator[tuple[Source, str, str, int, int]]:
    """Source, first and last id, begin and end of the documents that follow each other."""
    # Within a run both numbers rise by one, so that their difference stays.
    numbered = groupby(enumerate(chosen), key=lambda one: (one[1][1], one[1][2] - one[0]))
    for (source, _), group in numbered:
        run = [(name, number) for _, (name, _, number) in group]
        yield source, run[0][0], run[-1][0], run[0][1], run[-1][1] + 1
