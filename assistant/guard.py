"""Third step: what Sanad does not do, decided by rules that anyone can read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import files

import yaml

from assistant.answer import Status
from assistant.disguise import Disguises
from assistant.lexicon import Lexicon, Rule, flat
from assistant.normalise import visible
from assistant.question import QUESTION_LIMIT
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
    """

    name = "guard"

    def __init__(self, rules: Rules, continuation: Lexicon, disguises: Disguises) -> None:
        self._rules = rules
        self._continuation = continuation
        self._disguises = disguises

    @classmethod
    def load(cls) -> "Guard":
        """The rules shipped with the assistant."""
        data = yaml.safe_load(files("assistant").joinpath("guard.yaml").read_text("utf-8"))
        rules = {
            reason: tuple(map(Rule.parse, found))
            for reason, found in data.items()
            if reason not in _SHARED
        }
        hidden = Lexicon(flat(data["disguised"]))
        return cls(rules, Lexicon(data["continuation"]), Disguises(hidden))

    def run(self, state: State) -> State:
        """Close the state if a rule holds; the first reason in the file's order wins."""
        reason = self.reason(state)
        return replace(state, outcome=_outcome(reason), closed=True) if reason else state

    def reason(self, state: State) -> str | None:
        """Why the question of a state is refused, or that it is `out_of_scope`; None if neither."""
        asked = state.standalone or state.text
        return (
            self._first(self._disguises.readings(asked))
            or self._order([self._disguises.reglued(asked), fold(state.question.question)])
            or self._with_earlier(state)
        )

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
