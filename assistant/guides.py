"""Guides: which course somebody asks about who asks for all of it, whatever they make or sell."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import log

import numpy as np

from assistant.relevance import bounded
from assistant.wishes import Wishes
from index.retriever import HybridRetriever, Match, Query
from index.store import StoredSentence
from ingest.document import OVERVIEW
from ingest.fold import fold

BROAD = 0.1
"""Share of the nearest filed questions that are filed with guides, below which no guide is meant.
Of 80 broad questions 79 reach it, of 1,041 others 60, most of which ask for some procedure."""

COURSE = 0.3
"""The same share, from which a question that asks how, or for papers, asks for a whole course."""

_LETTERS = 4
_SMOOTHING = 0.5
_WORDS = 0.2
"""What the log odds of the words count for beside spreads above chance."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Habit:
    """In how many of the questions filed with a guide each run of letters occurs."""

    questions: int
    runs: Counter[str]

    def likelihood(self, runs: frozenset[str]) -> float:
        """The logarithm of how probable these runs are in a question for this guide."""
        total = self.questions + 2 * _SMOOTHING
        return sum(log((self.runs[run] + _SMOOTHING) / total) for run in runs)


class Guides:
    """Puts the guide that suits a broad question among the matches, and no other one.

    Vectors tell well that somebody asks for a whole course: the questions nearest to theirs are
    filed with guides. They tell badly which, for "we make couscous, what papers?" is near to the
    same about carpets, and bringing honey in is near to sending it out. Words tell that: naive
    Bayes over runs of four letters, which know «تمور» from «التمر», in the questions filed with
    each guide (Manning et al., 2008, 13.2). The guide that is best by both gets the crowds of all.

    Who names a market, "which papers for honey to the EU?", is near to whatever tells of that
    market. A question that asks how, or for papers, and has COURSE of its crowd among the guides is
    about the course all the same: then nothing stands before the guide.
    """

    def __init__(self, retriever: HybridRetriever, wishes: Wishes) -> None:
        self._retriever = retriever
        self._wishes = wishes
        self._store = retriever.generation.store
        self._rows = np.array(self._store.overviews(), dtype=np.int64)
        self._places = frozenset(self._rows.tolist())

    def among(self, query: Query, matches: Sequence[Match]) -> tuple[Match, ...]:
        """The matches, best first, with one guide at most; it need not have been among them."""
        others = [match for match in matches if match.row not in self._places]
        crowd = sum(match.crowd for match in matches if match.row in self._places)
        if not self._places or crowd < BROAD:
            return tuple(others)
        guides = self._retriever.match(query, self._rows.size, self._rows)
        crowd = self._retriever.crowd(query, self._rows)
        found = self._store.sentences(guide.row for guide in guides)
        strengths = [query.strength(guide.score) for guide in guides]
        scale = bounded(max(strengths))
        suits = [
            scale * strength + _WORDS * self._likelihood(query, one)
            for strength, one in zip(strengths, found, strict=True)
        ]
        chosen = replace(guides[int(np.argmax(suits))], crowd=crowd)
        if others and crowd >= COURSE and self._wishes.are_in(query.text):
            chosen = replace(chosen, score=max(chosen.score, others[0].score))
        return tuple(sorted([*others, chosen], key=lambda match: -match.score))

    def _likelihood(self, query: Query, found: StoredSentence) -> float:
        return self._habits[found.family].likelihood(_runs(query.text))

    @cached_property
    def _habits(self) -> dict[str, _Habit]:
        """By family; read when somebody first asks broadly, for it takes a fifth of a second."""
        filed: dict[str, list[frozenset[str]]] = {}
        for found in self._store.sentences(self._rows.tolist()):
            document = self._store.document(found.document_id)
            overview = document.statement(OVERVIEW)
            questions = overview.questions if overview else ()
            filed.setdefault(document.family, []).extend(map(_runs, questions))
        return {
            family: _Habit(len(asked), Counter(run for runs in asked for run in runs))
            for family, asked in filed.items()
        }


def _runs(text: str) -> frozenset[str]:
    return frozenset(run for word in _WORD.findall(fold(text)) for run in _of_word(f" {word} "))


def _of_word(word: str) -> Iterator[str]:
    for start in range(max(1, len(word) - _LETTERS + 1)):
        yield word[start : start + _LETTERS]
