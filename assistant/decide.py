"""Sixth step: is there an answer in this evidence, part of one, two, or none?"""

from dataclasses import replace

from assistant.answer import Status
from assistant.evidence import Evidence
from assistant.expectation import Expectations
from assistant.state import Outcome, State

ANSWERABLE = 0.85


class Decide:
    """A first decision from three signs: how well the best sentence fits, whether the documents
    say themselves that they do not know, and whether the evidence holds the kind of figure that the
    question asks for.

    A contact is all or nothing: when the best evidence says that there is none, the number of a
    neighbouring department would only mislead. `ANSWERABLE` is on the scale of
    `index.retriever.Hit`.
    """

    name = "decide"

    def __init__(self, expectations: Expectations, threshold: float = ANSWERABLE) -> None:
        self._expectations = expectations
        self._threshold = threshold

    def run(self, state: State) -> State:
        """Set `outcome` and announce the citations.

        Without an answer, the run is closed and only the evidence that explains why is kept.
        """
        decided = self._decide(state)
        decided.emit("citations", tuple(item.citation for item in decided.evidence))
        return decided

    def _decide(self, state: State) -> State:
        wanted = self._expectations.of(state.standalone)
        missing = [k for k in wanted if not any(k.met_by(e.quote) for e in state.evidence)]
        best = max(state.evidence, key=lambda e: e.score, default=None)
        if best is None or best.score < self._threshold:
            return _close(state, ())
        gaps = tuple(e for e in state.evidence if e.is_gap)
        no_contact = any(k.name == "contact" and (best.is_gap or k in missing) for k in wanted)
        if no_contact or len(gaps) == len(state.evidence):
            return _close(state, gaps)
        if missing or gaps:
            return replace(state, outcome=Outcome("partial"))
        status: Status = "conflict" if _disagree(state.evidence) else "answered"
        return replace(state, outcome=Outcome(status))


def _close(state: State, evidence: tuple[Evidence, ...]) -> State:
    return replace(state, evidence=evidence, outcome=Outcome("unanswerable"), closed=True)


def _disagree(evidence: tuple[Evidence, ...]) -> bool:
    anchors = {(e.document.id, e.statement.anchor) for e in evidence if e.statement}
    return any(
        all(
            any((e.document.id, anchor) in anchors for anchor in position.statements)
            for position in conflict.positions
        )
        for e in evidence
        for conflict in e.document.conflicts
    )
