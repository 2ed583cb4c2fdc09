"""Measures of one answer: small pure functions, each from 0 to 1, `crag` from -1 to 1.

A share of nothing is 0 unless a function states otherwise. Whoever averages these keeps every item
in its denominator: an error has no answer to measure and scores as the worst one (see
`evals.run`).
"""

import re
from collections.abc import Iterable, Sequence
from math import ceil

from assistant.answer import ANSWERING, Citation, Status
from assistant.question import Language
from evals.claims import Claim, Documents
from evals.facts import has_words, mentions, occurs, read
from evals.gold import Fact, GoldItem
from ingest.figures import find_figures, supports
from ingest.language import detect


def share(part: float, whole: float, *, of_nothing: float = 0.0) -> float:
    """`part / whole`, or `of_nothing` when there is nothing to have a share of."""
    return part / whole if whole else of_nothing


def mean(values: Iterable[float]) -> float | None:
    """Arithmetic mean; None of no values, for then there is nothing to report."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest rank: the smallest value that at least `percent` % of the values do not exceed.

    0 for no values.
    """
    ordered = sorted(values)
    return ordered[max(ceil(len(ordered) * percent / 100), 1) - 1] if ordered else 0.0


# Facts and figures


def fact_recall(facts: Sequence[Fact], text: str) -> float:
    """`facts found in the text / facts`; 1 without facts, for then nothing can be missing."""
    reading = read(text)
    found = sum(occurs(fact, reading) for fact in facts)
    return share(found, len(facts), of_nothing=1.0)


def found_facts(facts: Sequence[Fact], text: str) -> tuple[bool, ...]:
    """Of each fact, whether the text holds it."""
    reading = read(text)
    return tuple(occurs(fact, reading) for fact in facts)


def figure_precision(claims: Sequence[Claim]) -> float:
    """`figures found in a span cited for them / figures said`; 1 when no figure is said."""
    said = sum(len(find_figures(claim.text)) for claim in claims)
    return share(said - len(unsupported_figures(claims)), said, of_nothing=1.0)


def unsupported_figures(claims: Iterable[Claim]) -> tuple[str, ...]:
    """Figures, as written, that no quote cited for them says; see `ingest.figures.supports`."""
    return tuple(figure for claim in claims for figure in _unsupported(claim))


def forbidden_hits(item: GoldItem, shown: str) -> tuple[str, ...]:
    """The forbidden values of an item that occur in what the user is shown."""
    reading = read(shown)
    return tuple(value for value in item.forbidden if mentions(value, reading))


def stale_hits(item: GoldItem, claims: Iterable[Claim]) -> tuple[str, ...]:
    """Values that may be told as past only, and are told as what holds.

    A claim tells them as past when what it cites is superseded, historical or disputed, or when it
    says so itself (`abrogé`, `no longer`, `سابق`...).
    """
    current = [read(claim.text) for claim in claims if claim.is_current]
    plain = [reading for reading in current if not _sounds_past(reading.words)]
    return tuple(
        value
        for value in item.forbidden_as_current
        if any(mentions(value, reading) for reading in plain)
    )


def _unsupported(claim: Claim) -> list[str]:
    known = [figure for quote in claim.quotes for figure in find_figures(quote)]
    return [
        claim.text[figure.start : figure.end]
        for figure in find_figures(claim.text)
        if not any(supports(evidence, figure) for evidence in known)
    ]


_PAST_STEMS = (
    "ancien", "antérieur", "auparavant", "précédent", "abrog", "supprim", "remplac", "n'est plus",
    "ne sont plus", "plus en vigueur", "était", "étaient", "former", "previous", "repeal",
    "older", "no longer", "replaced", "superseded", "سابق", "قديم", "ملغى", "ملغاة", "ألغيت",
    "لم يعد", "لم تعد", "استبدل",
)  # fmt: skip
_PAST_WORDS = ("was", "were", "كان", "كانت")


def _sounds_past(words: str) -> bool:
    return any(has_words(stem, words, whole=False) for stem in _PAST_STEMS) or any(
        has_words(word, words, whole=True) for word in _PAST_WORDS
    )


# Citations


def quotes_exact(citations: Sequence[Citation], document: Documents) -> float:
    """`quotes that are text[start:end] of their document / quotes`."""
    exact = len(citations) - len(altered_quotes(citations, document))
    return share(exact, len(citations))


def altered_quotes(citations: Iterable[Citation], document: Documents) -> tuple[Citation, ...]:
    """Citations whose quote does not stand at its place, or whose document does not exist."""
    return tuple(citation for citation in citations if not _is_exact(citation, document))


def _is_exact(citation: Citation, document: Documents) -> bool:
    source = document(citation.document_id)
    if source is None or not 0 <= citation.start < citation.end <= len(source.text):
        return False
    return source.text[citation.start : citation.end] == citation.quote


# Status and language


def status_ok(item: GoldItem, status: Status, *, spoiled: bool, explained: bool) -> bool:
    """Whether the status is one of those that are right.

    `spoiled`: something forbidden is said. `explained`: the gold's own words are cited, or it names
    none; without them a partial answer is no answer to what the documents do not know.
    """
    allowed = item.partial_if and explained and not spoiled
    return status in item.expect or (allowed and status == "partial")


def false_answer(item: GoldItem, status: Status, *, accepted: bool) -> bool:
    """`answered and unanswerable`, unless the gold accepts that status for this item."""
    return not item.answerable and status in ANSWERING and not accepted


def false_refusal(item: GoldItem, status: Status, *, accepted: bool) -> bool:
    """`refused and answerable`, unless the gold accepts that status for this item."""
    return item.answerable and status not in ANSWERING and not accepted


_SPOKEN: dict[Language, frozenset[Language]] = {
    "fr": frozenset({"fr"}),
    "ar": frozenset({"ar"}),
    "en": frozenset({"en"}),
    "ary": frozenset({"ary", "ar"}),
    "ary-latn": frozenset({"ary-latn", "ary", "ar"}),
}
_SCRIPTS = {"fr": {"latn"}, "ar": {"arab"}, "en": {"latn"}, "ary": {"arab"}}
_MARK = re.compile(r"\[\d+\]")


def language_ok(languages: Iterable[Language], text: str) -> bool:
    """Whether a text is in a language that suits, as `ingest.language` detects it.

    Darija may be answered in standard Arabic, and Darija in Latin letters in either. A text that
    shows no language (a number, a name) only needs the right script; an empty one fails.
    """
    words = _MARK.sub(" ", text)
    if not words.strip():
        return False
    detected = detect(words)
    if detected.confidence == 0:
        return any(
            detected.script in _SCRIPTS.get(language, {"latn", "arab"}) for language in languages
        )
    return any(detected.language in _SPOKEN[language] for language in languages)


# The headline


def crag(
    item: GoldItem,
    status: Status,
    *,
    accepted: bool,
    recall: float,
    precision: float,
    spoiled: bool,
) -> float:
    """One number in which a wrong answer costs more than silence.

        +1    correct: recall = precision = 1, or an accepted outcome of an unanswerable question
        +0.5  partly: 0 < recall < 1 and precision = 1
        0     withheld though answerable
        -1    any other answer, and any that says what is forbidden

    The scale is that of the CRAG benchmark (Yang et al., 2024: perfect 1, acceptable 0.5,
    missing 0, incorrect -1), decided by rules instead of a judge. Withholding everything scores
    the share of unanswerable questions.
    """
    if spoiled:
        return -1.0
    if not item.answerable:
        return 1.0 if accepted and precision == 1 else -1.0
    if status not in ANSWERING:
        return 0.0
    return _graded(recall, precision)


def _graded(recall: float, precision: float) -> float:
    if precision < 1 or recall == 0:
        return -1.0
    return 1.0 if recall == 1 else 0.5
