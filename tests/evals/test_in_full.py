"""A follow-up asked in the words of the gold shows what understanding it could gain."""

from collections.abc import Callable

from assistant.answer import Answer
from assistant.question import Question, Turn
from evals.gold import GoldItem
from evals.run import InFull
from tests.evals.runs import Scripted

MakeItem = Callable[..., GoldItem]


def test_a_follow_up_is_asked_in_full_and_without_its_history(
    make_item: MakeItem, right: Answer
) -> None:
    history = (Turn(role="user", content="Combien coûte le permis ?"),)
    item = make_item(question="Et le délai ?", history=history, standalone="Délai du permis ?")
    system = Scripted({"Délai du permis ?": right, "Et le délai ?": right})
    InFull(system, [item]).observe(Question(question="Et le délai ?", history=history))
    assert system.asked == [Question(question="Délai du permis ?")]


def test_what_stands_alone_or_follows_something_else_is_asked_as_it_is(
    make_item: MakeItem, right: Answer
) -> None:
    item = make_item(question="Délai ?")
    system = Scripted({"Délai ?": right})
    asked = Question(question="Délai ?", history=(Turn(role="user", content="Bonjour"),))
    InFull(system, [item]).observe(asked)
    assert system.asked == [asked]
