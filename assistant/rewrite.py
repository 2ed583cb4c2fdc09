"""Second step: a follow-up becomes a question that stands alone, or is asked what it is about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import yaml

from assistant.lexicon import Lexicon
from assistant.mentions import Mention, Mentions, Word, words
from assistant.normalise import visible
from assistant.phrases import Phrases
from assistant.question import QUESTION_LIMIT, Turn
from assistant.state import Outcome, State
from ingest.fold import fold
from ingest.glossary import Term

_SHORT = 2
_ELLIPSIS = 4
_MOST_NAMED = 3
_ANNOUNCED = 16
_EXCHANGED = frozenset({"place", "product"})
_IN_ELLIPSIS = _EXCHANGED | {"document", "body"}
_YEAR = re.compile(r"(?:19|20)\d\d")
_AND_A_NAME = re.compile(r"و\w+\s*,")
_ENCLITIC = re.compile(r"[\u0621-\u064a]{3}(?:ه|ها|هم|هما)$")
_ELISION = re.compile(r"\b([dlDL])['’]$")
_VOWEL = re.compile("[aeiouyh]")
_EDGES = " '.,;:?!،؛؟…–"
_FAMILIES = (("fr", "ary-latn"), ("en",), ("ar", "ary"))


@dataclass(frozen=True, slots=True)
class _Vocabulary:
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

    def is_spent(self, word: Word) -> bool:
        """Whether a word of an earlier question says nothing in the one that follows it."""
        return self.is_small(word) and self.manner.isdisjoint(word.forms)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A question with its words and the terms it mentions."""

    text: str
    vocabulary: _Vocabulary
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


class Rewrite:
    """Joins a follow-up with what it leaves out of the questions before it, by rules.

    The questions of the user are read in turn, so that a follow-up of a follow-up finds the
    subject. From the earlier one comes what the new one does not replace: its subject, and what it
    asked if the new one asks nothing itself. What the assistant said is not evidence: when the user
    points at it, the terms of the glossary that it names are searched, and nothing else of it.

    A question that points back at nothing is left alone, so that a new topic is not coloured by the
    old one. One that has no subject, here or before, is answered with a question, and so is a mere
    greeting or thanks.
    """

    name = "rewrite"

    def __init__(
        self, data: Mapping[str, Any], phrases: Phrases, terms: Sequence[Term] = ()
    ) -> None:
        self._phrases = phrases
        self._mentions = Mentions(terms)
        self._vocabularies = tuple(_vocabulary(data, family) for family in _FAMILIES)
        self._changes, self._openings, self._about, self._references, self._said = (
            Lexicon(data[key]) for key in ("changes", "openings", "about", "references", "said")
        )
        self._aside = [
            [word.forms[0] for word in words(phrase)] for phrase in data["about"] + data["polite"]
        ]
        self._conjunctions = frozenset(map(fold, data["conjunctions"]))
        spoken = "|".join(map(re.escape, map(fold, data["interjections"])))
        self._spoken = re.compile(rf"(?:(?:{spoken})\b[^\w]*)+")
        self._demonstratives, self._times, self._articles, self._requests, self._pronouns = (
            frozenset(map(fold, data[key]))
            for key in ("demonstratives", "times", "articles", "requests", "pronouns")
        )
        self._alternatives = [frozenset(group) for group in data["alternatives"]]

    @classmethod
    def load(cls, phrases: Phrases, terms: Sequence[Term] = ()) -> "Rewrite":
        """The words shipped with the assistant, and the terms of a glossary."""
        data = yaml.safe_load(files("assistant").joinpath("rewrite.yaml").read_text("utf-8"))
        return cls(data, phrases, terms)

    def run(self, state: State) -> State:
        """Fill `standalone`, or close with `clarify` what has no subject."""
        before, said = self._before(state.question.history)
        greets = self._greets(state.text)
        standalone = state.text if greets else self.joined(state.text, before, said)
        if standalone == state.text and (greets or self.is_bare(standalone)):
            examples = self._phrases.notice("examples", state.language)
            notices = (*state.notices, examples)
            return replace(state, outcome=Outcome("clarify"), notices=notices, closed=True)
        if standalone == state.text:
            return state
        notice = self._phrases.notice("rewritten", state.language, question=standalone)
        return replace(state, standalone=standalone, notices=(*state.notices, notice))

    def is_bare(self, text: str) -> bool:
        """Whether a question asks something of nothing: «et le prix ?»."""
        return self._read(text).is_bare

    def completed(self, part: str, other: str) -> str:
        """A part of a message with the subject of another part, itself if it names its own.

        It names its own with a term of the glossary or with a few words, unless it points at
        something with a pronoun. A term that begins with a word that asks, «نمرة التيليفون», names
        nothing.
        """
        now = self._read(part)
        points = any(
            not self._pronouns.isdisjoint(word.forms)
            or _ENCLITIC.search(part[word.start : word.end])
            for word in now.words
        )
        subject = {word.start for word in now.subject}
        names = len(subject) > _SHORT or any(mention.start in subject for mention in now.mentions)
        if names and not points:
            return part
        return f"{self._kept(now, self._read(other))} {part}"

    def _before(self, history: Sequence[Turn]) -> tuple[str, str]:
        """The last question of the user as it was understood, and what was said to it."""
        question, said = "", ""
        for turn in history:
            text = visible(turn.content)
            if turn.role == "assistant":
                said = text
            elif text and not self._greets(text):
                readable = len(text) <= QUESTION_LIMIT
                question, said = (self.joined(text, question, said) if readable else ""), ""
        return question, said

    def _greets(self, text: str) -> bool:
        """Whether it is but a greeting, thanks or assent."""
        return self._spoken.fullmatch(fold(text)) is not None

    def joined(self, text: str, before: str, said: str = "") -> str:
        """`text` with what it leaves out of the question `before`, itself if it leaves nothing out.

        `said` is what the assistant answered to that one.
        """
        if not before:
            return text
        now, then = self._read(text), self._read(before)
        if (now.is_bare and then.is_bare) or not self._follows(now, then):
            return text
        joined = self._swapped(now, then) or f"{self._kept(now, then)} {text}"
        if self._said.found_in(fold(text)):
            joined = " ".join([joined, *self._named(said, joined)])
        return joined if len(joined) <= 2 * QUESTION_LIMIT else text

    def _read(self, text: str) -> _Reading:
        found = words(text)
        forms = [word.forms[0] for word in found]
        skipped = max((len(p) for p in self._aside if forms[: len(p)] == p), default=0)
        found = found[skipped:]
        vocabulary = max(self._vocabularies, key=lambda v: sum(map(v.is_small, found)))
        return _Reading(text, vocabulary, found, self._mentions.find(text))

    # Is it a follow-up?

    def _follows(self, now: _Reading, then: _Reading) -> bool:
        folded = fold(now.text)
        spoken = self._spoken.match(folded)
        body = folded[spoken.end() :] if spoken else folded
        if any(place < _ANNOUNCED for place in self._changes.places(body)):
            return False
        return (
            now.is_bare
            or not now.subject
            or self._points_back(now, folded)
            or (self._opens(body) and not self._is_new(now, then, body))
            or (len(now.words) <= _SHORT and not now.mentions)
            or (len(now.words) <= _ELLIPSIS and then.is_bare)
            or (self._is_ellipsis(now) and bool(self._exchanged(now, then, _IN_ELLIPSIS)))
        )

    def _opens(self, body: str) -> bool:
        return 0 in self._openings.places(body) or bool(_AND_A_NAME.match(body))

    def _is_new(self, now: _Reading, then: _Reading, body: str) -> bool:
        """Whether it is whole but for its «et»: it asks, and of a subject of its own."""
        if any(place < _SHORT for place in self._about.places(body)):
            return False
        first, *rest = words(body)
        asking = first if body.startswith("و") else rest[0] if rest else None
        joins = body.startswith("و") or first.forms[0] in self._conjunctions
        if not (joins and asking and now.vocabulary.asks(asking)):
            return False
        new, old = _topics(now.mentions), _topics(then.mentions)
        return bool(new and old) and new.isdisjoint(old)

    def _points_back(self, now: _Reading, folded: str) -> bool:
        """Whether it points at something that it has not named itself."""
        if self._said.found_in(folded):
            return True
        first = now.subject[0].start if now.subject else len(folded)
        if any(place <= first for place in self._references.places(folded)):
            return True
        own = {m.start for m in now.mentions if m.term.topics}
        return any(
            word.start <= first
            and not self._demonstratives.isdisjoint(word.forms)
            and self._times.isdisjoint(noun.forms)
            and noun.start not in own
            and not now.vocabulary.is_small(noun)
            for word, noun in zip(now.words, now.words[1:], strict=False)
        )

    def _is_ellipsis(self, now: _Reading) -> bool:
        """Whether it is but a name: «et pour les services ?»."""
        asks = now.asks or not self._requests.isdisjoint(word.forms[0] for word in now.words)
        return not asks and 0 < len(now.subject) <= _ELLIPSIS and bool(now.mentions)

    # What does it leave out?

    def _exchanged(self, now: _Reading, then: _Reading, kinds: frozenset[str]) -> list[Mention]:
        """The mentions of the earlier question that those of the new one take the place of."""
        new = {mention.term.id: mention.term for mention in now.mentions}
        return [
            old
            for old in then.mentions
            if old.term.id not in new
            and any(self._exchange(old.term, term, kinds) for term in new.values())
        ]

    def _exchange(self, old: Term, new: Term, kinds: frozenset[str]) -> bool:
        if old.kind == new.kind and old.kind in kinds:
            return True
        return any({old.id, new.id} <= group for group in self._alternatives)

    def _swapped(self, now: _Reading, then: _Reading) -> str | None:
        """The earlier question with the new name in the place of the old one."""
        if not self._is_ellipsis(now):
            return None
        old = self._exchanged(now, then, _IN_ELLIPSIS)
        covered = [
            word
            for word in now.subject
            if not any(m.start <= word.start < m.end for m in now.mentions)
        ]
        if len(old) != 1 or covered:
            return None
        start, end = now.subject[0].start, now.subject[-1].end
        at = old[0].start
        ours, theirs = self._article(now, start), self._article(then, at)
        if ours and theirs:
            start, at = ours.start, theirs.start
        head = then.text[:at]
        if not _VOWEL.match(fold(now.text[start:end])):
            head = _ELISION.sub(lambda match: f"{match[1]}e ", head)
        return f"{head}{now.text[start:end]}{then.text[old[0].end :]}"

    def _article(self, reading: _Reading, at: int) -> Word | None:
        before = [word for word in reading.words if word.end <= at]
        return before[-1] if before and before[-1].forms[0] in self._articles else None

    def _kept(self, now: _Reading, then: _Reading) -> str:
        """The earlier question without what the new one replaces."""
        text = then.text
        gone = [(old.start, old.end) for old in self._exchanged(now, then, _EXCHANGED)]
        if _YEAR.search(fold(now.text)):
            gone += [(m.start(), m.end()) for m in _YEAR.finditer(text)]
        for start, end in sorted(gone, reverse=True):
            text = f"{text[:start].rstrip()} {text[end:].lstrip()}"
        return (
            _trimmed(text, then.vocabulary, lead=now.asks, tail=now.asks or bool(gone)) or then.text
        )

    def _named(self, said: str, joined: str) -> Iterator[str]:
        """Names that the assistant used, of terms that the question has not."""
        known = {mention.term.id for mention in self._mentions.find(joined)}
        new = {m.term.id: m for m in self._mentions.find(said) if m.term.id not in known}
        for mention in list(new.values())[:_MOST_NAMED]:
            yield said[mention.start : mention.end]


def _trimmed(text: str, vocabulary: _Vocabulary, *, lead: bool, tail: bool) -> str:
    """`text` without what it asked, at its beginning, and without loose small words at its end."""
    found = words(text)
    first, last = 0, len(found)
    while lead and first < last and vocabulary.is_spent(found[first]):
        first += 1
    if not any(map(vocabulary.asks, found[:first])):
        first = 0
    while tail and first < last and vocabulary.is_spent(found[last - 1]):
        last -= 1
    if first == last:
        return ""
    start = found[first].start if first else 0
    end = found[last - 1].end if last < len(found) else len(text)
    kept = text[start:end].strip(_EDGES) if first or last < len(found) else text
    return f"{kept} –" if kept != text else text


def _topics(mentions: Sequence[Mention]) -> frozenset[str]:
    return frozenset(topic for mention in mentions for topic in mention.term.topics)


def _vocabulary(data: Mapping[str, Any], languages: Sequence[str]) -> _Vocabulary:
    def gathered(key: str) -> frozenset[str]:
        lines = (data[key].get(language, "") for language in languages)
        return frozenset(fold(" ".join(lines)).split())

    return _Vocabulary(gathered("asked"), frozenset(map(fold, data["manner"])), gathered("light"))
