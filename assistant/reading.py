"""Reading: a question with its words told apart: what names, what asks, what is but small."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.mentions import Mention, Word, words
from ingest.fold import fold

_EDGES = " '.,;:?!،؛؟…–"
_FAMILIES = (("fr", "ary-latn"), ("en",), ("ar", "ary"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The small words of languages that are mixed in one question.

    `asked` are what may be asked of any subject, `manner` those of them that belong to what is
    done as much as to what is asked; `light` name nothing.
    """

    asked: frozenset[str]
    manner: frozenset[str]
    light: frozenset[str]

    def asks(self, word: Word) -> bool:
        """Whether a word says what is asked."""
        return not self.asked.isdisjoint(word.forms)

    def is_small(self, word: Word) -> bool:
        """Whether a word names no subject."""
        return self.asks(word) or not self.light.isdisjoint(word.forms)

    def is_manner(self, word: Word) -> bool:
        """Whether a word asks how something is done."""
        return not self.manner.isdisjoint(word.forms)


@dataclass(frozen=True, slots=True)
class Reading:
    """A question with its words and the terms it mentions."""

    text: str
    vocabulary: Vocabulary
    words: tuple[Word, ...]
    mentions: tuple[Mention, ...]

    @property
    def asks(self) -> bool:
        """Whether it says what it wants to know."""
        return any(map(self.vocabulary.asks, self.words))

    @property
    def subject(self) -> tuple[Word, ...]:
        """The words that name something."""
        return tuple(word for word in self.words if not self.vocabulary.is_small(word))

    @property
    def is_bare(self) -> bool:
        """Whether it asks something of nothing: «et le prix ?»."""
        return self.asks and not self.subject


def trimmed(text: str, vocabulary: Vocabulary, spent: Callable[[Word], bool], *, tail: bool) -> str:
    """`text` without what it asked, at its beginning, and without loose small words at its end."""
    found = words(text)
    first, last = 0, len(found)
    while first < last and spent(found[first]):
        first += 1
    if not any(map(vocabulary.asks, found[:first])):
        first = 0
    while tail and first < last and vocabulary.is_small(found[last - 1]):
        last -= 1
    if first == last:
        return ""
    start = found[first].start if first else 0
    end = found[last - 1].end if last < len(found) else len(text)
    kept = text[start:end].strip(_EDGES) if first or last < len(found) else text
    return f"{kept} –" if kept != text else text


def vocabularies(data: Mapping[str, Any]) -> tuple[Vocabulary, ...]:
    """The small words of `rewrite.yaml`, for each family of languages that are mixed."""
    return tuple(_vocabulary(data, family) for family in _FAMILIES)


def _vocabulary(data: Mapping[str, Any], languages: Sequence[str]) -> Vocabulary:
    def gathered(key: str) -> frozenset[str]:
        lines = (data[key].get(language, "") for language in languages)
        return frozenset(fold(" ".join(lines)).split())

    return Vocabulary(gathered("asked"), frozenset(map(fold, data["manner"])), gathered("light"))
