"""Keywords: the words that a list is narrowed down by, in any of the languages and spellings."""

from collections.abc import Iterable
from functools import lru_cache

from index.tokens import stems


class Keywords:
    """The words of a text without its stop words; a text of nothing else leaves every entry."""

    def __init__(self, text: str) -> None:
        self._words = [frozenset(word) for word in stems(text)]

    def found_in(self, texts: Iterable[str]) -> bool:
        """Whether each of the words occurs, in some form, in one of the texts."""
        there = [_stems(text) for text in texts]
        return all(any(word & one for one in there) for word in self._words)


@lru_cache(maxsize=4_096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem for word in stems(text) for stem in word)
