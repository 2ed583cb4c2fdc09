"""Seventh step: is there an answer in this evidence, part of one, two, or none?"""

from collections.abc import Mapping
from dataclasses import replace

from assistant.answer import Status
from assistant.evidence import Evidence
from assistant.state import Outcome, State
from ingest.document import Conflict

SCORE = 0.845
STRENGTH = 3.2
CLEAR = 6.0
COVERAGE = 0.25
CONFLICT = 0.75
_OWN_WORDS = frozenset({"fr", "ar", "en"})


class Decide:
    """A first decision from three signs: how well the best sentence fits, whether the documents
    say themselves that they do not know, and whether the evidence holds the kind of figure that the
    question asks for.

    A fit must be good in itself (SCORE, on the scale of `index.retriever.Hit`) and stand out from
    what this question scores by chance (STRENGTH, in spreads; see `index.retriever.Query`): some
    questions are near everything. A question in the language of the sheets whose words hardly
    occur in the evidence (COVERAGE) is about something else, unless it stands out by CLEAR. A
    contact is all or nothing: when the evidence says that there is none, the number of a
    neighbouring department would only mislead.
    """

    name = "decide"

    def __init__(self, *, score: float = SCORE, strength: float = STRENGTH) -> None:
        self._score = score
        self._strength = strength

    def run(self, state: State) -> State:
        """Set `outcome` and announce the citations.

        Without an answer, the run is closed and only the evidence that explains why is kept.
        """
        decided = self._decide(state)
        decided.emit("citations", tuple(item.citation for item in decided.evidence))
        return decided

    def _decide(self, state: State) -> State:
        missing = [k for k in state.wanted if not any(k.met_by(e.quote) for e in state.evidence)]
        best = max(state.evidence, key=lambda e: e.score, default=None)
        if best is None or state.query is None or best.score < self._score:
            return _close(state, ())
        strength = state.query.strength(best.score)
        foreign = state.language in _OWN_WORDS and state.coverage < COVERAGE
        if strength < (CLEAR if foreign else self._strength):
            return _close(state, ())
        gaps = tuple(e for e in state.evidence if e.is_gap)
        no_contact = any(k.name == "contact" and (gaps or k in missing) for k in state.wanted)
        if no_contact or len(gaps) == len(state.evidence):
            return _close(state, gaps)
        if missing or gaps:
            return replace(state, outcome=Outcome("partial"))
        floor = best.score - CONFLICT * state.query.spread
        status: Status = "conflict" if _disagree(state.evidence, floor) else "answered"
        return replace(state, outcome=Outcome(status))


def _close(state: State, evidence: tuple[Evidence, ...]) -> State:
    kept = tuple(replace(item, number=n) for n, item in enumerate(evidence, start=1))
    return replace(state, evidence=kept, outcome=Outcome("unanswerable"), closed=True)


def _disagree(evidence: tuple[Evidence, ...], floor: float) -> bool:
    """Whether sources disagree on what was asked: on a statement that reached `floor`.

    A disagreement beside the point is still shown with both its sides, but is not the answer.
    """
    scores = {(e.document.id, e.statement.anchor): e.score for e in evidence if e.statement}
    conflicts = {(e.document.id, c.id): c for e in evidence for c in e.document.conflicts}
    return any(
        _reaches(conflict, document_id, scores, floor)
        for (document_id, _), conflict in conflicts.items()
    )


def _reaches(
    conflict: Conflict, document_id: str, scores: Mapping[tuple[str, str], float], floor: float
) -> bool:
    sides = [
        max((scores.get((document_id, anchor), 0.0) for anchor in position.statements), default=0.0)
        for position in conflict.positions
    ]
    return min(sides) > 0 and max(sides) >= floor
