"""Inquiry: the steps that look for an answer, gone through once for each question that is asked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from assistant.answer import ANSWERING
from assistant.evidence import Evidence, numbered
from assistant.gloss import GLOSS
from assistant.parts import Parts
from assistant.phrases import Phrases
from assistant.pipeline import timed
from assistant.retrieve import Retrieve
from assistant.rewrite import Rewrite
from assistant.state import Emit, EventKind, Outcome, State, Step
from index.retriever import Query

_EXPLAINS = 0.3
_LEAST_NORM = 1e-9


class Inquiry:
    """Answers a message part by part, so that no part is lost behind the other.

    Each part takes from the first that names a subject what it leaves out itself. What answers a
    part is evidence for the whole; a part that nothing answers is named, and the answer is partial.
    Where no part finds an answer the message is read whole; so is «et combien ça coûte ?» behind
    the question that it follows.

    What the parts mean is encoded in one go, which is most of what they cost; it counts into the
    time of this step. `gloss` and `retrieve` are the first of the steps, `rest` those behind them.
    """

    name = "inquiry"

    def __init__(
        self,
        gloss: Step,
        retrieve: Retrieve,
        rest: Sequence[Step],
        *,
        parts: Parts,
        rewrite: Rewrite,
        phrases: Phrases,
    ) -> None:
        self._gloss = gloss
        self._retrieve = retrieve
        self._search = (retrieve, *rest)
        self._parts = parts
        self._rewrite = rewrite
        self._phrases = phrases

    def run(self, state: State) -> State:
        """Do what the steps do, for a message of several parts with all of them."""
        quiet = replace(state, emit=_only_status(state.emit))
        done = self._inquired(quiet)
        state.emit("citations", tuple(item.citation for item in done.evidence))
        return replace(done, emit=state.emit)

    def _inquired(self, state: State) -> State:
        parts, alone = self._asked_now(state)
        if len(parts) == 1:
            done = self._read(replace(state, standalone=alone[0]))
            lacks = alone[0] != state.standalone and self._lacks_a_figure(state, done)
            return self._read(state) if lacks else done
        one = replace(state, notices=(), timings_ms={})
        asked = [
            timed(self._gloss, replace(one, text=part, standalone=whole))
            for part, whole in zip(parts, alone, strict=True)
        ]
        all_done = [self._found(part) for part in self._retrieve.ahead(asked)]
        if not any(map(_answers, all_done)) or self._lacks_a_figure(state, all_done[-1]):
            return self._read(state)
        return self._merged(state, parts, all_done)

    def _asked_now(self, state: State) -> tuple[Sequence[str], Sequence[str]]:
        """The parts that want an answer, and each as it would be asked alone.

        What goes on from an earlier question takes its subject, and does not ask it again.
        """
        parts = self._parts.of(state.standalone, state.language)
        if len(parts) == 1:
            return parts, (state.standalone,)
        goes_on = state.standalone != state.text
        new = len(self._parts.of(state.text, state.language)) if goes_on else len(parts)
        if new >= len(parts):
            return parts, tuple(self._whole(parts))
        subject, now = " ".join(parts[:-new]), parts[-new:]
        return now, tuple(self._rewrite.completed(part, subject) for part in now)

    def _lacks_a_figure(self, state: State, last: State) -> bool:
        """Whether it asks but for a figure of what was asked before, and alone finds none."""
        follows = state.question.history and len(self._parts.of(state.text, state.language)) == 1
        return bool(follows and last.wanted) and not _answers(last)

    def _read(self, state: State) -> State:
        return self._found(timed(self._gloss, state))

    def _found(self, state: State) -> State:
        for step in self._search:
            if not state.closed:
                state = timed(step, state)
        return state

    def _whole(self, parts: Sequence[str]) -> Iterator[str]:
        """Each part as it would be asked alone."""
        subject = next((part for part in parts if not self._rewrite.is_bare(part)), parts[0])
        for part in parts:
            yield part if part == subject else self._rewrite.completed(part, subject)

    def _merged(self, state: State, parts: Sequence[str], done: Sequence[State]) -> State:
        found = [one for one in done if _answers(one)]
        facts = [item for one in found for item in one.evidence]
        lacking = [
            (part, one)
            for part, one in zip(parts, done, strict=True)
            if not (_answers(one) or _is_told(one, facts))
        ]
        notices = [notice for one in done for notice in one.notices if notice.kind != GLOSS]
        if lacking:
            quoted = " · ".join(part for part, _ in lacking)
            notices.append(self._phrases.notice("missing_part", state.language, parts=quoted))
        candidates = (candidate for one in done for candidate in one.candidates)
        gaps = (item for _, one in lacking for item in one.evidence if item.score >= _EXPLAINS)
        understood = self._gloss.run(state).notices
        return replace(
            state,
            gloss=" ".join(dict.fromkeys(one.gloss for one in done if one.gloss)),
            query=_joint([one.query for one in done if one.query]),
            matches=tuple(match for one in done for match in one.matches),
            wanted=tuple(dict.fromkeys(kind for one in done for kind in one.wanted)),
            candidates=tuple(sorted(candidates, key=lambda candidate: -candidate.relevance)),
            evidence=_once([*facts, *gaps]),
            support=max(one.support or 0.0 for one in done),
            outcome=_outcome([*found, *(one for _, one in lacking)]),
            notices=(*understood, *dict.fromkeys(notices)),
            timings_ms=_summed([state, *done]),
        )


def _answers(state: State) -> bool:
    return state.outcome is not None and state.outcome.status in ANSWERING


def _is_told(part: State, facts: Iterable[Evidence]) -> bool:
    """Whether what fits a part best, and well enough, is said anyway, for another part."""
    best = part.candidates[0] if part.candidates else None
    if best is None or best.is_gap or best.relevance < _EXPLAINS:
        return False
    return any(
        item.statement is not None
        and (item.document.family, item.statement.anchor) == (best.found.family, best.found.anchor)
        for item in facts
    )


def _summed(states: Iterable[State]) -> dict[str, float]:
    """What the states spent on each step together."""
    spent: defaultdict[str, float] = defaultdict(float)
    for state in states:
        for name, milliseconds in state.timings_ms.items():
            spent[name] += milliseconds
    return {name: round(milliseconds, 1) for name, milliseconds in spent.items()}


def _outcome(done: Sequence[State]) -> Outcome:
    """All of it is answered when each part is; sources that disagree on a part disagree."""
    statuses = {one.outcome.status for one in done if one.outcome}
    if statuses <= {"answered"}:
        return Outcome("answered")
    return Outcome("conflict" if statuses <= {"answered", "conflict"} else "partial")


def _only_status(emit: Emit) -> Emit:
    """The listener of a part: what is cited is told once, for the whole."""

    def heard(kind: EventKind, payload: object) -> None:
        if kind == "status":
            emit(kind, payload)

    return heard


def _once(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Evidence part by part, numbered anew, each place once with its best score, gaps last."""
    best: dict[tuple[str, int], Evidence] = {}
    for item in evidence:
        known = best.get((item.document.id, item.start))
        if known is None or known.score < item.score:
            best[item.document.id, item.start] = item
    return numbered(best.values())


def _joint(queries: Sequence[Query]) -> Query | None:
    """One query for all parts, as `index.retriever.HybridRetriever.encode` makes of wordings."""
    if not queries:
        return None
    vector = np.sum([query.vector for query in queries], axis=0)
    return Query(
        text=queries[0].text,
        vector=vector / max(float(np.linalg.norm(vector)), _LEAST_NORM),
        tokens=tuple(dict.fromkeys(token for query in queries for token in query.tokens)),
        level=float(np.mean([query.level for query in queries])),
        spread=float(np.mean([query.spread for query in queries])),
    )
