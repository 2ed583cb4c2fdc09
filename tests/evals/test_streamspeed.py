"""Answers are timed as they are told, three ways in turn, and the page says what was written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.compose import Composer
from assistant.composers import choose_composer
from assistant.question import Question
from assistant.settings import Settings
from evals.gold import Gold, GoldItem
from evals.runfolder import Environment
from evals.streampage import page
from evals.streamspeed import WAYS, Exchanged, Told, askable, measure_stream
from tests.misbehaviour import DELAY, DELAY_AR, SMALL
from tests.scriptedserver import Reply, ScriptedEndpoint, Seen, scripted_endpoint, sentences

DAY = date(2026, 11, 22)
WHERE = Environment(
    python="3.11", platform="Linux", processors=2, packages={"xllamacpp": "2026.10"}
)


class Stage:
    """Sanad whose model is a scripted endpoint; `opened` counts how often it was started."""

    def __init__(
        self, endpoint: ScriptedEndpoint, assemble: Callable[[Composer], Assistant]
    ) -> None:
        self.endpoint = endpoint
        self.composer = Exchanged()
        self.sanad = assemble(self.composer)
        self.opened = 0
        self.settings = Settings(
            llm="endpoint", llm_base_url=endpoint.base_url, llm_model="scripted"
        )

    @contextmanager
    def writing(self) -> Iterator[Composer]:
        self.opened += 1
        with choose_composer(self.settings) as composer:
            yield composer

    def measure(self, *questions: str) -> list[Told]:
        asked = [Question(question=one) for one in questions]
        return list(measure_stream(self.sanad, self.composer, self.writing, asked))


@pytest.fixture
def stage(with_composer: Callable[[Composer], Assistant]) -> Iterator[Stage]:
    with scripted_endpoint(_verbatim) as endpoint:
        yield Stage(endpoint, with_composer)


def _verbatim(seen: Seen) -> Reply:
    whole = sentences(*((text, [n]) for n, text in seen.evidence.items()))
    return Reply(whole.pieces, usage=(321, 45))


def test_each_question_is_quoted_then_drafted_cold_and_warm(stage: Stage) -> None:
    told = stage.measure(DELAY, DELAY_AR, SMALL)
    assert [one.way for one in told] == [*WAYS] * 3
    assert [one.question for one in told if one.way == "cold"] == [DELAY, DELAY_AR, SMALL]
    assert [one.question for one in told if one.way == "warm"] == [DELAY_AR, SMALL, DELAY]
    assert stage.opened == 3
    assert len(stage.endpoint.seen) == 6
    assert [one.language for one in told[:6:3]] == ["fr", "ar"]
    assert {one.written for one in told if one.way == "quotes"} == {False}
    for one in told:
        assert one.first_citation <= one.first_sentence <= one.last_sentence <= one.answer
        assert one.written == (one.way != "quotes")
        assert one.held_back is None
        assert (one.first_token is None) == (one.way == "quotes")
        assert one.prompt_tokens == (None if one.way == "quotes" else 321)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=500), "model_away"),
        (sentences(("Un pangolin.", [1])), "draft_dropped"),
    ],
)
def test_a_model_that_was_given_up_has_not_written(stage: Stage, reply: Reply, why: str) -> None:
    stage.endpoint.script = lambda _seen: reply
    quoted, cold, warm = stage.measure(DELAY)
    assert quoted.held_back is None
    for one in (cold, warm):
        assert (one.written, one.held_back) == (False, why)
    text = page([quoted, cold, warm], "نموذج", Settings(), WHERE, day="2026-11-22", commit=None)
    counts = {"model_away": "0 | 1 | 0", "draft_dropped": "0 | 0 | 1"}[why]
    assert f"| cold | {counts} |" in text


def test_only_what_is_answered_is_asked_languages_in_proportion(
    sanad: Assistant, make_item: Callable[..., GoldItem], tmp_path: Path
) -> None:
    words = {"fr": (DELAY, SMALL), "ar": (DELAY_AR, DELAY_AR)}
    items = [
        make_item(id=f"{language}{at}", language=language, question=text)
        for language, questions in words.items()
        for at, text in enumerate(questions)
    ]
    unknown = make_item(id="x", language="fr", question="Quelle est la capitale de la France ?")
    never = make_item(id="y", language="ar", best="unanswerable", expect=("unanswerable",))
    gold = Gold(name="gold.jsonl", sha256="0", items=(*items, unknown, never))
    asked = askable(sanad, gold, 4, DAY)
    assert [one.question for one in asked] == [DELAY, SMALL, DELAY_AR, DELAY_AR]
    assert {one.as_of for one in asked} == {DAY}
    assert len(askable(sanad, gold, 2, DAY)) == 2


def test_the_page_shows_medians_with_their_spread_by_language() -> None:
    told = [
        Told(
            question=str(at), language="ar" if at == 2 else "fr", way="warm", first_citation=50.0,
            first_token=None if at == 1 else 1000.0 + at, first_sentence=2000.0 * (at + 1),
            last_sentence=9000.0, answer=9001.0, written=at > 0, prompt_tokens=300 + at,
        )
        for at in range(3)
    ]  # fmt: skip
    quoted = [one.model_copy(update={"way": "quotes", "first_token": None}) for one in told]
    text = page([*told, *quoted], "m", Settings(), WHERE, day="2026-11-22", commit="c0ffee")
    assert "3 dev questions" in text
    assert "| warm | 3 | 0.05 (0.05 to 0.05) | 1.00 (1.00 to 1.00) | 4.00 (2.00 to 6.00) |" in text
    assert "| warm | 2 | 0 | 0 | 301 | - |" in text
    assert text.index("## In French") < text.index("## In Arabic")
    assert "## In English" not in text
    assert "xllamacpp 2026.10" in text
