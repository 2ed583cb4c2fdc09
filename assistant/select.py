"""Sixth step: from statements to evidence, the few sentences that bear on this question."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.evidence import Evidence, numbered
from assistant.expectation import Expectation, Expectations
from assistant.question import SHEET_LANGUAGE, Language
from assistant.relevance import Candidate, Relevance, Signals, bounded, kept
from assistant.standing import Standing, is_past
from assistant.state import State
from index.retriever import HybridRetriever, Match, Query
from index.store import StoredSentence
from ingest.document import Document, Section, Statement
from ingest.figures import Figure, find_figures, supports
from ingest.fold import fold

HEARD = 0.1
LEAST = 0.1
_REACHING = frozenset({"phone", "email"})


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span of a document on its way to becoming evidence."""

    document: Document
    start: int
    end: int
    statement: Statement | None
    context: tuple[str, ...]
    relevance: float

    @property
    def key(self) -> tuple[str, str]:
        """What its language variants share."""
        place = self.statement.anchor if self.statement else f"{self.document.id}:{self.start}"
        return (self.document.family, place)

    @property
    def is_gap(self) -> bool:
        """Whether it says what the sources do not tell."""
        return self.statement is not None and self.statement.is_gap


class SelectEvidence:
    """Weighs what speaks for each statement, and keeps those that are nearly as relevant as the
    best.

    What did not hold yet on the day that is asked about is left out. A statement is shown in the
    user's language where it exists. Both sides of a disagreement are kept even when only one was
    found.
    """

    name = "select"

    def __init__(
        self, retriever: HybridRetriever, expectations: Expectations, relevance: Relevance
    ) -> None:
        self._retriever = retriever
        self._expectations = expectations
        self._relevance = relevance
        self._store = retriever.generation.store

    def run(self, state: State) -> State:
        """Fill `wanted`, `candidates` and `evidence`, numbered from 1 as it is to be read."""
        if state.query is None:
            return state
        wanted = self._expectations.of(state.text) or self._expectations.of(state.standalone)
        ranked = _heard(self._candidates(state, state.query, wanted))
        shown = with_wanted(kept(_said_once(ranked)), ranked, wanted)
        pieces = [self._in_language(one, state.language) for one in shown]
        pieces = self._with_other_positions(pieces)
        return replace(state, wanted=wanted, candidates=tuple(ranked), evidence=_as_read(pieces))

    def _candidates(
        self, state: State, query: Query, wanted: Sequence[Expectation]
    ) -> list[Candidate]:
        """What was found, the most relevant first."""
        sentences = self._store.sentences(match.row for match in state.matches)
        standing = Standing(state)
        codes = [figure for figure in find_figures(state.standalone) if figure.kind == "code"]
        pairs = [
            (match, found)
            for match, found in zip(state.matches, sentences, strict=True)
            if standing.admits(found) and (not codes or _names(found, codes))
        ]
        weighed = []
        for match, found in pairs:
            signals = replace(
                self._signals(query, match, found, pairs[0]),
                kind=_kind(wanted, found),
                past=float(is_past(found, state.day)),
            )
            weighed.append(Candidate(found, signals, self._relevance.of(signals)))
        return sorted(weighed, key=lambda candidate: -candidate.relevance)

    def _signals(
        self, query: Query, match: Match, found: StoredSentence, best: tuple[Match, StoredSentence]
    ) -> Signals:
        top, strength = query.strength(best[0].score), query.strength(match.score)
        scale = bounded(top)
        return Signals(
            strength=scale * strength,
            behind=scale * (top - strength),
            nearest=scale * query.strength(match.nearest),
            asked=scale * query.strength(match.asked),
            cosine=match.nearest,
            words=match.lexical,
            coverage=self._retriever.generation.lexical.coverage(query.tokens, found.tokens),
            gap=float(found.status == "unknown"),
            sheet=float(found.family == best[1].family),
            crowd=match.crowd,
        )

    def _in_language(self, candidate: Candidate, language: Language) -> _Piece:
        found = candidate.found
        document = self._store.document(found.document_id)
        statement = document.statement(found.anchor)
        whole = statement or found
        piece = _Piece(
            document=document,
            start=whole.start,
            end=whole.end,
            statement=statement,
            context=found.context,
            relevance=candidate.relevance,
        )
        wanted = SHEET_LANGUAGE[language]
        if piece.statement is None or document.language == wanted:
            return piece
        variant = self._store.variants(found.family).get(wanted)
        if variant is None:
            return piece
        return _at_anchor(piece, self._store.document(variant), piece.statement.anchor)

    def _with_other_positions(self, pieces: list[_Piece]) -> list[_Piece]:
        present = {piece.key for piece in pieces}
        added = list(pieces)
        for piece in pieces:
            for anchor in _opposing(piece):
                if (piece.document.family, anchor) not in present:
                    present.add((piece.document.family, anchor))
                    added.append(_at_anchor(piece, piece.document, anchor))
        return added


def _heard(ranked: Sequence[Candidate]) -> list[Candidate]:
    """What a source vouches for; where that says nothing, any text, but never its contacts.

    A text that nobody vouches for may say whatever its writer wants said: it adds to no sheet and
    contradicts none, and a number to call or pay is given only where a source ties it to a body.
    """
    known = [one for one in ranked if one.found.anchor is not None]
    if known and known[0].relevance >= HEARD:
        return known
    return [one for one in ranked if one.found.anchor or not _REACHING & one.found.figures]


def with_wanted(
    shown: list[Candidate], ranked: Sequence[Candidate], wanted: Sequence[Expectation]
) -> list[Candidate]:
    """With the fact of the best one's sheet that holds what alone would be an answer.

    "What does it cost to open an account?" is nearest to how one is opened, and the price stands a
    few lines below. A number to call is not looked for there: it may be a neighbour's.
    """
    strict = [kind for kind in wanted if kind.strict and _REACHING.isdisjoint(kind.figures)]
    facts = [one for one in shown if not one.is_gap]
    if not (strict and facts) or any(_holds(one.found, strict) for one in facts):
        return shown
    family = facts[0].found.family
    near = (one for one in ranked if one.found.family == family and not one.is_gap)
    held = next((one for one in near if one.relevance >= LEAST and _holds(one.found, strict)), None)
    return [*shown, held] if held else shown


def _said_once(ranked: Iterable[Candidate]) -> Iterator[Candidate]:
    """Of candidates with the same words in the same table or list, the most relevant.

    One by one, for folding words is slow and only the first few are ever kept.
    """
    said: set[tuple[str, ...]] = set()
    for one in ranked:
        words = tuple(map(_bare, (*one.found.context, one.found.words)))
        if words not in said:
            said.add(words)
            yield one


def _bare(words: str) -> str:
    return " ".join(_MARKS.sub("", fold(words)).split()).rstrip(" .;,")


_MARKS = re.compile(r"^(?:[-*•–◦▪]|\d{1,3}[.)])\s")


def _kind(wanted: Sequence[Expectation], found: StoredSentence) -> float:
    if not wanted:
        return 0.0
    return 1.0 if _holds(found, wanted) else -1.0


def _holds(found: StoredSentence, kinds: Sequence[Expectation]) -> bool:
    return any(kind.met_with(found.figures, found.words) for kind in kinds)


def _names(found: StoredSentence, codes: Sequence[Figure]) -> bool:
    """Whether it names a code of the question, in its words or title.

    The validity of another certificate is no answer about EUR.1, however alike the words are.
    """
    if not any(token.startswith("code=") for token in found.tokens):
        return False
    figures = find_figures(f"{found.title} {found.words}")
    return any(supports(figure, code) for figure in figures for code in codes)


def _at_anchor(piece: _Piece, document: Document, anchor: str) -> _Piece:
    statement = document.statement(anchor)
    if statement is None:
        return piece
    return replace(
        piece, document=document, start=statement.start, end=statement.end, statement=statement
    )


def _opposing(piece: _Piece) -> Iterator[str]:
    if piece.statement is None:
        return
    for conflict in piece.document.conflicts:
        anchors = [anchor for position in conflict.positions for anchor in position.statements]
        if piece.statement.anchor in anchors:
            yield from anchors


def _as_read(pieces: Iterable[_Piece]) -> tuple[Evidence, ...]:
    """Evidence as it is to be read: the most relevant first, what no source tells last.

    The sides of a disagreement are as relevant as the one that was found, and stay together.
    """
    in_order = sorted(pieces, key=lambda piece: -piece.relevance)
    return numbered(map(_evidence, in_order))


def _evidence(piece: _Piece) -> Evidence:
    return Evidence(
        number=0,
        document=piece.document,
        start=piece.start,
        end=piece.end,
        section=" › ".join((*_section(piece).path, *map(_shown, piece.context))),
        score=piece.relevance,
        statement=piece.statement,
    )


def _shown(context: str) -> str:
    """The line above a list or a table without its marks: `| Pays | Part |` as `Pays | Part`."""
    return context.strip("-*•◦▪| ").rstrip(" :")


def _section(piece: _Piece) -> Section:
    inside = (s for s in piece.document.sections if s.start <= piece.start < s.end)
    return max(
        inside,
        key=lambda section: section.start,
        default=Section(anchor="", path=(), start=0, end=0),
    )
