"""Retrieval and citations against gold spans: stretches of the canonical text of documents.

The variants of a sheet say the same, so a gold span is a set of alternatives, one a language, and
is found when any of them is. `ranked` holds the spans of passages, best first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.question import Language
from evals.claims import Documents
from evals.gold import Evidence
from evals.ranking import dcg, exponential

SHARE = 0.5
"""How much of a gold span a passage must hold, in characters, to count as holding it."""


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` of a document."""

    document: str
    start: int
    end: int


class GoldSpan(NamedTuple):
    """One piece of evidence in all languages it exists in; grade 2 is essential, 1 supports."""

    alternatives: tuple[Span, ...]
    grade: int = 2


def covers(passage: Span, gold: Span, share: float = SHARE) -> bool:
    """Whether a passage holds at least that share of the characters of a gold span."""
    common = min(passage.end, gold.end) - max(passage.start, gold.start)
    same = passage.document == gold.document
    return same and common > 0 and common >= share * (gold.end - gold.start)


def finds(passage: Span, gold: GoldSpan) -> bool:
    """Whether a passage covers a gold span in any of its languages."""
    return any(covers(passage, alternative) for alternative in gold.alternatives)


def alternatives(
    evidence: Evidence, document: Documents, variants: Callable[[str], Mapping[str, str]]
) -> tuple[Span, ...]:
    """The gold span as written, then the same statement in the other variants of its sheet.

    `variants` maps a family to the document id of each language, as `index.store.Store` does. A
    document that does not exist has no variants: its span is then found by nothing.
    """
    own = Span(evidence.document, evidence.start, evidence.end)
    source = document(evidence.document)
    others = variants(source.family).values() if source else ()
    found = [document(other) for other in others if other != own.document]
    return own, *(
        Span(variant.id, statement.start, statement.end)
        for variant in found
        if variant and (statement := variant.statement(evidence.statement))
    )


def gold_spans(
    evidence: Sequence[Evidence],
    document: Documents,
    variants: Callable[[str], Mapping[str, str]],
) -> tuple[GoldSpan, ...]:
    """All evidence of an item, each with its alternatives."""
    return tuple(
        GoldSpan(alternatives(piece, document, variants), piece.grade) for piece in evidence
    )


def language_pair(question: Language, document: str) -> str:
    """The languages of a question and of a document it is answered from: `ar-fr`."""
    return f"{question}-{document}"


def meeting(question: Language, evidence: Iterable[Sequence[str]]) -> str | None:
    """The pair of languages that meet in a question and its evidence; None without evidence.

    `evidence` gives of each piece the languages it exists in, that of the gold first. A statement
    is ranked in all its languages as one, and found in any of them. So evidence that exists in the
    language of the question is met there, `fr-fr`, whichever variant the gold names or the search
    brings up: that shows nothing of how well French finds Arabic. A question goes across languages
    only if a piece of its evidence exists in others alone; then its pair names the first such
    piece. Darija is a language of its own, and in a corpus of French, Arabic and English whoever
    asks in it goes across, `ary-ar`, and nobody else does.
    """
    pieces = list(evidence)
    foreign = [languages for languages in pieces if question not in languages]
    if foreign:
        return language_pair(question, foreign[0][0])
    return language_pair(question, question) if pieces else None


def recall_at(ranked: Sequence[Span], golds: Sequence[GoldSpan], k: int) -> float:
    """`gold spans covered by the top k / gold spans`; 0 without any."""
    found = sum(any(finds(passage, gold) for passage in ranked[:k]) for gold in golds)
    return found / len(golds) if golds else 0.0


def hit_at(ranked: Sequence[Span], golds: Sequence[GoldSpan], k: int) -> float:
    """1 when the top k cover any gold span, else 0."""
    return float(any(finds(passage, gold) for passage in ranked[:k] for gold in golds))


def reciprocal_rank(ranked: Sequence[Span], golds: Sequence[GoldSpan], k: int = 10) -> float:
    """`1 / rank` of the first of the top k that covers a gold span, 0 if none does."""
    for rank, passage in enumerate(ranked[:k], 1):
        if any(finds(passage, gold) for gold in golds):
            return 1 / rank
    return 0.0


def ndcg_at(ranked: Sequence[Span], golds: Sequence[GoldSpan], k: int = 10) -> float:
    """`DCG / IDCG` with `DCG = Σ_r (2^rel_r - 1) / log2(r + 1)` over the top k; 0 without golds.

    rel is the highest grade that a passage is the first to cover, else 0: the same words in a
    second language, or in an overlapping passage, gain nothing. The ideal list is what was gained
    and what is left, sorted. Golds found in one passage count there as one, for no order could
    have set them apart. So the measure is 1 when all is found, the essential first.
    """
    left, gains = set(golds), []
    for passage in ranked[:k]:
        first = {gold for gold in left if finds(passage, gold)}
        left -= first
        gains.append(exponential(max((gold.grade for gold in first), default=0)))
    ideal = sorted([*gains, *(exponential(gold.grade) for gold in left)], reverse=True)
    return dcg(gains) / dcg(ideal[:k]) if golds else 0.0
