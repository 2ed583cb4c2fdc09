"""Seventh step: a list is shown whole, for half a procedure is a procedure that fails."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.evidence import Evidence
from assistant.lexicon import Lexicon
from assistant.phrases import Phrases
from assistant.shipped import shipped
from assistant.standing import is_past
from assistant.state import State
from ingest.document import Document, Section, Statement
from ingest.fold import fold

LISTED = 16
SHOWN = 12
BESIDE = 2
NEAR = 0.5
LEAST = 0.3


@dataclass(frozen=True, slots=True)
class _Wish:
    """The section of a procedure that is asked for, by words that want all of it or may do."""

    section: str
    all: Lexicon
    some: Lexicon


class Complete:
    """Gives whoever asks for the steps, or the papers, of a procedure all of them, in order.

    The sections of a `procedure` sheet are lists (see `corpus/README.md`). Those of the sheet that
    holds the best fact of a procedure are shown whole when the question asks for them; a mere "how"
    asks only for the one that this fact is part of. What else was found stays as far as there is
    room: SHOWN in all. A list of more than LISTED is cut and a notice says so.
    """

    name = "complete"

    def __init__(self, wishes: Sequence[_Wish], phrases: Phrases) -> None:
        self._wishes = tuple(wishes)
        self._phrases = phrases

    @classmethod
    def load(cls, phrases: Phrases) -> "Complete":
        """The words shipped with the assistant."""
        data: Mapping[str, Mapping[str, list[str]]] = shipped("complete.yaml")
        return cls(
            [_Wish(name, Lexicon(w["all"]), Lexicon(w["some"])) for name, w in data.items()],
            phrases,
        )

    def run(self, state: State) -> State:
        """Fill up `evidence`, numbered anew."""
        best = _best(state.evidence)
        if best is None:
            return state
        lists = [s for s in best.document.sections if self._is_wanted(s, best, state)]
        whole = [
            statement
            for section in lists
            for statement in _listed(best.document, section)
            if not is_past(statement, state.day)
        ]
        if not whole:
            return state
        notices = state.notices
        if len(whole) > LISTED:
            notices = (*notices, self._phrases.notice("cut", state.language))
        evidence = tuple(_merged(state.evidence, best.document, whole[:LISTED]))
        return replace(state, evidence=evidence, notices=notices)

    def _is_wanted(self, section: Section, best: Evidence, state: State) -> bool:
        asked = fold(state.standalone)
        found = section.start <= best.start < section.end
        return any(
            wish.section == section.anchor
            and (wish.all.found_in(asked) or (found and wish.some.found_in(asked)))
            for wish in self._wishes
        )


def _best(evidence: Sequence[Evidence]) -> Evidence | None:
    """The best fact of a procedure, if it is not far behind the best of all."""
    facts = sorted((item for item in evidence if not item.is_gap), key=lambda item: -item.score)
    near = (item for item in facts if item.score >= max(LEAST, NEAR * facts[0].score))
    return next((item for item in near if item.document.kind == "procedure"), None)


def _listed(document: Document, section: Section) -> Iterator[Statement]:
    return (s for s in document.statements if section.start <= s.start < section.end)


def _merged(
    evidence: Sequence[Evidence], procedure: Document, whole: Sequence[Statement]
) -> Iterator[Evidence]:
    """The list, and beside it what else was found, if it is better or there is room for it.

    The procedure comes first if the best fact of all is its own; what no source tells comes last.
    """
    known = {(item.document.id, item.start): item for item in evidence}
    listed = [_evidence(known, procedure, statement) for statement in whole]
    kept = {(item.document.id, item.start) for item in listed}
    others = [item for place, item in known.items() if place not in kept]
    others.sort(key=lambda item: (item.is_gap, item.score), reverse=True)
    best = max(item.score for item in listed)
    room = max(BESIDE, SHOWN - len(listed))
    others = [item for rank, item in enumerate(others) if rank < room or item.score >= best]
    shown = {(item.document.id, item.start) for item in others}
    own = sorted(
        (*listed, *(item for item in others if item.document.id == procedure.id)),
        key=lambda item: item.start,
    )
    rest = [
        item for place, item in known.items() if place in shown and item.document.id != procedure.id
    ]
    is_first = all(item.score <= best for item in rest if not item.is_gap)
    ordered = (*own, *rest) if is_first else (*rest, *own)
    for number, item in enumerate(sorted(ordered, key=lambda item: item.is_gap), start=1):
        yield replace(item, number=number)


def _evidence(
    known: Mapping[tuple[str, int], Evidence], document: Document, statement: Statement
) -> Evidence:
    """The statement as it was found; one that was not has no probability of its own."""
    found = known.get((document.id, statement.start))
    return found or Evidence(
        number=0,
        document=document,
        start=statement.start,
        end=statement.end,
        section=" › ".join(_path(document, statement)),
        score=0.0,
        statement=statement,
    )


def _path(document: Document, statement: Statement) -> tuple[str, ...]:
    inside = [s for s in document.sections if s.start <= statement.start < s.end]
    return max(inside, key=lambda section: section.start).path
