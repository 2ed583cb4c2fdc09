"""Do the cited words prove what is said, are they the right ones, and are they real?

Citation recall, precision and F1 are those of ALCE (Gao et al., 2023, *Enabling large language
models to generate text with citations*): a judge of entailment decides, and names itself, for
numbers of different judges cannot be compared.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.answer import Answer, Citation
from evals.spans import GoldSpan, Span, finds
from index.tokens import stems
from ingest.figures import find_figures, supports

QuoteClass = Literal["supported", "misattributed", "frankenquote", "fabricated"]
Level = Literal["document", "span"]
Pair = tuple[str, str]
Probability = Callable[[Sequence[Pair]], NDArray[np.float32]]
"""P(entailment) of each pair of premise and claim, shape (pairs,)."""

WORDS = 0.7
"""The share of a claim's words that its premise must have, for `WordSupport`."""
PIECE = 3
"""Words that a piece of a frankenquote has at least; of shorter ones any sentence is made."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence with the quote behind each of its citations.

    A citation that does not exist has an empty quote.
    """

    text: str
    quotes: tuple[str, ...] = ()

    @property
    def claims(self) -> bool:
        """Whether it says anything at all: has a letter or a digit."""
        return re.search(r"[^\W_]", self.text) is not None


class Support(Protocol):
    """Judges whether a premise proves a claim."""

    @property
    def name(self) -> str:
        """What to print beside the numbers."""
        ...

    def entails(self, premise: str, claim: str) -> bool:
        """Whether someone who believes the premise must believe the claim."""
        ...


class WordSupport:
    """All figures of the claim supported, and WORDS of its other words found in the premise.

    Needs no model, never varies, and works within one language only. Words are compared by stem,
    figures by value (see `ingest.figures.supports`).
    """

    name = "words"

    def entails(self, premise: str, claim: str) -> bool:
        """Whether figures and words agree; a claim without either proves nothing and fails."""
        known, said = find_figures(premise), find_figures(claim)
        if not all(any(supports(figure, one) for figure in known) for one in said):
            return False
        vocabulary = {stem for word in stems(premise) for stem in word}
        words = stems(_without(claim, [(figure.start, figure.end) for figure in said]))
        found = sum(not vocabulary.isdisjoint(word) for word in words)
        return found >= WORDS * len(words) if words else bool(said)


@dataclass(frozen=True, slots=True)
class ModelSupport:
    """A model of entailment with a threshold that was set on labelled pairs, never on the run."""

    probability: Probability
    threshold: float
    name: str
    _known: dict[Pair, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def entails(self, premise: str, claim: str) -> bool:
        """Whether `P(entailment) >= threshold`; the model sees each pair once."""
        pair = (premise, claim)
        if pair not in self._known:
            self._known[pair] = bool(self.probability([pair])[0] >= self.threshold)
        return self._known[pair]


# Proof


def cited(answer: Answer) -> tuple[Cited, ...]:
    """The sentences of an answer with what they cite."""
    quotes = {citation.n: citation.quote for citation in answer.citations}
    return tuple(
        Cited(sentence.text, tuple(quotes.get(n, "") for n in sentence.citations))
        for sentence in answer.sentences
    )


def cit_recall(sentences: Iterable[Cited], support: Support) -> float:
    """`mean_i [C_i ≠ ∅ and entails(∪C_i, s_i)]` over the sentences that make a claim.

    A sentence with a citation that does not exist scores 0, and so do no sentences.
    """
    return _mean(_proved(one, support) for one in sentences if one.claims)


def cit_precision(sentences: Iterable[Cited], support: Support) -> float:
    """`mean_c [recall_i = 1 and not redundant(c)]` over all citations of those sentences.

    `redundant(c)` when c does not entail its sentence and the others without c do. 0 without
    citations.
    """
    return _mean(needed for one in sentences if one.claims for needed in _needed(one, support))


def cit_f1(recall: float, precision: float) -> float:
    """`2 P R / (P + R)` of one question; 0 when both are."""
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def _proved(one: Cited, support: Support) -> bool:
    return all(one.quotes) and _entails(one.quotes, one.text, support)


def _needed(one: Cited, support: Support) -> Iterator[bool]:
    proved = _proved(one, support)
    for place, quote in enumerate(one.quotes):
        others = one.quotes[:place] + one.quotes[place + 1 :]
        yield proved and (
            _entails((quote,), one.text, support) or not _entails(others, one.text, support)
        )


def _entails(quotes: Sequence[str], claim: str, support: Support) -> bool:
    return bool(quotes) and support.entails("\n".join(quotes), claim)


# Against the gold


def gold_cite_recall(
    citations: Sequence[Span], golds: Sequence[GoldSpan], level: Level = "span"
) -> float:
    """`gold evidence cited / gold evidence`; the variants of a sheet count as one document.

    A span is cited by a citation that covers it (`evals.spans.covers`), a document by one from it.
    """
    if level == "document":
        wanted = {_documents(gold) for gold in golds}
        used = {citation.document for citation in citations}
        return _mean(not used.isdisjoint(documents) for documents in wanted)
    return _mean(any(finds(citation, gold) for citation in citations) for gold in golds)


def gold_cite_precision(
    citations: Sequence[Span], golds: Sequence[GoldSpan], level: Level = "span"
) -> float:
    """`citations that hit gold evidence / citations`."""
    if level == "document":
        wanted = {document for gold in golds for document in _documents(gold)}
        return _mean(citation.document in wanted for citation in citations)
    return _mean(any(finds(citation, gold) for gold in golds) for citation in citations)


def _documents(gold: GoldSpan) -> frozenset[str]:
    return frozenset(span.document for span in gold.alternatives)


# Quotes


def quote_class(citation: Citation, texts: Mapping[str, str]) -> QuoteClass:
    """How real a quote is; `texts` are the canonical texts of all documents by id.

    supported       `text[start:end]` of its document
    misattributed   verbatim, but elsewhere: in this document or in another
    frankenquote    two or more verbatim pieces put together, with or without an ellipsis
    fabricated      any other words
    """
    source = texts.get(citation.document_id, "")
    if 0 <= citation.start < citation.end and (
        source[citation.start : citation.end] == citation.quote
    ):
        return "supported"
    segments = [part.strip() for part in _ELLIPSIS.split(citation.quote) if part.strip()]
    if not segments:
        return "fabricated"
    if len(segments) == 1 and _occurs(segments[0], texts):
        return "misattributed"
    return "frankenquote" if all(_is_pieced(part, texts) for part in segments) else "fabricated"


_ELLIPSIS = re.compile(r"\[?(?:…|\.{3})\]?")


def _is_pieced(segment: str, texts: Mapping[str, str]) -> bool:
    """Whether a segment can be cut between words into verbatim pieces of at least PIECE words.

    `end` only moves on: what is verbatim from one word on is so from the next one too.
    """
    words = list(re.finditer(r"\S+", segment))
    cuts, end = {0}, 0
    for begin, word in enumerate(words):
        end = max(end, begin)
        while end < len(words) and _occurs(segment[word.start() : words[end].end()], texts):
            end += 1
        if begin in cuts:
            cuts.update(range(begin + PIECE, end + 1))
    return len(words) in cuts


def _occurs(words: str, texts: Mapping[str, str]) -> bool:
    return any(words in text for text in texts.values())


def _without(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    for start, end in stretches:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _mean(outcomes: Iterable[bool]) -> float:
    values = list(outcomes)
    return sum(values) / len(values) if values else 0.0
