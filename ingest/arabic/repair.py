"""Arabic as it comes: the faults that extraction leaves in it, repaired where the repair is sure.

Each text is judged by itself, so that what becomes of it never depends on its neighbours in the
collection. A text without a fault comes out as it went in, to the byte.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from ingest.arabic.lamalef import Fault, Restored, fault_of_line, find_fault, may_be_turned, restore
from ingest.arabic.mirrored import find_mirrored, unmirrored

Kind = Literal["mirrored", "presentation-form", "direction-mark", "tatweel", "lam-alef", "spacing"]


@dataclass(frozen=True, slots=True)
class Repair:
    """One piece of a line (from 1) as it came and as it was repaired."""

    kind: Kind
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A word of a faulty text that could be either of two; it was kept as it is."""

    line: int
    word: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text of as many lines as came in, and all that was done to it."""

    text: str
    repairs: tuple[Repair, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def counts(self) -> dict[Kind, int]:
        """How many repairs of each kind there were."""
        return dict(Counter(repair.kind for repair in self.repairs))

    @property
    def is_hopeless(self) -> bool:
        """Whether so many words stay in doubt that the rest cannot be trusted either."""
        return len(self.doubts) >= _MANY and len(self.doubts) > self.counts.get("lam-alef", 0)


_MANY = 10


def repair(text: str) -> Repaired:
    """A text with the faults of its Arabic repaired. Lines are never joined, split or moved.

    Repairing twice changes nothing more. Time is linear in the length of the text.
    """
    if not _ARABIC.search(text):
        return Repaired(text)
    repairs: list[Repair] = []
    lines = text.split("\n")
    for needs, step in _STEPS:
        if needs.search(text):
            lines = _recorded(lines, step, repairs)
    lines, doubts = _restore_lam_alef(lines, repairs)
    lines = _recorded(lines, _space, repairs)
    return Repaired("\n".join(lines), tuple(repairs), tuple(doubts))


_ARABIC = re.compile("[ء-يﭐ-﷿ﹰ-ﻼ]")
_Lines = list[str]
_Change = tuple[Kind, str, str]
_Step = Callable[[_Lines], Iterator[tuple[str, list[_Change]]]]


def _recorded(lines: _Lines, step: _Step, repairs: list[Repair]) -> _Lines:
    repaired = []
    for number, (line, changes) in enumerate(step(lines), 1):
        repaired.append(line)
        repairs += [Repair(kind, number, before, after) for kind, before, after in changes]
    return repaired


def _turn_lines(lines: _Lines) -> Iterator[tuple[str, list[_Change]]]:
    """Mirrored lines are turned round before anything else reads them."""
    order = find_mirrored(lines)
    for line in lines:
        turned = unmirrored(line, order) if order else line
        yield turned, [("mirrored", line, turned)] if turned != line else []


def _spell_out(lines: _Lines) -> Iterator[tuple[str, list[_Change]]]:
    """Letters by their shape become letters; the marks that only steer a display are dropped.

    The Persian letters that Arabic fonts draw alike (`ی`, `ھ`, `ک`) become the Arabic ones where
    they came as shapes: who typed a Persian letter meant it.
    """
    for line in lines:
        changes: list[_Change] = []
        spelled = _sub(_SHAPES, _spelled, line, "presentation-form", changes)
        yield _sub(_DIRECTION, lambda _: "", spelled, "direction-mark", changes), changes


_SHAPES = re.compile("[ء-ي]*[ﭐ-ﴽﵐ-﷿ﹰ-ﻼ][ء-يًٌٍَُِّْﭐ-ﴽﵐ-﷿ﹰ-ﻼ]*")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_PERSIAN = str.maketrans("یھکہے", "يهكهي")


def _spelled(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0]).translate(_PERSIAN)


def _unstretch(lines: _Lines) -> Iterator[tuple[str, list[_Change]]]:
    """The tatweel between two letters is dropped; that of `هـ` and `الـ` belongs to them."""
    for line in lines:
        changes: list[_Change] = []
        yield (
            _sub(_STRETCHED, lambda word: word[0].replace("ـ", ""), line, "tatweel", changes),
            changes,
        )


_STRETCHED = re.compile("[ء-غف-ْ]+(?:ـ+[ء-غف-ْ]+)+")


_STEPS: tuple[tuple[re.Pattern[str], _Step], ...] = (
    (_ARABIC, _turn_lines),
    (re.compile("[ﭐ-ﴽﵐ-﷿ﹰ-ﻼ\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"), _spell_out),
    (re.compile("ـ"), _unstretch),
)


def _restore_lam_alef(lines: _Lines, repairs: list[Repair]) -> tuple[_Lines, list[Doubt]]:
    """Words are judged between their neighbours, which may stand on the lines around.

    Headings do not tell about the text below them: they may come from a table of records.
    """
    bare = [arabic_words(line) for line in lines]
    body = [words for line, words in zip(lines, bare, strict=True) if words and line[0] != "#"]
    fault = find_fault(chain.from_iterable(body or bare))
    if fault is None:
        return lines, []
    doubts: list[Doubt] = []
    restored, last = [], ""
    for number, (line, words) in enumerate(zip(lines, bare, strict=True), 1):
        below = next((found[0] for found in bare[number : number + _NEAR] if found), "")
        judged = _judged([last, *words, below], fault)
        restored.append(_rewritten(line, number, judged, repairs, doubts))
        last = words[-1] if words else last
    return restored, doubts


def _judged(words: Sequence[str], fault: Fault) -> dict[int, Restored]:
    """What becomes of the words of a line, by their place in it; the outer two are neighbours."""
    own = fault_of_line(words[1:-1], fault)
    return {
        at: restore(word, words[at], words[at + 2], own)
        for at, word in enumerate(words[1:-1])
        if own and may_be_turned(word)
    }


_NEAR = 3
_MARKS = "ً-ْٰ"
_LETTERS = "ء-بت-غـ-ويٮ-ۓ"
_WORD = re.compile(f"(?:[{_LETTERS}][{_MARKS}]*)*[ةى][{_MARKS}]*|(?:[{_LETTERS}][{_MARKS}]*)+")
_MARK = re.compile(f"[{_MARKS}]")
_CLUSTER = re.compile(f"[^{_MARKS}][{_MARKS}]*")


def arabic_words(text: str) -> list[str]:
    """The Arabic words of a text without harakat; words glued behind `ة` or `ى` are taken apart."""
    words = _WORD.findall(text)
    return [_MARK.sub("", word) for word in words] if _MARK.search(text) else words


def _rewritten(
    line: str,
    number: int,
    judged: Mapping[int, Restored],
    repairs: list[Repair],
    doubts: list[Doubt],
) -> str:
    """The line with the words that were judged, by their place in it, put back."""
    pieces, end = [], 0
    for at, match in enumerate(_WORD.finditer(line) if judged else ()):
        found = judged.get(at)
        if found is None:
            continue
        if not found.is_sure:
            doubts.append(Doubt(number, match[0]))
        if found.word != _MARK.sub("", match[0]):
            healthy = _marked(match[0], found.word)
            repairs.append(Repair("lam-alef", number, match[0], healthy))
            pieces += [line[end : match.start()], healthy]
            end = match.end()
    return "".join([*pieces, line[end:]])


def _marked(word: str, restored: str) -> str:
    """The restored word, each letter with the harakat that it has in `word`."""
    clusters = _CLUSTER.findall(word)
    if len(clusters) != len(restored) or not _MARK.search(word):
        return restored
    at = 0
    while at < len(restored) - 1:
        if clusters[at][0] != restored[at]:
            clusters[at], clusters[at + 1] = clusters[at + 1], clusters[at]
        at += 1
    return "".join(clusters)


def _space(lines: _Lines) -> Iterator[tuple[str, list[_Change]]]:
    """Commas that went to the next word, and with them full stops and numbers, go back.

    Only a text with such a comma is touched: elsewhere an odd space is the writer's own.
    """
    is_displaced = any(_DISPLACED.search(line) for line in lines)
    for line in lines:
        changes: list[_Change] = []
        spaced = line
        for pattern, replacement in _SPACINGS if is_displaced and _MAY_SPACE.search(line) else ():
            spaced = _sub(pattern, replacement, spaced, "spacing", changes)
        yield spaced, changes


_MAY_SPACE = re.compile(r"[\d،؛.:]")
_DISPLACED = re.compile(r"(?<=[\w)»]) [،؛](?=[ء-ي])")
_SPACINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=\d)و([.،])(\d[\d.]*)"), r" و\2\1"),
    (re.compile(r" ([،؛.:])(\d[\d./-]*)(?=[ء-ي])"), r" \2\1 "),
    (re.compile(r" ([،؛.:])(\d[\d./-]*)(?=\s|$)"), r" \2\1"),
    (re.compile(r"^\.(\d{1,3})(?=[ء-ي])"), r"\1. "),
    (re.compile(r"^-(\d{1,3})(?=[ء-ي])"), r"\1- "),
    (re.compile(r" ([،؛.:])(?=[ء-ي«\"(])"), r"\1 "),
    (re.compile(r"(?<=\d)(?=[ء-ي]{2})"), " "),
    (re.compile(r"(?<=\d)و(?=\d)"), " و"),
)


def _sub(
    pattern: re.Pattern[str],
    replacement: str | Callable[[re.Match[str]], str],
    line: str,
    kind: Kind,
    changes: list[_Change],
) -> str:
    def changed(match: re.Match[str]) -> str:
        after = match.expand(replacement) if isinstance(replacement, str) else replacement(match)
        if after != match[0]:
            changes.append((kind, match[0], after))
        return after

    return pattern.sub(changed, line)
