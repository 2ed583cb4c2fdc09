"""Servers that are slow, busy or endless, over the wire; what a model is sent, and what counted."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from assistant.assistant import Assistant
from assistant.compose import Composer
from assistant.composers import choose_composer
from assistant.pipeline import Trace
from assistant.settings import Settings
from tests.assistant.invariants import assert_sound
from tests.misbehaviour import DELAY, DELAY_AR
from tests.scriptedserver import (
    Reply,
    ScriptedEndpoint,
    Seen,
    endless,
    pieces,
    scripted_endpoint,
    sentences,
)

Assemble = Callable[[Composer], Assistant]
QUIET = 0.3


@contextmanager
def drafting(
    with_composer: Assemble, **limits: float
) -> Iterator[tuple[Assistant, ScriptedEndpoint]]:
    """Sanad over a scripted endpoint, with ample time where nothing else is said."""
    with scripted_endpoint(lambda _seen: Reply()) as endpoint:
        settings = Settings.model_validate(
            {
                "llm": "endpoint",
                "llm_base_url": endpoint.base_url,
                "llm_model": "scripted",
                "llm_timeout": 60,
                "llm_first": 60,
                "llm_stall": 60,
                **limits,
            }
        )
        with choose_composer(settings) as composer:
            yield with_composer(composer), endpoint


def assert_quoted(trace: Trace, assistant: Assistant, plain: Assistant, question: str) -> None:
    """The answer without a model, and a notice that says so."""
    assert_sound(trace.answer, assistant.store)
    assert trace.answer.sentences == plain.ask(question).sentences
    assert trace.answer.engine.composer == "extractive"
    assert "model_away" in {notice.kind for notice in trace.answer.notices}


@pytest.mark.parametrize("question", [DELAY, DELAY_AR])
@pytest.mark.parametrize(
    ("limit", "reply"),
    [
        ("llm_first", Reply(('{"sentences": []}',), wait=30)),
        ("llm_stall", Reply(('{"sentences": [{"text"', ': "Le permis'), pause=30)),
    ],
)
def test_a_server_that_is_silent_is_left(
    with_composer: Assemble, sanad: Assistant, question: str, limit: str, reply: Reply
) -> None:
    with drafting(with_composer, **{limit: QUIET}) as (assistant, endpoint):
        endpoint.script = lambda _seen: reply
        assert_quoted(assistant.trace(question), assistant, sanad, question)


@pytest.mark.parametrize("piece", [" ", "\n", "Pangolin "])
def test_a_server_that_does_not_count_its_tokens_is_left(
    with_composer: Assemble, sanad: Assistant, piece: str, caplog: pytest.LogCaptureFixture
) -> None:
    with drafting(with_composer, llm_max_tokens=50) as (assistant, endpoint):
        endpoint.script = lambda _seen: endless('{"sentences": [', piece)
        assert_quoted(assistant.trace(DELAY), assistant, sanad, DELAY)
    assert "SANAD_LLM_MAX_TOKENS" in caplog.text


def test_an_endpoint_that_is_down_costs_its_drafts(
    with_composer: Assemble, sanad: Assistant
) -> None:
    down = Settings.model_validate(
        {"llm": "endpoint", "llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "m"}
    )
    with choose_composer(down) as composer:
        assistant = with_composer(composer)
        assert assistant.model_answers is None
        for question in (DELAY, DELAY_AR):
            assert_quoted(assistant.trace(question), assistant, sanad, question)
        assert assistant.model_answers is False


CONTEXT = b'{"error": {"message": "the request exceeds the available context size", "type": "x"}}'
MEMORY = b'{"error": {"message": "out of memory", "type": "x"}}'


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(status=400, body=CONTEXT), "SANAD_LLM_CONTEXT"),
        (Reply(status=401), "SANAD_LLM_API_KEY"),
        (Reply(status=403), "SANAD_LLM_API_KEY"),
        (Reply(status=404), "SANAD_LLM_MODEL"),
    ],
)
def test_what_can_be_mended_is_told_with_the_setting(
    with_composer: Assemble,
    sanad: Assistant,
    caplog: pytest.LogCaptureFixture,
    reply: Reply,
    told: str,
) -> None:
    with drafting(with_composer) as (assistant, endpoint):
        endpoint.script = lambda _seen: reply
        assert_quoted(assistant.trace(DELAY), assistant, sanad, DELAY)
    assert told in caplog.text


@pytest.mark.parametrize("question", [DELAY, DELAY_AR])
@pytest.mark.parametrize("escaped", [True, False])
def test_no_log_holds_what_a_server_repeats_of_a_question(
    with_composer: Assemble, caplog: pytest.LogCaptureFixture, question: str, *, escaped: bool
) -> None:
    def complain(seen: Seen) -> Reply:
        body = {"error": {"message": f"not understood: {seen.body['messages']}", "type": "x"}}
        return Reply(status=422, body=json.dumps(body, ensure_ascii=escaped).encode())

    with drafting(with_composer) as (assistant, endpoint):
        for script in (complain, lambda seen: pieces(seen.task.rpartition("Question:")[2])):
            endpoint.script = script
            assistant.ask(question)
    assert "422" in caplog.text
    for word in (word for word in question.split() if len(word) > 3):
        assert word not in caplog.text


def test_what_a_server_says_of_itself_is_logged(
    with_composer: Assemble, caplog: pytest.LogCaptureFixture
) -> None:
    with drafting(with_composer) as (assistant, endpoint):
        endpoint.script = lambda _seen: Reply(status=500, body=MEMORY)
        assistant.ask(DELAY)
    assert "out of memory" in caplog.text


def test_a_model_that_recovered_is_told_to_answer(with_composer: Assemble) -> None:
    with drafting(with_composer) as (assistant, endpoint):
        endpoint.script = lambda _seen: Reply(status=500)
        assistant.ask(DELAY)
        assert assistant.model_answers is False
        endpoint.script = lambda seen: sentences((seen.evidence[1], [1]))
        assistant.ask(DELAY)
        assert assistant.model_answers is True


@pytest.mark.parametrize(
    ("status", "headers", "asked"),
    [
        (429, (("Retry-After", "3600"),), 1),
        (503, (("Retry-After", "9"),), 1),
        (429, (), 2),
        (429, (("Retry-After", "soon"),), 2),
        (429, (("Retry-After", "0"),), 2),
    ],
)
def test_a_server_that_asks_for_rest_is_not_asked_meanwhile(
    with_composer: Assemble,
    sanad: Assistant,
    status: int,
    headers: tuple[tuple[str, str], ...],
    asked: int,
) -> None:
    with drafting(with_composer) as (assistant, endpoint):
        endpoint.script = lambda _seen: Reply(status=status, headers=headers)
        for _ in range(2):
            assert_quoted(assistant.trace(DELAY), assistant, sanad, DELAY)
        assert len(endpoint.seen) == asked


def test_after_its_rest_a_server_is_asked_again(
    with_composer: Assemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("assistant.languagemodel.monotonic", lambda: now[0])
    with drafting(with_composer) as (assistant, endpoint):
        endpoint.script = lambda _seen: Reply(status=429, headers=(("Retry-After", "3600"),))
        assistant.ask(DELAY)
        endpoint.script = lambda seen: sentences((seen.evidence[1], [1]))
        assert assistant.ask(DELAY).engine.composer == "extractive"
        now[0] += 61
        assert assistant.ask(DELAY).engine.composer == "llm"


def test_tokens_times_and_drops_are_counted(with_composer: Assemble) -> None:
    with drafting(with_composer) as (assistant, endpoint):
        endpoint.script = lambda seen: Reply(
            sentences((seen.evidence[1], [1]), ("Un pangolin.", [1]), ("Deux.", [99])).pieces,
            usage=(321, 45),
        )
        meter = assistant.trace(DELAY).state.meter
    assert (meter.prompt_tokens, meter.output_tokens) == (321, 45)
    assert meter.first_token_ms is not None
    assert meter.first_draft_ms is not None
    assert meter.first_token_ms <= meter.first_draft_ms
    assert [one.text for one in meter.judged][1:] == ["Un pangolin.", "Deux."]
    assert meter.judged[0].reason == ""
    assert meter.dropped() == {"citation": 1, "support": 1}


def test_the_answer_names_the_prompt(with_composer: Assemble, sanad: Assistant) -> None:
    with drafting(with_composer) as (assistant, endpoint):
        endpoint.script = lambda seen: sentences((seen.evidence[1], [1]))
        prompt = assistant.ask(DELAY).engine.prompt
    assert prompt is not None
    assert prompt.startswith("answer.")
    assert sanad.ask(DELAY).engine.prompt is None


@pytest.mark.parametrize(("question", "language"), [(DELAY, "fr"), (DELAY_AR, "ar")])
def test_only_evidence_in_the_language_of_the_answer_is_sent(
    with_composer: Assemble, question: str, language: str
) -> None:
    with drafting(with_composer) as (assistant, endpoint):
        endpoint.script = lambda _seen: sentences()
        trace = assistant.trace(question)
    own = {e.number for e in trace.state.evidence if e.document.language == language}
    assert set(endpoint.seen[0].evidence) == own
