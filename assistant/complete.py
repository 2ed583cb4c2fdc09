"""Seventh step: a list is shown whole, for half a procedure is a procedure that fails."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.evidence import Evidence, numbered
from assistant.phrases import Phrases
from assistant.standing import is_past
from assistant.state import State
from assistant.wishes import Wishes
from index.store import Store
from ingest.document import Document, Section, Statement
from ingest.fold import fold

STEPS = "steps"
LISTED = 16
SHOWN = 12
BESIDE = 2
NEAR = 0.5
LEAST = 0.3
SURE = 0.85


class Complete:
    """Gives whoever asks for the steps, or the papers, of a procedure all of them, in order.

    The sections of a `procedure` sheet are lists (see `corpus/README.md`). Those of the sheet that
    holds the best fact of a procedure are shown whole when the question asks for them; a mere "how"
    asks only for the one that this fact is part of. What else was found stays as far as there is
    room: SHOWN in all. A list of more than LISTED is cut and a notice says so.

    A guide gathers statements of other sheets for one kind of product, and each is cited from the
    sheet that it was taken from. Its lists are long, and the words of a trade suffice to find it:
    without words that want all of it, it must be SURE that the whole course is asked for. Otherwise
    its overview is one sentence among others.
    """

    name = "complete"

    def __init__(self, store: Store, wishes: Wishes, phrases: Phrases) -> None:
        self._store = store
        self._wishes = wishes
        self._phrases = phrases

    def run(self, state: State) -> State:
        """Fill up `evidence`, numbered anew."""
        best = _best(state.evidence)
        if best is None:
            return state
        whole = [
            statement
            for section in self._wanted(best, state)
            for statement in _listed(best.document, section)
            if not is_past(statement, state.day)
        ]
        if not whole:
            return state
        notices = state.notices
        if len(whole) > LISTED:
            notices = (*notices, self._phrases.notice("cut", state.language))
        known = {(item.document.id, item.start): item for item in state.evidence}
        shown = (*whole[:LISTED], *_left_open(best.document))
        listed = {one.start: self._cited(known, best.document, one) for one in shown}
        evidence = _merged(known, best.document, listed)
        return replace(state, evidence=evidence, notices=notices)

    def _wanted(self, best: Evidence, state: State) -> list[Section]:
        """The sections that are asked for; of a guide that is SURE to fit, at least the steps."""
        sections, asked = best.document.sections, fold(state.standalone)
        wanted = [section for section in sections if self._is_wanted(section, best, asked)]
        if wanted or not best.document.is_guide or best.score < SURE:
            return wanted
        return [section for section in sections if section.anchor == STEPS]

    def _is_wanted(self, section: Section, best: Evidence, asked: str) -> bool:
        found = section.start <= best.start < section.end and not best.document.is_guide
        return any(
            wish.section == section.anchor
            and (wish.all.found_in(asked) or (found and wish.some.found_in(asked)))
            for wish in self._wishes.each
        )

    def _cited(
        self, known: Mapping[tuple[str, int], Evidence], document: Document, statement: Statement
    ) -> Evidence:
        """The statement as it was found; one that was not has no probability of its own."""
        home, itself = self._at_home(document, statement)
        return known.get((home.id, itself.start)) or Evidence(
            number=0,
            document=home,
            start=itself.start,
            end=itself.end,
            section=" › ".join(_path(home, itself)),
            score=0.0,
            statement=itself,
        )

    def _at_home(self, document: Document, statement: Statement) -> tuple[Document, Statement]:
        """A statement of a guide in the sheet that it was taken from, in the same language."""
        if statement.taken_from is None:
            return document, statement
        family, _, anchor = statement.taken_from.partition("#")
        home = self._store.document(self._store.variants(family)[document.language])
        itself = home.statement(anchor)
        return (home, itself) if itself else (document, statement)


def _best(evidence: Sequence[Evidence]) -> Evidence | None:
    """The best fact of a procedure, if it is not far behind the best of all."""
    facts = sorted((item for item in evidence if not item.is_gap), key=lambda item: -item.score)
    near = (item for item in facts if item.score >= max(LEAST, NEAR * facts[0].score))
    return next((item for item in near if item.document.kind == "procedure"), None)


def _listed(document: Document, section: Section) -> Iterator[Statement]:
    return (s for s in document.statements if section.start <= s.start < section.end)


def _left_open(guide: Document) -> tuple[Statement, ...]:
    """What no source tells about a whole course: the first that its guide names.

    Who prepares dates for abroad and reads ten steps has to know that none of them is the plant
    health certificate because no source describes it.
    """
    return tuple(one for one in guide.statements if one.is_gap)[:1] if guide.is_guide else ()


def _merged(
    known: Mapping[tuple[str, int], Evidence], procedure: Document, listed: Mapping[int, Evidence]
) -> tuple[Evidence, ...]:
    """The list, and beside it what else was found, if it is better or there is room for it.

    `listed` has its items by their place in the procedure. The procedure comes first if the best
    fact of all is its own; what no source tells comes last.
    """
    kept = {(item.document.id, item.start) for item in listed.values()}
    others = [item for place, item in known.items() if place not in kept]
    others.sort(key=lambda item: (item.is_gap, item.score), reverse=True)
    best = max(item.score for item in listed.values())
    room = max(BESIDE, SHOWN - len(listed))
    others = [item for rank, item in enumerate(others) if rank < room or item.score >= best]
    shown = {(item.document.id, item.start) for item in others}
    places = {item.start: item for item in others if item.document.id == procedure.id} | dict(
        listed
    )
    own = [places[place] for place in sorted(places)]
    rest = [
        item for place, item in known.items() if place in shown and item.document.id != procedure.id
    ]
    best = max(item.score for item in own)
    is_first = all(item.score <= best for item in rest if not item.is_gap)
    ordered = (*own, *rest) if is_first else (*rest, *own)
    return numbered(ordered)


def _path(document: Document, statement: Statement) -> tuple[str, ...]:
    inside = [s for s in document.sections if s.start <= statement.start < s.end]
    return max(inside, key=lambda section: section.start).path
