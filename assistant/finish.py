"""Last step: the answer as it is handed over, with its dates, its doubts and a way on."""

from collections.abc import Iterable, Iterator
from uuid import uuid4

from assistant.answer import ANSWERING, Answer, Conflict, Engine, Notice, Position, Sentence
from assistant.doubts import doubts
from assistant.evidence import Evidence
from assistant.followups import FollowUps
from assistant.handoff import HandoffDesk
from assistant.phrases import Phrases
from assistant.standing import FIRST_LINES
from assistant.state import Outcome, State
from assistant.verify import quotes
from ingest.document import Conflict as DocumentConflict


class Finish:
    """Makes the Answer. Whatever it adds is a fixed phrase, a date, or a sourced contact."""

    name = "finish"

    def __init__(
        self, desk: HandoffDesk, follow_ups: FollowUps, phrases: Phrases, generation: str
    ) -> None:
        self._desk = desk
        self._follow_ups = follow_ups
        self._phrases = phrases
        self._generation = generation

    def answer(self, state: State) -> Answer:
        """The typed outcome of a state that has run through the steps or was closed early."""
        outcome = _outcome(state)
        sentences = state.sentences or _explaining(state, outcome)
        conflicts = tuple(_conflicts(state.evidence)) if sentences else ()
        cited = _cited(state.evidence, sentences, conflicts)
        notices = (
            *state.notices,
            *self._lost(state, outcome),
            *doubts(cited, state.language, state.day, self._phrases),
        )
        return Answer(
            id=str(uuid4()),
            status=outcome.status,
            reason=outcome.reason,
            language=state.language,
            text="\n".join([*_first_lines(notices), self._text(state, outcome, sentences)]),
            sentences=sentences,
            citations=tuple(item.citation for item in cited),
            conflicts=conflicts,
            notices=notices,
            handoff=self._desk.find(state, outcome),
            follow_ups=self._follow_ups.find(state, outcome, cited),
            engine=state.engine
            or Engine(composer="extractive", model=None, generation=self._generation),
            timings_ms=state.timings_ms,
        )

    def _lost(self, state: State, outcome: Outcome) -> Iterator[Notice]:
        """The part that could have been answered, beside one that was turned away."""
        if state.declined and outcome.status not in ANSWERING:
            yield self._phrases.notice("missing_part", state.language, parts=state.standalone)

    def _text(self, state: State, outcome: Outcome, sentences: tuple[Sentence, ...]) -> str:
        lines = [f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in sentences]
        lead = self._lead(state, outcome, has_sentences=bool(sentences))
        return "\n".join([lead, *lines] if lead else lines)

    def _lead(self, state: State, outcome: Outcome, *, has_sentences: bool) -> str | None:
        if outcome.status == "answered":
            return None
        key = f"refused.{outcome.reason}" if outcome.reason else outcome.status
        if outcome.status == "unanswerable" and has_sentences:
            key = "gap"
        elif key == "partial" and any(item.is_gap for item in state.evidence):
            key = "partial.gaps"
        return self._phrases.say(key, state.language)


def _outcome(state: State) -> Outcome:
    """How the run ended; beside a part that was turned away, an answer is but a part."""
    outcome = state.outcome or Outcome("unanswerable")
    if state.declined is None:
        return outcome
    if outcome.status in ANSWERING:
        return Outcome("partial", state.declined.reason)
    return state.declined


def _first_lines(notices: Iterable[Notice]) -> Iterator[str]:
    """What has to be read before the answer: that its words no longer hold, or not for long."""
    return (notice.text for notice in notices if notice.kind in FIRST_LINES)


def _explaining(state: State, outcome: Outcome) -> tuple[Sentence, ...]:
    """Without an answer, the statements that say what the documents do not know."""
    if outcome.status != "unanswerable":
        return ()
    return tuple(
        Sentence(text=d.text, citations=d.evidence, mode="quote") for d in quotes(state.evidence)
    )


def _conflicts(evidence: tuple[Evidence, ...]) -> Iterator[Conflict]:
    numbers = {(e.document.id, e.statement.anchor): e.number for e in evidence if e.statement}
    documents = {e.document.id: e.document for e in evidence}
    for document_id, document in documents.items():
        for conflict in document.conflicts:
            positions = tuple(_positions(conflict, document_id, numbers))
            if all(position.citations for position in positions):
                yield Conflict(subject=conflict.subject, positions=positions)


def _positions(
    conflict: DocumentConflict, document_id: str, numbers: dict[tuple[str, str], int]
) -> Iterator[Position]:
    for position in conflict.positions:
        keys = [(document_id, anchor) for anchor in position.statements]
        yield Position(
            value=position.value,
            citations=tuple(numbers[key] for key in keys if key in numbers),
        )


def _cited(
    evidence: tuple[Evidence, ...],
    sentences: tuple[Sentence, ...],
    conflicts: tuple[Conflict, ...],
) -> tuple[Evidence, ...]:
    used = {n for sentence in sentences for n in sentence.citations}
    used |= {n for c in conflicts for position in c.positions for n in position.citations}
    return tuple(item for item in evidence if item.number in used)
