"""Gloss: what a question's words mean in the words of the sheets, Darija above all."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.phrases import Phrases
from assistant.question import Language
from assistant.state import State
from ingest.fold import fold
from ingest.glossary import Term, form_key

Key = tuple[str, ...]

GLOSS = "gloss"
"""The kind of the notice that shows how Darija was understood."""

_WORD = re.compile(r"[^\W_]+(?:[.'@&-][^\W_]+)*")
_TOKEN = re.compile(r"[^\W_]+(?:[.@&][^\W_]+)*")
_PROCLITICS = re.compile(r"^[وف]?(?:[بكل]?ال|لل|[بكلدف](?=\w{3}))(?=\w{2})|^[وف](?=\w{3})")
_ARTICLE = re.compile(r"^(?:el|al|l)(?:['-]|(?=[^aeiou]{2}|[^aeiou][aeiou]))")
_VOWELS = re.compile(r"[aeiouy']+")
_LEAST_SKELETON = 3
_SPOKEN: dict[Language, tuple[str, ...]] = {"ary": ("ar",), "ary-latn": ("ar", "fr")}


class Gloss:
    """Adds to a Darija question the written names of the things it speaks of, and to any other what
    its abbreviations stand for.

    The embedding model reads French, Arabic and English well and Darija badly, in Latin letters
    worst. The user's words stay what they are and a notice shows how they were understood; the
    gloss is a second wording that search weighs like the first. An abbreviation is spelled out
    where it stands, for around it the question reads well.
    """

    name = "gloss"

    def __init__(self, terms: Sequence[Term], phrases: Phrases) -> None:
        self._terms = {_key(form): term for term in terms for form in term.forms}
        self._skeletons = _unambiguous(terms)
        self._abbreviated = {
            **{fold(short): term for term in terms for short in term.abbreviations},
            **{short: term for term in terms for short in term.as_written},
        }
        self._longest = max((len(key) for key in self._terms), default=0)
        self._phrases = phrases

    def run(self, state: State) -> State:
        """Fill `gloss`, empty when no term is known; in other languages spell out `standalone`."""
        names = _SPOKEN.get(state.language, ())
        if not names:
            return replace(state, standalone=self._spelled_out(state.standalone, state.language))
        terms = self.find(state.standalone, latin=state.language == "ary-latn")
        if not terms:
            return state
        gloss = " ".join(dict.fromkeys(term.names[n] for n in names for term in terms))
        shown = ", ".join(term.names[names[-1]] for term in terms)
        notice = self._phrases.notice(GLOSS, state.language, terms=shown)
        return replace(state, gloss=gloss, notices=(*state.notices, notice))

    def _spelled_out(self, text: str, language: Language) -> str:
        """The text with each known abbreviation followed, at its first place, by its long name."""
        named = {fold(text)}

        def long(match: re.Match[str]) -> str:
            short = match.group()
            term = self._abbreviated.get(short) or self._abbreviated.get(fold(short))
            name = term.names[language] if term else short
            if any(fold(name) in known for known in named):
                return short
            named.add(fold(name))
            return f"{short} ({name})"

        return _TOKEN.sub(long, text)

    def find(self, text: str, *, latin: bool = False) -> tuple[Term, ...]:
        """The terms that `text` speaks of, in reading order; longer forms win.

        In Latin letters Darija has no spelling: vowels come and go, and so does the article. With
        `latin` a word is then also known by its consonants.
        """
        found = {term.id: term for term in self._scan(_key(text), latin=latin)}
        return tuple(found.values())

    def _scan(self, words: Key, *, latin: bool) -> Iterator[Term]:
        at = 0
        while at < len(words):
            length, term = self._match(words[at : at + self._longest], latin=latin)
            if term:
                yield term
            at += length

    def _match(self, words: Key, *, latin: bool) -> tuple[int, Term | None]:
        for length in range(len(words), 0, -1):
            head, *rest = words[:length]
            for first in dict.fromkeys((head, _PROCLITICS.sub("", head))):
                term = self._terms.get((first, *rest))
                if term:
                    return length, term
            skeleton = _skeleton(words[:length]) if latin else ()
            if sum(map(len, skeleton)) >= _LEAST_SKELETON and skeleton in self._skeletons:
                return length, self._skeletons[skeleton]
        return 1, None


def _unambiguous(terms: Sequence[Term]) -> dict[Key, Term]:
    """Terms by the consonants of their Latin forms; what two terms share names neither."""
    owners: dict[Key, dict[str, Term]] = {}
    for term in terms:
        for form in term.darija_latin:
            owners.setdefault(_skeleton(_key(form)), {})[term.id] = term
    return {
        key: term for key, named in owners.items() if len(named) == 1 for term in named.values()
    }


def _key(text: str) -> Key:
    return tuple(_WORD.findall(form_key(text)))


def _skeleton(words: Key) -> Key:
    """The consonants of each word, without its article; doubled ones count once."""
    bare = (_VOWELS.sub("", _ARTICLE.sub("", word)) for word in words)
    return tuple(re.sub(r"(.)\1+", r"\1", word) for word in bare)
