"""Phrases matched in folded text: the transparent rules that guard and expectation are made of.

A phrase is a few words. In a word, a trailing `*` stands for any ending, `|` parts alternatives,
and a leading `~` marks a verb stem that takes the person and tense prefixes of Arabic and Darija,
in either script. A lone `_` stands for up to three words. Arabic words also match behind the
one-letter conjunctions, prepositions and the article that are written onto them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain

from ingest.fold import fold

_ARABIC = re.compile(r"[\u0600-\u06ff]")
_PROCLITICS = "[وف]?(?:[بلك]?ال|لل|[بلك])?"
_ARABIC_PERSON = "[وف]?(?:س|ل|ب|غادي |غا|ك|كا)?[اينت]?"
_LATIN_PERSON = "(?:ka|gha|ghadi )?[nyt]?"
_ANY_WORDS = r"(?:[^\s.?!]+\s+){0,3}"
_LETTERS = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")

Phrases = Sequence["str | Phrases"]
"""Phrases, or lists of them: a list that YAML repeats by its anchor may stand among others."""


class Lexicon:
    """A set of phrases compiled into one pattern, linear in the length of the text.

    It is compiled when it is first looked for: half of the rules' patterns never are, and all of
    them would take half of the start.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = tuple(phrases)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?:{_alternatives(self.phrases)})(?!\w)")

    def found_in(self, folded: str) -> bool:
        """Whether any phrase occurs in text that `ingest.fold.fold` has folded."""
        return self._pattern.search(folded) is not None

    @property
    def words(self) -> frozenset[str]:
        """The folded words of its phrases, without marks."""
        return frozenset(_LETTERS.findall(fold(" ".join(self.phrases))))

    def places(self, folded: str) -> tuple[int, ...]:
        """Where phrases begin in folded text, in characters."""
        return tuple(match.start() for match in self._pattern.finditer(folded))


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds when every group of phrases is met and no exception is.

    With `within`, phrases of all groups must begin within so many words of each other: a verb far
    from an object is not about it.
    """

    needs: tuple[Lexicon, ...]
    unless: Lexicon | None = None
    within: int | None = None

    @classmethod
    def parse(cls, data: Mapping[str, Phrases | int]) -> "Rule":
        """From YAML: `needs` is a list of phrase lists, `unless` one phrase list, `within` words.

        Raises TypeError or KeyError on anything else.
        """
        needs, unless, within = data["needs"], data.get("unless", ()), data.get("within")
        if isinstance(needs, int) or isinstance(unless, int):
            raise TypeError(f"phrases are expected in the rule {data}")
        if within is not None and not isinstance(within, int):
            raise TypeError(f"`within` is a number of words in the rule {data}")
        return cls(
            needs=tuple(_lexicon(tuple(flat([group]))) for group in needs),
            unless=_lexicon(tuple(flat(unless))) if unless else None,
            within=within,
        )

    def holds(self, folded: str) -> bool:
        """Whether the rule applies to folded text."""
        if not all(group.found_in(folded) for group in self.needs):
            return False
        if self.unless and self.unless.found_in(folded):
            return False
        return self.within is None or self._is_near(folded, self.within)

    def _is_near(self, folded: str, within: int) -> bool:
        spaces = [match.start() for match in _SPACE.finditer(folded)]
        groups = [
            [bisect_right(spaces, place) for place in group.places(folded)] for group in self.needs
        ]
        return any(
            all(any(0 <= word - first <= within for word in group) for group in groups)
            for first in chain.from_iterable(groups)
        )


@cache
def _lexicon(phrases: tuple[str, ...]) -> Lexicon:
    return Lexicon(phrases)


def flat(phrases: Phrases) -> Iterator[str]:
    """The phrases of nested lists, in order."""
    for phrase in phrases:
        if isinstance(phrase, str):
            yield phrase
        else:
            yield from flat(phrase)


def _alternatives(phrases: Iterable[str]) -> str:
    """One pattern for all phrases, sharing prefixes and first letters so that few are tried."""
    shared: dict[tuple[str, str], list[str]] = {}
    for phrase in phrases:
        for prefix, letter, rest in _spelt(phrase):
            shared.setdefault((prefix, letter), []).append(rest)
    by_prefix: dict[str, list[str]] = {}
    for (prefix, letter), rests in shared.items():
        by_prefix.setdefault(prefix, []).append(f"{letter}(?:{'|'.join(dict.fromkeys(rests))})")
    return "|".join(f"{prefix}(?:{'|'.join(words)})" for prefix, words in by_prefix.items())


def _spelt(phrase: str) -> Iterator[tuple[str, str, str]]:
    """Prefix, first letter and the rest of a phrase, for each alternative of its first word."""
    first, *others = phrase.split()
    words = "".join(_ANY_WORDS if word == "_" else _word(word) + r"\s+" for word in others)
    rest = (r"\s+" + words).removesuffix(r"\s+") if others else ""
    for form in first.split("|"):
        prefix, letter, letters = _form(form)
        yield prefix, letter, letters + rest


def _word(word: str) -> str:
    return f"(?:{'|'.join(''.join(_form(part)) for part in word.split('|'))})"


def _form(word: str) -> tuple[str, str, str]:
    """Patterns of what may stand before a word, of its first letter, and of the others."""
    is_arabic = _ARABIC.search(word) is not None
    prefix = _PROCLITICS if is_arabic else ""
    if word.startswith("~"):
        prefix = _ARABIC_PERSON if is_arabic else _LATIN_PERSON
    letters = fold(word.removeprefix("~").removesuffix("*"))
    ending = r"\w*" if word.endswith("*") else ""
    return prefix, re.escape(letters[:1]), re.escape(letters[1:]) + ending
