"""Clusters: questions that were not answered, put together where they mean about the same."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from assistant.assistant import Assistant
from index.grouping import group
from index.retriever import Query

if TYPE_CHECKING:
    from api.memory.gaps import Gap

MOST = 500
"""Gaps that are put together: those met last. A vector takes some milliseconds, once."""

STRENGTH = 3.0
"""How many spreads above chance (`index.retriever.Query`) questions about one thing are near.

Over 696 questions in five languages about 116 statements of the corpus, at this strength 77 % of
the pairs put together are about one statement, and 72 % of those that are get put together.
"""

_LEAST_SPREAD = 0.02
"""Of an index too small to tell what chance is."""

_TOGETHER = 8
_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Cluster:
    """Gaps about one thing, the one nearest to all of them first.

    `languages` and `regions` count how often it was asked in or from each, most first; None where
    that is not known.
    """

    gaps: "tuple[Gap, ...]"
    asked: int
    languages: tuple[tuple[str | None, int], ...]
    regions: tuple[tuple[str | None, int], ...]


class Clusters:
    """Puts gaps together; keeps the vectors of questions it has met, for the current generation."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._generation = ""
        self._met: OrderedDict[str, Query] = OrderedDict()

    def of(self, sanad: Assistant, gaps: "Sequence[Gap]") -> tuple[Cluster, ...]:
        """The clusters, those asked most often first."""
        if not gaps:
            return ()
        ordered = sorted(gaps, key=lambda gap: (-gap.count, gap.first_seen, gap.id))
        queries = self._queries(sanad, [gap.question for gap in ordered])
        level = float(np.mean([query.level for query in queries]))
        spread = max(float(np.mean([query.spread for query in queries])), _LEAST_SPREAD)
        rows = group(
            np.stack([query.vector for query in queries]),
            level + STRENGTH * spread,
            [gap.count for gap in ordered],
        )
        return tuple(_cluster([ordered[row] for row in members]) for members in rows)

    def _queries(self, sanad: Assistant, texts: Sequence[str]) -> list[Query]:
        with self._lock:
            if self._generation != sanad.generation.name:
                self._generation = sanad.generation.name
                self._met.clear()
            known = {text: self._met[text] for text in texts if text in self._met}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        for at in range(0, len(missing), _TOGETHER):
            some = missing[at : at + _TOGETHER]
            known |= zip(some, sanad.retriever.encode_all([[text] for text in some]), strict=True)
        with self._lock:
            if self._generation == sanad.generation.name:
                self._met |= known
            while len(self._met) > _KEPT:
                self._met.popitem(last=False)
        return [known[text] for text in texts]


def _cluster(gaps: "list[Gap]") -> Cluster:
    languages: Counter[str | None] = Counter()
    regions: Counter[str | None] = Counter()
    for gap in gaps:
        languages[gap.language] += gap.count
        regions[gap.region] += gap.count
    return Cluster(
        tuple(gaps), languages.total(), tuple(languages.most_common()), tuple(regions.most_common())
    )
