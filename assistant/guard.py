"""Third step: what Sanad does not do, decided by rules that anyone can read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.answer import Status
from assistant.disguise import Disguises
from assistant.lexicon import Lexicon, Rule, flat
from assistant.normalise import visible
from assistant.parts import Parts
from assistant.phrases import Phrases
from assistant.program import is_program
from assistant.question import QUESTION_LIMIT
from assistant.rewrite import Rewrite
from assistant.shipped import shipped
from assistant.state import Outcome, State
from ingest.fold import fold

Rules = Mapping[str, tuple[Rule, ...]]

_SHARED = frozenset({"concepts", "disguised", "continuation"})


class Guard:
    """Ends the run with a typed refusal when a rule of `guard.yaml` holds.

    What is judged is the question as it will be searched, an earlier question that it follows
    included: it goes to the model as well. It is read through its disguises, and orders also in the
    markup that was dropped from it. An earlier question is judged too when this one only asks to go
    on with it, and an order is an order when half of it was given in the turn before; one that was
    refused then does not spoil a good question now.

    Of a message that asks several things only what may be asked goes on, and the answer says what
    was turned away. Orders to the assistant spoil the whole message, for they are meant to.
    """

    name = "guard"

    def __init__(
        self,
        rules: Rules,
        continuation: Lexicon,
        disguises: Disguises,
        *,
        parts: Parts,
        rewrite: Rewrite,
        phrases: Phrases,
    ) -> None:
        self._rules = rules
        self._continuation = continuation
        self._disguises = disguises
        self._parts = parts
        self._rewrite = rewrite
        self._phrases = phrases

    @classmethod
    def load(cls, parts: Parts, rewrite: Rewrite, phrases: Phrases) -> "Guard":
        """The rules shipped with the assistant."""
        data = shipped("guard.yaml")
        rules = {
            reason: tuple(map(Rule.parse, found))
            for reason, found in data.items()
            if reason not in _SHARED
        }
        hidden = Lexicon(flat(data["disguised"]))
        continuation = Lexicon(data["continuation"])
        return cls(
            rules, continuation, Disguises(hidden), parts=parts, rewrite=rewrite, phrases=phrases
        )

    def run(self, state: State) -> State:
        """Close the state if a rule holds, unless a part of the message may be answered.

        The first reason in the file's order wins.
        """
        reason = self.reason(state)
        if reason is None:
            return state
        parts = self._parts.of(state.standalone or state.text, state.language)
        refused = [part for part in parts if self._judged(part)]
        rest = " ".join(part for part in parts if part not in refused)
        orders = reason == "injection" or self._hidden_order(state)
        if orders or not self._may_go_on(parts, refused, rest):
            return replace(state, outcome=_outcome(reason), closed=True)
        declined = _outcome(self._judged(refused[0]) or reason)
        notice = self._phrases.notice(
            "declined_part", state.language, parts=" · ".join(f"« {part} »" for part in refused)
        )
        notices = (*state.notices, notice)
        return replace(state, text=rest, standalone=rest, declined=declined, notices=notices)

    def reason(self, state: State) -> str | None:
        """Why the question of a state is refused, or that it is `out_of_scope`; None if neither."""
        asked = state.standalone or state.text
        return (
            self._judged(asked)
            or self._hidden_order(state)
            or self._with_earlier(state)
            or ("out_of_scope" if is_program(state.question.question) else None)
        )

    def _hidden_order(self, state: State) -> str | None:
        """An order that shows only in letters set apart, or in the markup that was dropped."""
        reglued = self._disguises.reglued(state.standalone or state.text)
        return self._order([reglued, fold(state.question.question)])

    def _may_go_on(self, parts: Sequence[str], refused: Sequence[str], rest: str) -> bool:
        """Whether the rest is innocent and speaks of something else than what is refused."""
        if not (refused and rest) or self._judged(rest):
            return False
        first = parts.index(refused[0])
        return all(
            part in refused or self._rewrite.completed(part, refused[0]) == part
            for part in parts[first:]
        )

    def _judged(self, text: str) -> str | None:
        return self._first(self._disguises.readings(text))

    def _first(self, readings: Iterable[str]) -> str | None:
        return next((r for r in self._rules if self._holds(r, readings)), None)

    def _with_earlier(self, state: State) -> str | None:
        turns = reversed(state.question.history)
        before = next((visible(turn.content) for turn in turns if turn.role == "user"), "")
        if not 0 < len(before) <= QUESTION_LIMIT:
            return None
        earlier, both = fold(before), fold(f"{before} {state.text}")
        if self._continuation.found_in(fold(state.text)):
            return self._first([both])
        return None if self._order([earlier]) else self._order([both])

    def _order(self, readings: Iterable[str]) -> str | None:
        return "injection" if self._holds("injection", readings) else None

    def _holds(self, reason: str, readings: Iterable[str]) -> bool:
        return any(rule.holds(reading) for rule in self._rules[reason] for reading in readings)


def _outcome(reason: str) -> Outcome:
    if reason == "out_of_scope":
        return Outcome("out_of_scope")
    status: Status = "refused"
    return Outcome(status, reason)  # type: ignore[arg-type]  # checked against the file by a test
