"""Spelling: slips of the pen and abbreviations, read as the words that the collection knows."""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from assistant.mentions import Word, words
from assistant.phrases import Phrases
from assistant.question import Language
from assistant.state import State
from index.tokens import stems, stopwords
from index.vocabulary import Vocabulary
from ingest.glossary import Term, form_key

_LETTERS = re.compile(r"[^\W\d_]+")
_FREELY_SPELT = frozenset({"ary", "ary-latn"})
_LEAST_ABBREVIATION = 4
_LEAST_BESIDE = 4
_NAMED: dict[Language, str] = {"fr": "fr", "ar": "ar", "en": "en", "ary": "ar", "ary-latn": "fr"}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What stands at `start` to `end` of a question, and the words it is read as."""

    start: int
    end: int
    meant: str
    beside: bool = False

    def in_place(self, text: str) -> str:
        """What to search for there: the words, beside an abbreviation."""
        typed = text[self.start : self.end]
        return f"{typed} ({self.meant})" if self.beside else self.meant


class Spelling:
    """Searches for what was meant; a notice shows how the question was read.

    Only what the collection has never seen is touched: a slip becomes the nearest of its words (see
    `index.vocabulary`), an abbreviation of the glossary is spelt out. A word that stands where one
    of a term would stand, and is like it, is that one even if it is a word of its own: «شهدة
    المنشأ» is no testimony. Darija has no spelling to slip from; there only words of the glossary
    are thought of.
    """

    name = "spelling"

    def __init__(
        self,
        vocabulary: Vocabulary,
        indexed: Container[str],
        terms: Sequence[Term],
        phrases: Phrases,
    ) -> None:
        self._vocabulary = vocabulary
        self._indexed = indexed
        self._phrases = phrases
        self._abbreviations = {
            form_key(form): term
            for term in terms
            for form in (*term.abbreviations, *term.as_written)
            if _LETTERS.fullmatch(form)
        }
        forms = [form_key(form).split() for term in terms for form in term.forms]
        self._own = frozenset(word for form in forms for word in form)
        self._behind, self._before = (_neighbours(forms, step) for step in (1, -1))

    def run(self, state: State) -> State:
        """Correct `standalone` and say so."""
        text = state.standalone
        readings = [*self._readings(text, state.language)]
        if not readings:
            return state
        shown = ", ".join(f"{one.meant} ({text[one.start : one.end]})" for one in readings)
        notice = self._phrases.notice("spelling", state.language, words=shown)
        for one in reversed(readings):
            text = f"{text[: one.start]}{one.in_place(text)}{text[one.end :]}"
        return replace(state, standalone=text, notices=(*state.notices, notice))

    def _readings(self, text: str, language: Language) -> Iterator[_Reading]:
        found = words(text)
        for at, word in enumerate(found):
            typed = text[word.start : word.end]
            if not _LETTERS.fullmatch(typed) or any(f in self._vocabulary for f in word.forms):
                continue
            term = self._abbreviations.get(form_key(typed))
            if term:
                if len(typed) >= _LEAST_ABBREVIATION or typed.isupper():
                    name = term.names[_NAMED[language]]
                    yield _Reading(word.start, word.end, name, beside=True)
            elif meant := self._beside(found, at) or self._slip(word, language):
                yield _Reading(word.start, word.end, meant)

    def _beside(self, found: Sequence[Word], at: int) -> str | None:
        """The word of a term that belongs beside the one before or behind, if it is like this."""
        word = found[at].forms[0]
        behind = self._behind.get(found[at - 1].forms[0], ()) if at else ()
        before = self._before.get(found[at + 1].forms[0], ()) if at + 1 < len(found) else ()
        if len(word) < _LEAST_BESIDE:
            return None
        near = sorted(o for o in {*behind, *before} if o != word and OSA.distance(o, word) == 1)
        return self._vocabulary.written(near[0]) if near else None

    def _slip(self, word: Word, language: Language) -> str | None:
        """Behind what is written onto an Arabic word, if the whole of it is like no other."""
        if any(map(self._is_known, word.forms)):
            return None
        among = self._own if language in _FREELY_SPELT else None
        meant = ((form, self._vocabulary.meant_by(form, among)) for form in word.forms)
        return next((word.forms[0].removesuffix(f) + found for f, found in meant if found), None)

    def _is_known(self, form: str) -> bool:
        return (
            form in self._vocabulary
            or form in self._own
            or form in stopwords()
            or any(stem in self._indexed for found in stems(form) for stem in found)
        )


def _neighbours(forms: Sequence[Sequence[str]], step: int) -> Mapping[str, frozenset[str]]:
    """Which words stand behind (`step` 1) or before (-1) a word in terms of several words."""
    beside: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        for one, other in zip(form[::step], form[::step][1:], strict=False):
            beside[one].add(other)
    return {word: frozenset(others) for word, others in beside.items()}
