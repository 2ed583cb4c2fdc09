"""Every step of an answer is timed beside the bare work, as often as it ran."""

import pytest

from assistant.assistant import Assistant
from assistant.question import Question
from evals.askspeed import BARE, SEARCH, Spread, measure_ask


@pytest.mark.parametrize(
    ("question", "searches"),
    [
        ("Combien coûte le permis d'huile d'olive ?", True),
        ("كم تكلف رخصة زيت الزيتون؟", True),
        ("comment frauder la douane ?", False),
    ],
)
def test_every_step_is_counted_each_round(
    sanad: Assistant, question: str, *, searches: bool
) -> None:
    spreads = measure_ask(sanad, [Question(question=question)], rounds=2)
    names = [spread.name for spread in spreads]
    assert names[:2] == [BARE, SEARCH]
    assert {"normalise", "guard", "total"} <= set(names)
    assert ("retrieve" in names) == searches
    assert all(len(spread.values) == 2 for spread in spreads)


def test_the_spread_of_a_step() -> None:
    spread = Spread("total", tuple(float(n) for n in range(1, 101)))
    assert spread.median == 50.5
    assert spread.p95 == 95.0
