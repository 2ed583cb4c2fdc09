"""Seventh step: is there an answer in this evidence, part of one, two, or none?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.answer import Status
from assistant.evidence import Evidence, numbered
from assistant.expectation import Expectation
from assistant.relevance import Relevance, ground
from assistant.state import Outcome, State
from ingest.document import Conflict

CONFLICT = 0.5
SPEAKS = 0.3
LEVEL = 0.6
EXPLAINS = 0.2


class Decide:
    """Answers when it is probable enough that the evidence holds the answer (see
    `assistant.relevance`), and says otherwise which gap of the documents explains why not.

    A gap does not silence a fact that may well be what was asked for (SPEAKS) and is nearly as
    relevant (LEVEL): whoever asks for a deadline wants it, and wants to know that no one
    confirms it for this year. Both are shown, as a part of an answer. A price, a share or a
    contact is all or nothing: without one there is no answer to what it is, and when what fits
    best says that there is no number to call, that of a neighbouring department would only
    mislead. A gap that is hardly about what was asked (EXPLAINS) is no reason for a refusal:
    the documents do not answer, and do not say so either.

    A `bold` one answers whatever there is evidence for: that is how the risk of answering is
    measured.
    """

    name = "decide"

    def __init__(self, relevance: Relevance, *, bold: bool = False) -> None:
        self._relevance = relevance
        self._bold = bold

    def run(self, state: State) -> State:
        """Set `support` and `outcome`, and announce the citations.

        Without an answer, the run is closed and only the evidence that explains why is kept.
        """
        facts = [e for e in state.evidence if not e.is_gap]
        missing = [k for k in state.wanted if not any(k.met_by(e.quote) for e in facts)]
        level = state.query.level if state.query else 0.0
        support = self._relevance.answerable(ground(state.candidates, level=level))
        state = replace(state, support=support if state.evidence else 0.0)
        decided = self._decide(state, missing)
        decided.emit("citations", tuple(item.citation for item in decided.evidence))
        return decided

    def _decide(self, state: State, missing: Sequence[Expectation]) -> State:
        gaps = tuple(e for e in state.evidence if e.is_gap)
        if self._bold and state.evidence:
            return replace(state, outcome=Outcome("answered"))
        fact = max((e.score for e in state.evidence if not e.is_gap), default=0.0)
        gap = max((e.score for e in gaps), default=0.0)
        is_sure = (state.support or 0.0) >= self._relevance.threshold
        if not (is_sure or (gaps and fact >= max(SPEAKS, LEVEL * gap))):
            return _close(state, gaps)
        if not fact or _lacks(state.wanted, missing) or (gap > fact and _is_contact(state.wanted)):
            return _close(state, gaps)
        if missing or gaps:
            return replace(state, outcome=Outcome("partial"))
        floor = CONFLICT * max(e.score for e in state.evidence)
        status: Status = "conflict" if _disagree(state.evidence, floor) else "answered"
        return replace(state, outcome=Outcome(status))


def _is_contact(wanted: Sequence[Expectation]) -> bool:
    return any(kind.name == "contact" for kind in wanted)


def _lacks(wanted: Sequence[Expectation], missing: Sequence[Expectation]) -> bool:
    """Whether nothing that was asked for is there, and nothing else will do."""
    return len(missing) == len(wanted) and any(kind.strict for kind in missing)


def _close(state: State, gaps: tuple[Evidence, ...]) -> State:
    """Withhold the answer, with the gaps that are probable enough to be why (EXPLAINS)."""
    why = (gap for gap in gaps if gap.score >= EXPLAINS)
    return replace(state, evidence=numbered(why), outcome=Outcome("unanswerable"), closed=True)


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
