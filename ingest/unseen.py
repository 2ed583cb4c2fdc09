"""Unseen: words that a file holds and does not show to a person, and what becomes of them.

One rule for every format. Hidden rows, sheets, runs, elements and comments, and letters without
colour are left out, and the report tells where they stand: an office hides a column in good faith,
and the rest of its table is needed all the same. A file is held back whole when hidden words give
orders to whatever reads them, for who wrote those wrote the rest too, or when it hides more words
than it shows, for then what it shows is not what it says.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.fold import strip_controls
from ingest.suspicion import HIDDEN_STYLE, Reason, Suspicion, seen_suspicions


@dataclass(frozen=True, slots=True)
class Unseen:
    """The hidden words that begin on one line (from 1) of a file: their first ones, how many.

    `reason` tells by what they give the file away, None if they do not.
    """

    line: int
    text: str
    words: int
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Hidden words as the report tells them: where they stand, the first of them, how many."""

    place: str
    text: str
    words: int


def unseen(line: int, words: str, place: str = "") -> tuple[Unseen, ...]:
    """What is hidden at a line, told with its `place` there; nothing if it is a mere mark."""
    count = _count(words)
    if count <= _MARK:
        return ()
    reasons = (one.reason for one in seen_suspicions(words) if one.reason in _TELLING)
    said = " ".join(strip_controls(words).split())
    return (Unseen(line, f"{place}{said}"[:_SHOWN], count, next(reasons, None)),)


def given_away(found: Sequence[Unseen], text: str) -> Suspicion | None:
    """Why a file is held back that shows `text` besides what it hides, None if it need not be."""
    telling = next((one for one in found if one.reason), None)
    if telling and telling.reason:
        return Suspicion(telling.line, telling.text, telling.reason)
    if sum(one.words for one in found) > _count(text):
        return Suspicion(found[0].line, found[0].text, "mostly-hidden")
    return None


def shown(text: str) -> tuple[str, tuple[Unseen, ...]]:
    """A text without the comments and hidden elements in it, and what those say.

    Lines keep their numbers. An element that holds others is left alone: where it ends is not
    sure, and `suspicions` finds it.
    """
    kept: list[str] = []
    found: list[Unseen] = []
    at, line = 0, 1
    for start, end, words in _hidden(text):
        line += text.count("\n", at, start)
        found += unseen(line, words)
        lines = text.count("\n", start, end)
        kept += [text[at:start], "\n" * lines]
        at, line = end, line + lines
    return "".join([*kept, text[at:]]), tuple(found)


_MARK = 2
"""Words: the label of an icon or the mark of a program is no message."""
_SHOWN = 120
_TELLING: tuple[Reason, ...] = ("order", "bait")
_WORD = re.compile(r"\w+")
_OPENS = re.compile(r"<!--|<(?P<tag>[a-zA-Z]\w*)\s[^<>]{0,300}>(?P<words>[^<]*)</")


def _count(words: str) -> int:
    return sum(1 for _ in _WORD.finditer(words))


def _hidden(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and words of what markup hides; time is linear in the length of the text."""
    at, last = 0, text.rfind("-->")
    while match := _OPENS.search(text, at):
        at, closed = match.end(), match.end()
        if match["tag"] is None and match.end() <= last:
            closed = text.index("-->", match.end())
            at = closed + len("-->")
            yield match.start(), at, text[match.end() : closed]
        elif match["tag"] and HIDDEN_STYLE.search(text[match.start() : match.start("words")]):
            end = f"{match['tag']}>"
            if text.startswith(end, closed):
                at = closed + len(end)
                yield match.start(), at, match["words"]
