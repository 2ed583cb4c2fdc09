"""Third step: what Sanad does not do, decided by rules that anyone can read."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files

import yaml

from assistant.answer import Status
from assistant.lexicon import Rule
from assistant.state import Outcome, State
from ingest.fold import fold


class Guard:
    """Ends the run with a typed refusal when a rule of `guard.yaml` holds.

    What is judged is the question as it will be searched, an earlier question that it follows
    included: it goes to the model as well.
    """

    name = "guard"

    def __init__(self, rules: Mapping[str, tuple[Rule, ...]]) -> None:
        self._rules = rules

    @classmethod
    def load(cls) -> "Guard":
        """The rules shipped with the assistant."""
        data = yaml.safe_load(files("assistant").joinpath("guard.yaml").read_text("utf-8"))
        return cls({reason: tuple(map(Rule.parse, rules)) for reason, rules in data.items()})

    def run(self, state: State) -> State:
        """Close the state if a rule holds; the first reason in the file's order wins."""
        folded = fold(state.standalone or state.text)
        for reason, rules in self._rules.items():
            if any(rule.holds(folded) for rule in rules):
                return replace(state, outcome=_outcome(reason), closed=True)
        return state


def _outcome(reason: str) -> Outcome:
    if reason == "out_of_scope":
        return Outcome("out_of_scope")
    status: Status = "refused"
    return Outcome(status, reason)  # type: ignore[arg-type]  # checked against the file by a test
