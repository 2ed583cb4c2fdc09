"""Vocabulary: the words of a collection as people write them, and which one a slip stands for."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA
from wordfreq import get_frequency_list

from ingest.fold import fold

_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_LANGUAGES = {"arab": ("ar",), "latn": ("fr", "en")}
_LEAST = {"arab": 4, "latn": 5}
_COMMON = 700
"""In hundredths of a decimal logarithm: what is written more than once in ten million words."""
_TWO_FROM = 9
_COUNT = 3
_COUNT_FOR_TWO = 10


class Vocabulary:
    """Folded words with how often they occur in a collection.

    A word was misspelt when the collection has never seen it, hardly anybody writes it (the counts
    of `wordfreq`), and it is one slip away from a word of the collection, two if it is long: a
    letter too many, too few or wrong, or two in the wrong order (optimal string alignment; Boytsov,
    2011). Arabic words are shorter, having no short vowels. Rare words may be slips themselves.
    """

    def __init__(self, counts: Mapping[str, int], written: Mapping[str, str]) -> None:
        self._counts = counts
        self._written = written
        self._by_size: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word, count in sorted(counts.items()):
            if count >= _COUNT:
                self._by_size[_script(word), len(word)].append(word)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Vocabulary":
        """The words of `texts`; each way of writing one is folded once."""
        raw = Counter(chain.from_iterable(text.split() for text in texts)).most_common()
        counts: Counter[str] = Counter()
        written: dict[str, str] = {}
        lines = fold("\n".join(typed for typed, _ in raw)).split("\n") if raw else []
        for line, (typed, count) in zip(lines, raw, strict=True):
            found = _WORD.findall(line)
            spelt = _WORD.findall(typed)
            spelt = spelt if len(spelt) == len(found) else found
            for word, spelling in zip(found, spelt, strict=True):
                counts[word] += count
                written.setdefault(word, spelling)
        return cls(counts, written)

    def written(self, word: str) -> str:
        """A folded word as it is mostly spelt, itself when it does not occur."""
        return self._written.get(word, word)

    def __contains__(self, word: str) -> bool:
        """Whether a folded word occurs."""
        return word in self._counts

    def meant_by(self, word: str, among: Collection[str] | None = None) -> str | None:
        """The word that a folded one is a slip of, None if it is none that anybody can tell.

        With `among` only these are thought of. Of the nearest it is the most frequent.
        """
        script, size = _script(word), len(word)
        if word in self or size < _LEAST[script] or word in _common(script):
            return None
        most = 2 if size >= _TWO_FROM else 1
        sizes = range(size - most, size + most + 1)
        near = chain.from_iterable(self._within(word, most, (script, size)) for size in sizes)
        likely = [
            (distance, found[0] != word[0], -self._counts[found], found)
            for found, distance in near
            if (distance == 1 or self._counts[found] >= _COUNT_FOR_TWO)
            and (among is None or found in among)
        ]
        return self.written(min(likely)[-1]) if likely else None

    def _within(self, word: str, most: int, size: tuple[str, int]) -> Iterable[tuple[str, int]]:
        found = process.extract(
            word, self._by_size.get(size, ()), scorer=OSA.distance, score_cutoff=most, limit=None
        )
        return ((near, int(distance)) for near, distance, _ in found)


@lru_cache
def _common(script: str) -> frozenset[str]:
    """What people write in the languages of a script, whatever it is about, folded."""
    lists = (get_frequency_list(language)[:_COMMON] for language in _LANGUAGES[script])
    words = chain.from_iterable(chain.from_iterable(lists))
    return frozenset(fold("\n".join(words)).split("\n"))


def _script(word: str) -> str:
    return "arab" if _ARABIC.search(word) else "latn"
