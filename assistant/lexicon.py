"""Phrases matched in folded text: the transparent rules that guard and expectation are made of.

A phrase is a few words; a trailing `*` on a word stands for any ending. Arabic words also match
behind the one-letter conjunctions, prepositions and the article that are written onto them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.fold import fold

_ARABIC = re.compile(r"[\u0600-\u06ff]")
_PROCLITICS = "[وف]?(?:[بلك]?ال|لل|[بلك])?"


class Lexicon:
    """A set of phrases compiled into one pattern, linear in the length of the text."""

    def __init__(self, phrases: Iterable[str]) -> None:
        alternatives = "|".join(_phrase(phrase) for phrase in phrases)
        self._pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")

    def found_in(self, folded: str) -> bool:
        """Whether any phrase occurs in text that `ingest.fold.fold` has folded."""
        return self._pattern.search(folded) is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds when every group of phrases is met and no exception is."""

    needs: tuple[Lexicon, ...]
    unless: Lexicon | None = None

    @classmethod
    def parse(cls, data: Mapping[str, Sequence[Sequence[str]] | Sequence[str]]) -> "Rule":
        """From YAML: `needs` is a list of phrase lists, `unless` one phrase list."""
        unless = [str(phrase) for phrase in data.get("unless", ())]
        return cls(
            needs=tuple(Lexicon(group) for group in data["needs"]),
            unless=Lexicon(unless) if unless else None,
        )

    def holds(self, folded: str) -> bool:
        """Whether the rule applies to folded text."""
        if self.unless and self.unless.found_in(folded):
            return False
        return all(group.found_in(folded) for group in self.needs)


def _phrase(phrase: str) -> str:
    return r"\s+".join(_word(word) for word in phrase.split())


def _word(word: str) -> str:
    ending = r"\w*" if word.endswith("*") else ""
    folded = re.escape(fold(word.removesuffix("*")))
    return (_PROCLITICS if _ARABIC.search(word) else "") + folded + ending
