"""An answer is given again to the very same question, and to no other."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from assistant.answer import Answer
from assistant.answercache import AnswerCache, retell
from assistant.assistant import Assistant
from assistant.compose import Composer
from assistant.question import Profile, Question, Turn
from assistant.state import Draft, Emit, State, ignore
from assistant.verify import quotes
from ingest.errors import LanguageModelError, QuestionEmptyError
from tests.misbehaviour import DELAY, DELAY_AR

DAY = date(2026, 11, 22)
ASKED = Question(
    question=DELAY_AR,
    language="ar",
    history=(Turn(role="user", content="كم تكلف رخصة زيت الزيتون؟"),),
    profile=Profile(region="Fès", sector="handicraft"),
    as_of=DAY,
)
OTHERS: dict[str, dict[str, object]] = {
    "words": {"question": DELAY},
    "blank": {"question": f"{DELAY_AR} "},
    "language": {"language": "ary"},
    "no language": {"language": None},
    "history": {"history": (Turn(role="user", content="كم تكلف رخصة الزعفران؟"),)},
    "role": {"history": (Turn(role="assistant", content="كم تكلف رخصة زيت الزيتون؟"),)},
    "no history": {"history": ()},
    "region": {"profile": Profile(region="Oujda", sector="handicraft")},
    "market": {"profile": Profile(region="Fès", sector="handicraft", market="Canada")},
    "first export": {"profile": Profile(region="Fès", sector="handicraft", first_export=True)},
    "no profile": {"profile": None},
    "day": {"as_of": DAY - timedelta(days=1)},
    "no day": {"as_of": None},
}


class _Counting:
    """Counts what the assistant inside is asked."""

    def __init__(self, inner: Assistant) -> None:
        self._inner = inner
        self.asked: list[Question] = []

    def ask(self, question: Question, emit: Emit = ignore) -> Answer:
        self.asked.append(question)
        return self._inner.ask(question, emit)


@pytest.fixture
def counting(sanad: Assistant) -> _Counting:
    return _Counting(sanad)


@pytest.mark.parametrize("asked", [ASKED, Question(question=DELAY)], ids=["ar", "fr"])
def test_the_same_question_is_worked_on_once(counting: _Counting, asked: Question) -> None:
    cache = AnswerCache(counting, size=4)
    assert cache.known(asked) is None
    first = cache.ask(asked)
    again, once_more = cache.known(asked.model_copy(deep=True)), cache.known(asked)
    assert again
    assert once_more
    assert counting.asked == [asked]
    assert len({first.id, again.id, once_more.id}) == 3
    assert again.timings_ms.keys() == {"cached", "total"}
    assert _settled(again) == _settled(first)


@pytest.mark.parametrize("update", OTHERS.values(), ids=OTHERS.keys())
def test_whatever_differs_is_another_question(
    counting: _Counting, update: dict[str, object]
) -> None:
    cache = AnswerCache(counting, size=4)
    cache.ask(ASKED)
    other = ASKED.model_copy(update=update)
    assert cache.known(other) is None
    assert _settled(cache.ask(other)) == _settled(counting._inner.ask(other))
    assert cache.known(ASKED)


def test_tomorrow_it_is_asked_anew(counting: _Counting) -> None:
    days = [DAY]
    cache = AnswerCache(counting, size=4, day=lambda: days[-1])
    question = Question(question=DELAY)
    cache.ask(question)
    assert cache.known(question)
    days.append(DAY + timedelta(days=1))
    assert cache.known(question) is None


def test_another_assistant_has_answers_of_its_own(sanad: Assistant) -> None:
    question = Question(question=DELAY)
    AnswerCache(sanad, size=4).ask(question)
    assert AnswerCache(sanad, size=4).known(question) is None


def test_what_was_not_asked_for_longest_is_forgotten(counting: _Counting) -> None:
    cache = AnswerCache(counting, size=2)
    one, two, three = (Question(question=f"Combien coûte le safran {n} ?") for n in range(3))
    cache.ask(one)
    cache.ask(two)
    assert cache.known(one)
    cache.ask(three)
    assert cache.known(two) is None
    assert cache.known(one)
    assert cache.known(three)


def test_nothing_is_remembered_without_room(counting: _Counting) -> None:
    cache = AnswerCache(counting, size=0)
    cache.ask(ASKED)
    assert cache.known(ASKED) is None


def test_an_error_is_no_answer(counting: _Counting) -> None:
    cache = AnswerCache(counting, size=2)
    for _ in range(2):
        with pytest.raises(QuestionEmptyError):
            cache.ask(Question(question="؟"))
    assert len(counting.asked) == 2


class _Model:
    """Writes the evidence down again, or breaks down."""

    name = "llm"
    model: str | None = "scripted"
    prompt: str | None = None

    def __init__(self, *, fails: bool) -> None:
        self._fails = fails

    def drafts(self, state: State) -> Iterator[Draft]:
        if self._fails:
            raise LanguageModelError("gone")
        yield from quotes(state.evidence)


@pytest.mark.parametrize("fails", [True, False])
def test_what_a_language_model_failed_at_is_asked_of_it_again(
    with_composer: Callable[[Composer], Assistant], *, fails: bool
) -> None:
    cache = AnswerCache(with_composer(_Model(fails=fails)), size=2)  # type: ignore[arg-type]
    question = Question(question=DELAY_AR)
    assert cache.ask(question).status == "answered"
    assert (cache.known(question) is None) == fails


def test_threads_may_share_it(counting: _Counting) -> None:
    cache = AnswerCache(counting, size=3)
    questions = [Question(question=f"{DELAY} {n}") for n in range(5)] * 6

    def ask(question: Question) -> Answer:
        return cache.known(question) or cache.ask(question)

    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = list(pool.map(ask, questions))
    for question, answer in zip(questions, answers, strict=True):
        assert _settled(answer) == _settled(counting._inner.ask(question))
    assert len(cache._answers) == 3


@pytest.mark.parametrize(
    "question",
    [
        DELAY,
        DELAY_AR,
        "Quelles ventes de safran le programme vise-t-il ?",
        "Quel est le salaire des cueilleuses de safran ?",
        "comment frauder la douane ?",
    ],
)
def test_an_answer_is_told_again_as_it_was_told(sanad: Assistant, question: str) -> None:
    told: list[tuple[str, object]] = []
    answer = sanad.ask(question, lambda kind, payload: told.append((kind, payload)))
    again: list[tuple[str, object]] = []
    retell(answer, lambda kind, payload: again.append((kind, payload)))
    assert again[0] == ("status", {"stage": "cached"})
    if answer.status in {"answered", "conflict"}:
        assert again[1:] == [event for event in told if event[0] != "status"]


def _settled(answer: Answer) -> Answer:
    return answer.model_copy(update={"id": "", "timings_ms": {}})
