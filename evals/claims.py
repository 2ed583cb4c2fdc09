"""Claims: what an answer says, piece by piece, each with the words that it cites."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from assistant.answer import Answer, Citation
from ingest.document import PAST, Document

Documents = Callable[[str], Document | None]
"""Looks a document up by id; None when there is none."""

_MARK = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, one side of a conflict, or what the text adds around them.

    `is_current` is False when every cited statement is superseded or historical, and when the
    answer shows what is cited as one side of a disagreement.
    """

    text: str
    quotes: tuple[str, ...] = ()
    is_current: bool = True


def claims(answer: Answer, document: Documents) -> tuple[Claim, ...]:
    """All that the answer asserts, in reading order; citations that do not exist prove nothing."""
    return tuple(_claims(answer, document))


def said(answer: Answer) -> str:
    """The words in which a fact may be found: the text, both sides of conflicts, the hand-off."""
    parts = [answer.text, *(sentence.text for sentence in answer.sentences)]
    parts += [p.value for conflict in answer.conflicts for p in conflict.positions]
    if answer.handoff:
        parts += [answer.handoff.body, *(contact.value for contact in answer.handoff.contacts)]
    return _unmarked("\n".join(parts))


def shown(answer: Answer) -> str:
    """Everything the user reads but the questions offered next: `said`, notices and quotes."""
    why = [answer.handoff.why] if answer.handoff else []
    notices = [notice.text for notice in answer.notices]
    subjects = [conflict.subject for conflict in answer.conflicts]
    quotes = [citation.quote for citation in answer.citations]
    return "\n".join([said(answer), *subjects, *notices, *why, *quotes])


def _claims(answer: Answer, document: Documents) -> Iterator[Claim]:
    cited = {citation.n: citation for citation in answer.citations}
    disputed = {n for c in answer.conflicts for p in c.positions for n in p.citations}
    for sentence in answer.sentences:
        proofs = [cited[n] for n in sentence.citations if n in cited]
        is_past = bool(proofs) and all(_is_past(proof, document) for proof in proofs)
        is_disputed = bool(disputed.intersection(sentence.citations))
        yield Claim(sentence.text, _quotes(proofs), is_current=not (is_past or is_disputed))
    for conflict in answer.conflicts:
        both = [n for position in conflict.positions for n in position.citations]
        yield Claim(
            conflict.subject, _quotes(cited[n] for n in both if n in cited), is_current=False
        )
        for position in conflict.positions:
            proofs = [cited[n] for n in position.citations if n in cited]
            yield Claim(position.value, _quotes(proofs), is_current=False)
    rest = _rest(answer)
    if rest:
        yield Claim(rest, _quotes(answer.citations))


def _rest(answer: Answer) -> str:
    """What the text holds besides the sentences, and the notices that open it."""
    text = answer.text
    parts = [*(one.text for one in answer.sentences), *(one.text for one in answer.notices)]
    for part in sorted(parts, key=len, reverse=True):
        text = text.replace(part, "\n")
    return _unmarked(text).strip()


def _is_past(citation: Citation, document: Documents) -> bool:
    source = document(citation.document_id)
    statements = source.statements if source else ()
    touched = [s for s in statements if s.start < citation.end and citation.start < s.end]
    return bool(touched) and all(statement.status in PAST for statement in touched)


def _quotes(citations: Iterable[Citation]) -> tuple[str, ...]:
    return tuple(citation.quote for citation in citations)


def _unmarked(text: str) -> str:
    return _MARK.sub(" ", text)
