"""Sixth step: from passages to evidence, the few sentences that bear on this question."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from assistant.evidence import Evidence
from assistant.expectation import Expectations
from assistant.question import Language
from assistant.state import State
from index.retriever import Hit, HybridRetriever, Query
from ingest.document import Document, Section, Statement
from ingest.figures import Figure, find_figures, supports

PASSAGE_SHARE = 0.3
MARGIN = 0.25
CHANCE = 3.4
CONTACT_CAUTION = 0.5
LIMIT = 6
GAPS = 2
PAST = 0.5

_SHEET_LANGUAGE: dict[Language, str] = {
    "fr": "fr",
    "ar": "ar",
    "en": "en",
    "ary": "ar",
    "ary-latn": "ar",
}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence in the language it was found in; `key` is shared by its language variants."""

    key: tuple[str, str]
    document: Document
    start: int
    end: int
    statement: Statement | None
    score: float

    @property
    def is_gap(self) -> bool:
        """Whether it says what the sources do not tell."""
        return self.statement is not None and self.statement.is_gap


class SelectEvidence:
    """Scores sentences by their own fit and their passage's, and keeps those near the best.

    What no longer holds stands behind what does; what did not hold yet on the day that is asked
    about is left out. Language variants of a statement count once, with the best score any of them
    reached, and are shown in the user's language where it exists. Both sides of a disagreement are
    kept even when only one was found.
    """

    name = "select"

    def __init__(self, retriever: HybridRetriever, expectations: Expectations) -> None:
        self._retriever = retriever
        self._expectations = expectations
        self._store = retriever.generation.store

    def run(self, state: State) -> State:
        """Fill `wanted`, `coverage` and `evidence`, numbered from 1 as it is to be read."""
        if state.query is None:
            return state
        wanted = self._expectations.of(state.text)
        candidates = self._candidates(state.query, state.hits, state.question.as_of)
        ranked = _naming(_codes(state.standalone), _best_per_key(candidates))
        caution = CONTACT_CAUTION if any(kind.name == "contact" for kind in wanted) else 0.0
        kept = _near_the_best(ranked, state.query, caution)
        shown = [self._in_language(candidate, state.language) for candidate in kept]
        shown = self._with_other_positions(shown)
        return replace(
            state,
            wanted=wanted,
            coverage=self._coverage(state.query, kept),
            evidence=tuple(_number(shown)),
        )

    def _candidates(
        self, query: Query, hits: Iterable[Hit], day: date | None
    ) -> Iterator[_Candidate]:
        for hit in hits:
            document = self._store.document(hit.stored.passage.document_id)
            if day and document.valid_from and document.valid_from > day.isoformat():
                continue
            for scored in self._retriever.score_sentences(query, hit):
                sentence = scored.sentence
                statement = sentence.statement
                place = statement.anchor if statement else f"{document.language}:{sentence.start}"
                yield _Candidate(
                    key=(document.family, place),
                    document=document,
                    start=sentence.start,
                    end=sentence.end,
                    statement=statement,
                    score=(1 - PASSAGE_SHARE) * scored.score
                    + PASSAGE_SHARE * hit.score
                    - PAST * query.spread * _is_past(statement, day),
                )

    def _coverage(self, query: Query, kept: Iterable[_Candidate]) -> float:
        """Best share of the question's word weight that one sentence holds, as it was found."""
        lexical = self._retriever.generation.lexical
        texts = (f"{c.document.title} {c.document.text[c.start : c.end]}" for c in kept)
        return max((lexical.coverage(query.tokens, text) for text in texts), default=0.0)

    def _in_language(self, candidate: _Candidate, language: Language) -> _Candidate:
        wanted = _SHEET_LANGUAGE[language]
        if candidate.statement is None or candidate.document.language == wanted:
            return candidate
        variant = self._store.variants(candidate.document.family).get(wanted)
        if variant is None:
            return candidate
        document = self._store.document(variant)
        return _at_anchor(candidate, document, candidate.statement.anchor)

    def _with_other_positions(self, kept: list[_Candidate]) -> list[_Candidate]:
        present = {candidate.key for candidate in kept}
        added = list(kept)
        for candidate in kept:
            for anchor in _opposing(candidate):
                if (candidate.document.family, anchor) not in present:
                    present.add((candidate.document.family, anchor))
                    added.append(_at_anchor(candidate, candidate.document, anchor))
        return added


def _is_past(statement: Statement | None, day: date | None) -> bool:
    if statement is None:
        return False
    ended = bool(day and statement.valid_to and statement.valid_to < day.isoformat())
    return ended or statement.status in {"superseded", "historical"}


def _codes(text: str) -> list[Figure]:
    return [figure for figure in find_figures(text) if figure.kind == "code"]


def _naming(codes: list[Figure], ranked: list[_Candidate]) -> list[_Candidate]:
    """Those that name a code of the question, in their words or title; all if it has none.

    The validity of another certificate is no answer about EUR.1, however alike the words are.
    """
    if not codes:
        return ranked
    return [candidate for candidate in ranked if _names(candidate, codes)]


def _names(candidate: _Candidate, codes: list[Figure]) -> bool:
    words = f"{candidate.document.title} {candidate.document.text[candidate.start : candidate.end]}"
    return any(supports(found, code) for found in find_figures(words) for code in codes)


def _best_per_key(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    best: dict[tuple[str, str], _Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.key)
        if known is None or candidate.score > known.score:
            best[candidate.key] = candidate
    return sorted(best.values(), key=lambda c: (-c.score, c.key))


def _near_the_best(ranked: list[_Candidate], query: Query, caution: float) -> list[_Candidate]:
    """The facts near the best one, behind at most GAPS gaps if a gap leads.

    Near is within MARGIN of the best strength and above what questions reach by chance (CHANCE): a
    question that stands out clearly may take more than one that hardly does. A gap leads when it
    scores as high as the best fact, or with `caution`, in spreads, nearly as high.
    """
    facts = [candidate for candidate in ranked if not candidate.is_gap]
    gaps = [candidate for candidate in ranked if candidate.is_gap]
    best = facts[0].score if facts else 0.0
    leading = [gap for gap in gaps if gap.score >= best - caution * query.spread][:GAPS]
    top = query.strength(max([best, *(gap.score for gap in leading)]))
    floor = min(top, max((1 - MARGIN) * top, CHANCE))
    near = [fact for fact in facts if query.strength(fact.score) >= floor]
    return [*near[: LIMIT - len(leading)], *leading]


def _at_anchor(candidate: _Candidate, document: Document, anchor: str) -> _Candidate:
    statement = next((s for s in document.statements if s.anchor == anchor), None)
    if statement is None:
        return candidate
    return replace(
        candidate,
        key=(document.family, anchor),
        document=document,
        start=statement.start,
        end=statement.end,
        statement=statement,
    )


def _opposing(candidate: _Candidate) -> Iterator[str]:
    if candidate.statement is None:
        return
    for conflict in candidate.document.conflicts:
        anchors = [anchor for position in conflict.positions for anchor in position.statements]
        if candidate.statement.anchor in anchors:
            yield from anchors


def _number(candidates: list[_Candidate]) -> Iterator[Evidence]:
    rank = {c.document.id: i for i, c in reversed(list(enumerate(candidates)))}
    ordered = sorted(candidates, key=lambda c: (rank[c.document.id], c.start))
    for number, candidate in enumerate(ordered, start=1):
        yield Evidence(
            number=number,
            document=candidate.document,
            start=candidate.start,
            end=candidate.end,
            section=" › ".join(_section(candidate).path),
            score=candidate.score,
            statement=candidate.statement,
        )


def _section(candidate: _Candidate) -> Section:
    inside = (s for s in candidate.document.sections if s.start <= candidate.start < s.end)
    return max(
        inside,
        key=lambda section: section.start,
        default=Section(anchor="", path=(), start=0, end=0),
    )
