"""How soon an answer is proven, begins and ends while a local model writes it, cold and warm."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import Final, Literal

from assistant.answer import ANSWERING, ComposerName
from assistant.assistant import Assistant
from assistant.compose import Composer, ExtractiveComposer
from assistant.meter import milliseconds_since
from assistant.question import SHEET_LANGUAGE, Question
from assistant.state import Draft, EventKind, State
from assistant.verify import HELD_BACK
from evals.gold import Gold
from evals.record import Record
from evals.sample import sample

Way = Literal["quotes", "cold", "warm"]
WAYS: Final[tuple[Way, ...]] = ("quotes", "cold", "warm")
Advance = Callable[[int, int], None]


class Exchanged:
    """A composer that stands for another one, so that one assistant answers in several ways."""

    name: ComposerName
    model: str | None
    prompt: str | None

    def __init__(self) -> None:
        self.use(ExtractiveComposer())

    def use(self, composer: Composer) -> None:
        """Stand for this one from now on."""
        self._now = composer
        self.name, self.model, self.prompt = composer.name, composer.model, composer.prompt

    def drafts(self, state: State) -> Iterable[Draft]:
        """What the other one drafts."""
        return self._now.drafts(state)


class Told(Record):
    """When the parts of one answer were told, in milliseconds since it was asked for.

    `first_token` counts from the request to the model, and is None where none was asked, as are the
    tokens. `written` is whether drafts of a model stayed; else `held_back` is why they did not:
    `model_away` when it was too slow or failed, `draft_dropped` when too little of it was proven.
    """

    question: str
    language: str
    way: Way
    first_citation: float
    first_token: float | None = None
    first_sentence: float
    last_sentence: float
    answer: float
    written: bool = False
    held_back: str | None = None
    prompt_tokens: int | None = None
    output_tokens: int | None = None


def askable(sanad: Assistant, gold: Gold, n: int, day: date) -> tuple[Question, ...]:
    """`n` questions that the documents answer and Sanad does, languages as in the gold.

    Times of what is withheld would make the others look better.
    """
    meant = replace(gold, items=tuple(item for item in gold.items if item.answerable), lines=())
    drawn = sample(meant, 2 * n)
    answered = tuple(item for item in drawn.items if sanad.ask(item.asked(day)).status in ANSWERING)
    return tuple(item.asked(day) for item in sample(replace(drawn, items=answered), n).items)


def measure_stream(
    sanad: Assistant,
    composer: Exchanged,
    writing: Callable[[], AbstractContextManager[Composer]],
    questions: Sequence[Question],
    advance: Advance | None = None,
) -> Iterator[Told]:
    """Each question three times: quoted, drafted by a model that is started for it, and drafted by
    one that has answered another question before.

    `composer` is that of `sanad`. `writing` opens a model that is not running, and ends it. The
    ways take turns, so that what slows the machine slows all; no prompt is read twice by one model,
    whose memory of it would make it look faster than anybody will find it.
    """
    for done, question in enumerate(questions, 1):
        composer.use(ExtractiveComposer())
        yield _listen(sanad, question, "quotes")
        with writing() as opened:
            composer.use(opened)
            yield _listen(sanad, question, "cold")
            yield _listen(sanad, questions[done % len(questions)], "warm")
        if advance:
            advance(done, len(questions))


def _listen(sanad: Assistant, question: Question, way: Way) -> Told:
    started, first, last = perf_counter(), dict[EventKind, float](), dict[EventKind, float]()

    def heard(kind: EventKind, _payload: object) -> None:
        first.setdefault(kind, milliseconds_since(started))
        last[kind] = milliseconds_since(started)

    trace = sanad.trace(question, heard)
    whole, meter = milliseconds_since(started), trace.state.meter
    kinds = [notice.kind for notice in trace.answer.notices]
    return Told(
        question=question.question,
        language=SHEET_LANGUAGE[trace.state.language],
        way=way,
        first_citation=first.get("citations", whole),
        first_token=meter.first_token_ms,
        first_sentence=first.get("sentence", whole),
        last_sentence=last.get("sentence", whole),
        answer=whole,
        written=meter.first_token_ms is not None and trace.answer.engine.composer == "llm",
        held_back=next((kind for kind in kinds if kind in HELD_BACK), None),
        prompt_tokens=meter.prompt_tokens,
        output_tokens=meter.output_tokens,
    )
