"""Changes: what became of the passages from one build to the next, told by their words."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import groupby

_Words = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Changes:
    """How many passages are new, took the place of others, are as they were, or are gone.

    A passage is the same if its document, heading and words are. What a document gained where it
    also lost something replaces it.
    """

    added: int = 0
    replaced: int = 0
    kept: int = 0
    deleted: int = 0


def changes(before: _Words, after: _Words) -> Changes:
    """From the passages of one build to those of another, as `Store.passage_words` gives them.

    Both come by document id, and no more than one document of each is held at a time.
    """
    added = replaced = kept = deleted = 0
    for old, new in _paired(before, after):
        same = (old & new).total()
        gone, come = old.total() - same, new.total() - same
        swapped = min(gone, come)
        kept, replaced = kept + same, replaced + swapped
        added, deleted = added + come - swapped, deleted + gone - swapped
    return Changes(added, replaced, kept, deleted)


def _paired(before: _Words, after: _Words) -> Iterator[tuple[Counter[bytes], Counter[bytes]]]:
    both = merge(_sided(before, 0), _sided(after, 1), key=lambda one: one[0])
    for _, group in groupby(both, key=lambda one: one[0]):
        sides: tuple[Counter[bytes], Counter[bytes]] = (Counter(), Counter())
        for _, side, digest in group:
            sides[side][digest] += 1
        yield sides


def _sided(words: _Words, side: int) -> Iterator[tuple[str, int, bytes]]:
    for document_id, text in words:
        yield document_id, side, hashlib.sha256(text.encode()).digest()
