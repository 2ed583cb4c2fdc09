"""Second step: a follow-up becomes a question that stands alone, or is asked what it is about."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.lexicon import Lexicon
from assistant.mentions import Mention, Mentions, Word, words
from assistant.normalise import visible
from assistant.phrases import Phrases
from assistant.question import QUESTION_LIMIT, Turn
from assistant.reading import Reading, trimmed, vocabularies
from assistant.shipped import shipped
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
_AND_A_NAME = re.compile(r"و\w+(?:\s\w+){0,2}\s*,")
_SENTENCE_END = re.compile(r"[.;:?!؟؛…]+\s")
_ENCLITIC = re.compile(r"[\u0621-\u064a]{3}(?:ه|ها|هم|هما)$")
_ELISION = re.compile(r"\b([dlDL])['’]$")
_VOWEL = re.compile("[aeiouyh]")


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
        self._vocabularies = vocabularies(data)
        self._changes, self._openings, self._about, self._references, self._said = (
            Lexicon(data[key]) for key in ("changes", "openings", "about", "references", "said")
        )
        self._introducing, polite = (
            [[word.forms[0] for word in words(phrase)] for phrase in data[key]]
            for key in ("about", "polite")
        )
        self._aside = [*self._introducing, *polite]
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
        data = shipped("rewrite.yaml")
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
        joined = self._swapped(now, then) or f"{self._kept(now, then)} {self._name(now)}"
        if self._said.found_in(fold(text)):
            joined = " ".join([joined, *self._named(said, joined)])
        return joined if len(joined) <= 2 * QUESTION_LIMIT else text

    def _name(self, now: Reading) -> str:
        """The question; a mere name without its «what about», which would make it a second one."""
        text = now.text
        if not self._is_short(now):
            return text
        found = words(text)
        forms = [word.forms[0] for word in found]
        skipped = max((len(p) for p in self._introducing if forms[: len(p)] == p), default=0)
        return text[found[skipped].start :] if skipped < len(found) else text

    def _read(self, text: str) -> Reading:
        found = words(text)
        forms = [word.forms[0] for word in found]
        skipped = max((len(p) for p in self._aside if forms[: len(p)] == p), default=0)
        found = found[skipped:]
        vocabulary = max(self._vocabularies, key=lambda v: sum(map(v.is_small, found)))
        return Reading(text, vocabulary, found, self._mentions.find(text))

    # Is it a follow-up?

    def _follows(self, now: Reading, then: Reading) -> bool:
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
            or (self._is_ellipsis(now) and self._begins_with_and(now))
            or self._ends_bare(now)
        )

    def _begins_with_and(self, now: Reading) -> bool:
        """Whether the Arabic «و» before the name is no letter of it: «وشهادة المنشأ؟»."""
        if not now.text.startswith("و"):
            return False
        named = {(mention.start, mention.term.id) for mention in now.mentions}
        behind = {(mention.start, mention.term.id) for mention in self._mentions.find(now.text[1:])}
        return any((0, term) in behind for start, term in named if start == 0)

    def _ends_bare(self, now: Reading) -> bool:
        """Whether it tells something and then asks of nothing: «j'ai tardé… que se passe-t-il ?»"""
        ends = [match.end() for match in _SENTENCE_END.finditer(now.text)]
        return bool(ends) and not now.mentions and self.is_bare(now.text[ends[-1] :])

    def _opens(self, body: str) -> bool:
        return 0 in self._openings.places(body) or bool(_AND_A_NAME.match(body))

    def _is_new(self, now: Reading, then: Reading, body: str) -> bool:
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

    def _points_back(self, now: Reading, folded: str) -> bool:
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

    def _is_ellipsis(self, now: Reading) -> bool:
        """Whether it is but a name that is known: «et pour les services ?»."""
        return self._is_short(now) and bool(now.mentions)

    def _is_short(self, now: Reading) -> bool:
        """Whether it is but a name."""
        asks = now.asks or not self._requests.isdisjoint(word.forms[0] for word in now.words)
        return not asks and 0 < len(now.subject) <= _ELLIPSIS

    # What does it leave out?

    def _exchanged(self, now: Reading, then: Reading, kinds: frozenset[str]) -> list[Mention]:
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

    def _swapped(self, now: Reading, then: Reading) -> str | None:
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
        elif start == 0 and self._begins_with_and(now):
            start = 1
        head = then.text[:at]
        if not _VOWEL.match(fold(now.text[start:end])):
            head = _ELISION.sub(lambda match: f"{match[1]}e ", head)
        return f"{head}{now.text[start:end]}{then.text[old[0].end :]}"

    def _article(self, reading: Reading, at: int) -> Word | None:
        before = [word for word in reading.words if word.end <= at]
        return before[-1] if before and before[-1].forms[0] in self._articles else None

    def _kept(self, now: Reading, then: Reading) -> str:
        """The earlier question without what the new one replaces."""
        text = then.text
        gone = [(old.start, old.end) for old in self._exchanged(now, then, _EXCHANGED)]
        if _YEAR.search(fold(now.text)):
            gone += [(m.start(), m.end()) for m in _YEAR.finditer(text)]
        for start, end in sorted(gone, reverse=True):
            text = f"{text[:start].rstrip()} {text[end:].lstrip()}"
        spent = self._spent(now, then)
        return trimmed(text, then.vocabulary, spent, tail=now.asks or bool(gone)) or then.text

    def _spent(self, now: Reading, then: Reading) -> Callable[[Word], bool]:
        """Which words of the earlier question say nothing in the one that follows it.

        How a thing is done is asked no more once another way or another side of it is: «how do I
        export oil?», «what about insurance?».
        """
        small, manner = then.vocabulary.is_small, then.vocabulary.is_manner
        another = any(map(now.vocabulary.is_manner, now.words)) or self._is_aspect(now, then)
        if now.asks:
            return lambda word: small(word) and (another or not manner(word))
        return lambda word: another and any(map(manner, then.words)) and small(word)

    def _is_aspect(self, now: Reading, then: Reading) -> bool:
        """Whether it names a side of the subject, and nothing that stands in another's place."""
        if not self._is_short(now) or self._exchanged(now, then, _IN_ELLIPSIS):
            return False
        return all(mention.term.kind not in _IN_ELLIPSIS for mention in now.mentions)

    def _named(self, said: str, joined: str) -> Iterator[str]:
        """Names that the assistant used, of terms that the question has not."""
        known = {mention.term.id for mention in self._mentions.find(joined)}
        new = {m.term.id: m for m in self._mentions.find(said) if m.term.id not in known}
        for mention in list(new.values())[:_MOST_NAMED]:
            yield said[mention.start : mention.end]


def _topics(mentions: Sequence[Mention]) -> frozenset[str]:
    return frozenset(topic for mention in mentions for topic in mention.term.topics)
