"""Systems that answer what a test tells them to, and results that nobody was asked for."""

from collections.abc import Mapping
from datetime import date
from time import sleep

from assistant.answer import Answer
from assistant.question import Question
from evals.gold import Gold
from evals.runfolder import Config
from evals.score import Result, Scores
from evals.system import Observation

DAY = date(2026, 11, 21)

Outcome = Answer | Observation | Exception


class Scripted:
    """Gives each question its outcome, and raises those that are errors.

    `pauses` are seconds by question: with several jobs, answers then come out of order.
    """

    def __init__(
        self, outcomes: Mapping[str, Outcome], pauses: Mapping[str, float] | None = None
    ) -> None:
        self.outcomes = outcomes
        self.pauses = pauses or {}
        self.asked: list[Question] = []

    def observe(self, question: Question) -> Observation:
        self.asked.append(question)
        sleep(self.pauses.get(question.question, 0))
        outcome = self.outcomes[question.question]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome if isinstance(outcome, Observation) else Observation(outcome)


def config(**changes: object) -> Config:
    """The config of a run that never varies but in what is changed."""
    values: dict[str, object] = {
        "system": "sanad", "gold": "dev.jsonl", "gold_sha256": "0", "generation": "g",
        "embedder": "e", "composer": "extractive", "model": None, "prompt": None,
        "support": "words", "day": DAY, "seed": 1, "commit": None,
    }  # fmt: skip
    return Config.model_validate({**values, **changes})


_RESULT = ("error", "pair", "support")


def scored(name: str, **fields: object) -> Result:
    """The result of a question that nobody answered.

    `fields` are those of the item, of the result (`error`, `pair`, `support`) and of the scores.
    """
    scores = {key: fields.pop(key) for key in Scores.model_fields if key in fields}
    result = {key: fields.pop(key) for key in _RESULT if key in fields}
    best = fields.get("best", "answered")
    item = {
        "id": name, "language": "fr", "question": f"Question {name} ?", "kind": "lookup",
        "expect": [best], "best": best,
    }  # fmt: skip
    general = {
        "crag": 1, "status_ok": 1, "status_best": 1, "language_ok": 1, "figure_precision": 1,
    }  # fmt: skip
    return Result.model_validate(
        {**result, "item": {**item, **fields}, "scores": {**general, **scores}}
    )


def gold_of(*results: Result, sha256: str = "0") -> Gold:
    """The gold file that these results are about."""
    items = tuple(result.item for result in results)
    return Gold("dev.jsonl", sha256, items, tuple(range(1, len(items) + 1)))
