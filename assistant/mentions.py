"""Mentions: where a text names a term of the glossary."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.fold import fold
from ingest.glossary import Term

_WORD = re.compile(r"[^\W_]+(?:[.@&][^\W_]+)*")
_ARTICLE = re.compile(r"^(?:[وف]?(?:[بك]?ال|لل))(?=\w{2})")
_PROCLITIC = re.compile(r"^[وفبكل](?=\w{3})")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, at `start` to `end`, in the forms under which it is looked up.

    The first form is the folded word. Elisions are words of their own: «l'ATPA» has two.
    """

    start: int
    end: int
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A term that stands at `start` to `end`."""

    start: int
    end: int
    term: Term


class Mentions:
    """Finds the terms of a glossary in texts of any of its languages, the longest form first."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._terms = {
            tuple(word.forms[-1] for word in words(form)): term
            for term in terms
            for form in term.forms
        }
        self._longest = max(map(len, self._terms), default=0)

    def find(self, text: str) -> tuple[Mention, ...]:
        """The mentions in reading order, without overlap."""
        return tuple(self._scan(words(text)))

    def _scan(self, found: Sequence[Word]) -> Iterator[Mention]:
        at = 0
        while at < len(found):
            length = min(self._longest, len(found) - at)
            while length and not (term := self._term(found[at : at + length])):
                length -= 1
            if length and term:
                yield Mention(found[at].start, found[at + length - 1].end, term)
            at += max(length, 1)

    def _term(self, found: Sequence[Word]) -> Term | None:
        rest = tuple(word.forms[-1] for word in found[1:])
        keys = ((form, *rest) for form in reversed(found[0].forms))
        return next((self._terms[key] for key in keys if key in self._terms), None)


def words(text: str) -> tuple[Word, ...]:
    """The words of a text."""
    return tuple(Word(m.start(), m.end(), _forms(m.group())) for m in _WORD.finditer(text))


@lru_cache(maxsize=8_192)
def _forms(word: str) -> tuple[str, ...]:
    """The folded word, and what is left of it without what is written onto it."""
    folded = fold(word)
    loose = _PROCLITIC.sub("", folded)
    bare = _ARTICLE.sub("", folded)
    return tuple(dict.fromkeys((folded, loose, bare)))
