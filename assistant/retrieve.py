"""Fifth step: the statements that could answer, whatever their language."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.guides import Guides
from assistant.state import State
from assistant.wishes import Wishes
from index.retriever import HybridRetriever, Match, Query

DEPTH = 60
RERANKED = 30
_LEAST_SPREAD = 1e-6


class Reranker(Protocol):
    """Reads a question and texts together, see `index.rerank`."""

    @property
    def name(self) -> str:
        """What to print beside what it ranked."""
        ...

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """One number per text, shape (texts,); higher is better, for this question only."""
        ...


class Retrieve:
    """Searches all languages at once: a sheet found in one is shown in the user's own later.

    A reranker, if there is one, reads the best RERANKED matches, see `blend`. A match stands for
    its sentence that fits best, in whatever language, so the reranker has to know them all.
    """

    name = "retrieve"

    def __init__(
        self,
        retriever: HybridRetriever,
        wishes: Wishes,
        depth: int = DEPTH,
        reranker: Reranker | None = None,
    ) -> None:
        self._retriever = retriever
        self._guides = Guides(retriever, wishes)
        self._depth = depth
        self._reranker = reranker

    def run(self, state: State) -> State:
        """Fill `matches`, best first, and `query` unless `ahead` did."""
        query = state.query or self._queries([state])[0]
        matches = self._guides.among(query, self._retriever.match(query, self._depth))
        if self._reranker:
            matches = self._reranked(self._reranker, state.standalone, matches)
        return replace(state, query=query, matches=matches)

    def ahead(self, states: Sequence[State]) -> list[State]:
        """Fill `query` of several states at once, which costs little more than one."""
        queries = self._queries(states)
        return [replace(state, query=query) for state, query in zip(states, queries, strict=True)]

    def _queries(self, states: Sequence[State]) -> tuple[Query, ...]:
        wordings = [[*filter(None, (state.standalone, state.gloss))] for state in states]
        return self._retriever.encode_all(wordings)

    def _reranked(
        self, reranker: Reranker, question: str, matches: tuple[Match, ...]
    ) -> tuple[Match, ...]:
        read, rest = matches[:RERANKED], matches[RERANKED:]
        found = self._retriever.generation.store.sentences(match.row for match in read)
        opinions = reranker.scores(question, [f"{one.title}\n{one.words}" for one in found])
        blended = (*blend(read, opinions), *rest)
        return tuple(sorted(blended, key=lambda match: -match.score))


def blend(matches: Sequence[Match], opinions: NDArray[np.float32]) -> tuple[Match, ...]:
    """The matches, in their order, each with the mean of its score and of the opinion about it.

    Opinions of shape (matches,) have no scale of their own, so they are first brought to mean and
    standard deviation of the scores: what was fitted to those (`assistant.relevance`) keeps its
    meaning. Opinions that are all the same change nothing.
    """
    exact = opinions.astype(np.float64)
    if not matches or exact.std() < _LEAST_SPREAD:
        return tuple(matches)
    scores = np.array([match.score for match in matches])
    standard = (exact - exact.mean()) / exact.std()
    blended = (scores + scores.mean() + scores.std() * standard) / 2
    return tuple(
        replace(match, score=float(score)) for match, score in zip(matches, blended, strict=True)
    )
