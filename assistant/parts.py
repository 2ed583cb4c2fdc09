"""Parts: the questions that one message asks, in its own words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.lexicon import Lexicon
from assistant.mentions import Word, words
from assistant.question import Language
from assistant.shipped import shipped
from ingest.fold import fold

MOST = 3
_LEAST_WORDS = 2
_STOP = re.compile(r"[?؟;؛]")
_PAUSE = re.compile(r"[,،:–—]")
_CLAUSE = re.compile(r"[?!.:;,،؛؟–—]")
_DANGLING = re.compile(
    r"(?:^|[\s,:])(?:a|de|dans|sous|avec|pour|en|par|sur|chez|vers|avant|apres)"
    r" quel(?:s|le|les)? \w+$"
)
_INVERSION = re.compile(r"-(?:t-)?(?:ils?|elles?|on|je|nous|vous|tu|ce)\b")
_SPOKEN: Mapping[Language, tuple[str, ...]] = {
    "fr": ("fr",),
    "en": ("en",),
    "ar": ("ar", "fr"),
    "ary": ("ar", "fr"),
    "ary-latn": ("ary-latn", "fr"),
}


class Parts:
    """Cuts a message where a second question begins.

    It begins behind a question mark, a conjunction or a comma, with a word that asks. What stands
    before must ask as well, and a word that may only join a clause («une société qui importe et qui
    exporte») does not begin a question when the clause before has it too. In doubt nothing is cut:
    two halves of one question find less than the whole.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._fillers, self._relative = (
            frozenset(map(fold, data[key])) for key in ("fillers", "relative")
        )
        joiners: Mapping[str, Sequence[str]] = data["joiners"]
        openings: Mapping[str, Sequence[str]] = data["openings"]
        self._joiners = {
            language: frozenset(fold(word) for name in names for word in joiners[name])
            for language, names in _SPOKEN.items()
        }
        self._openings = {
            language: Lexicon([phrase for name in names for phrase in openings[name]])
            for language, names in _SPOKEN.items()
        }
        self._asking, self._inverted = Lexicon(data["asking"]), Lexicon(data["inverted"])

    @classmethod
    def load(cls) -> "Parts":
        """The words shipped with the assistant."""
        return cls(shipped("parts.yaml"))

    def of(self, text: str, language: Language) -> tuple[str, ...]:
        """The parts in reading order, at most MOST; the text itself when it asks one thing."""
        found = words(text)
        starts = [0]
        for at in range(_LEAST_WORDS, len(found)):
            before = [word for word in found[:at] if word.start >= starts[-1]]
            if len(starts) < MOST and self._begins(text, found, at, before, language):
                starts.append(found[at].start)
        ends = [*starts[1:], len(text)]
        return tuple(
            text[start:end].strip(" ,،;؛") for start, end in zip(starts, ends, strict=True)
        )

    def _begins(
        self, text: str, found: Sequence[Word], at: int, before: Sequence[Word], language: Language
    ) -> bool:
        """Whether the word at `at` begins a question that those `before` do not belong to."""
        if min(len(before), len(found) - at) < _LEAST_WORDS:
            return False
        gap = text[found[at - 1].end : found[at].start]
        ends = _STOP.search(gap) is not None
        first = self._opening(text, found, at, language, ends=ends)
        if first is None or len(found) - first < _LEAST_WORDS:
            return False
        joined = first > at or found[at].forms[0].startswith("و")
        if not (joined or ends or _PAUSE.search(gap)):
            return False
        word = found[first].forms[-1]
        if word in self._relative and word in {one.forms[-1] for one in before[1:]}:
            return False
        return ends or self._asks(text[: found[at].start], before, language)

    def _opening(
        self, text: str, found: Sequence[Word], at: int, language: Language, *, ends: bool
    ) -> int | None:
        """The place of the word that asks, behind a conjunction and its like; None if none does."""
        first = at
        if found[at].forms[0] in self._joiners[language] and not _is_where(text, found[at]):
            first += 1
        while first < len(found) and found[first].forms[0] in self._fillers:
            first += 1
        if first == len(found) or not self._asks_at(text, found[first], language):
            return None
        joined = first > at or found[at].forms[0].startswith("و")
        return first if joined or ends or self._may_stand_alone(text, found[first]) else None

    def _may_stand_alone(self, text: str, word: Word) -> bool:
        """Whether a question begins here behind a mere comma."""
        if word.forms[0] == "ou":
            return _is_where(text, word)
        return 0 not in self._inverted.places(fold(text[word.start :]))

    def _asks_at(self, text: str, word: Word, language: Language) -> bool:
        return 0 in self._openings[language].places(fold(text[word.start :]))

    def _asks(self, text: str, before: Sequence[Word], language: Language) -> bool:
        """Whether words at the end of a text ask, and do not leave open what of."""
        if self._asks_at(text, before[-1], language):
            return False
        clause = fold(text[before[0].start : before[-1].end])
        if _DANGLING.search(clause):
            return False
        return (
            any(self._is_asking(text, word, before, language) for word in before)
            or self._asking.found_in(clause)
            or _INVERSION.search(clause) is not None
        )

    def _is_asking(self, text: str, word: Word, before: Sequence[Word], language: Language) -> bool:
        """Whether a word asks; one that may also join a clause does so only at a clause's start."""
        if not self._asks_at(text, word, language):
            return False
        if self._relative.isdisjoint(word.forms):
            return True
        at = before.index(word)
        gap = text[before[at - 1].end : word.start] if at else "?"
        return bool(_CLAUSE.search(gap)) or before[at - 1].forms[0] in self._joiners[language]


def _is_where(text: str, word: Word) -> bool:
    return text[word.start : word.end].lower() == "où"
