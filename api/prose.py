"""An answer as one text, for programs that show a text and nothing else."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import cast

from assistant.answer import Answer, Citation, Conflict, Handoff, Sentence
from assistant.phrases import Phrases
from assistant.question import Language

RULE = "\n\n---\n\n"
"""Between the answer and what is said about it; only the first is read when it comes back."""

_ACTIVE = re.compile(r"!(?=\[)|\](?=[(:])|<(?=[A-Za-z/!?])")
_WEB = ("https://", "http://")


def prose(answer: Answer) -> str:
    """The answer, then what is said about it."""
    return inert(answer.text) + apparatus(answer)


def apparatus(answer: Answer) -> str:
    """Disagreements, notices, who can help, and the sources by number; empty without any.

    An address stands here only if a source bears it, or the directory.
    """
    blocks = (
        *(_listed(f"≠ {conflict.subject}", _positions(conflict)) for conflict in answer.conflicts),
        _listed("", (notice.text for notice in answer.notices)),
        _help(answer.handoff) if answer.handoff else "",
        _listed(say("sources", answer.language), map(_source, answer.citations)),
    )
    told = "\n\n".join(block for block in blocks if block)
    return inert(RULE + told) if told else ""


def spoken(sentence: Sentence) -> str:
    """A sentence as it stands in the text of an answer."""
    return f"{sentence.text} {_marks(sentence.citations)}"


def inert(text: str) -> str:
    """The text as one in which Markdown finds no picture, no link and no tag.

    A document may hold what a program that renders it would fetch. A space inside takes the
    meaning away and leaves the words.
    """
    return _ACTIVE.sub(r"\g<0> ", text)


def say(key: str, language: str) -> str:
    """A phrase of the assistant's own in the language of an answer."""
    return _phrases().say(key, cast("Language", language))


@cache
def _phrases() -> Phrases:
    return Phrases.load()


def _listed(title: str, lines: Iterable[str]) -> str:
    items = [f"- {line}" for line in lines]
    return "\n".join([title, *items] if title else items) if items else ""


def _positions(conflict: Conflict) -> Iterator[str]:
    for position in conflict.positions:
        yield f"{position.value} {_marks(position.citations)}"


def _help(handoff: Handoff) -> str:
    contacts = ", ".join(f"{contact.kind} {contact.value}" for contact in handoff.contacts)
    return f"→ {handoff.body}. {handoff.why} {contacts}".rstrip()


def _source(citation: Citation) -> str:
    url = citation.url if citation.url and citation.url.startswith(_WEB) else None
    about = (citation.title, citation.publisher, citation.source_date or "—", url)
    return f"[{citation.n}] {', '.join(part for part in about if part)}"


def _marks(numbers: Iterable[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)
