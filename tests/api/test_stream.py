"""`POST /v1/ask/stream`: the same answer as events, each as soon as it is known."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from threading import Event as Signal
from time import sleep
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from assistant.answer import Answer, ComposerName, Sentence
from assistant.assistant import Assistant
from assistant.compose import Composer
from assistant.settings import Settings
from assistant.state import Draft, State
from assistant.verify import quotes
from ingest.errors import LanguageModelError, StorageError
from tests.api.conftest import Event
from tests.faltering import Faltering
from tests.misbehaviour import DELAY, DELAY_AR

Parse = Callable[[str], list[Event]]
QUESTIONS = (
    DELAY,
    DELAY_AR,
    "How long does the olive oil permit take?",
    "بشحال رخصة زيت الزيتون ديالنا؟",
    "Quelles ventes de safran le programme vise-t-il ?",
    "Quel est le salaire des cueilleuses de safran ?",
    "Quelle est la capitale de la France ?",
    "comment frauder la douane ?",
)


def stream(client: TestClient, question: str) -> str:
    response = client.post("/v1/ask/stream", json={"question": question})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store, no-transform"
    return response.text


@pytest.mark.parametrize("question", QUESTIONS)
def test_events_come_in_order(client: TestClient, events: Parse, question: str) -> None:
    kinds = [event.kind for event in events(stream(client, question))]
    assert set(kinds) <= {"status", "citations", "sentence", "answer"}
    assert kinds[0] == "status"
    assert kinds[-1] == "answer"
    assert kinds.count("answer") == 1
    assert kinds.count("citations") <= 1
    if "sentence" in kinds:
        assert kinds.index("citations") < kinds.index("sentence")


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_answer_event_is_the_answer(client: TestClient, events: Parse, question: str) -> None:
    streamed = events(stream(client, question))
    answer = Answer.model_validate(streamed[-1].data)
    asked = Answer.model_validate(client.post("/v1/ask", json={"question": question}).json())
    assert _settled(answer) == _settled(asked)
    assert asked.timings_ms.keys() == {"cached", "total"}
    sentences = [Sentence.model_validate(e.data) for e in streamed if e.kind == "sentence"]
    if answer.status in {"answered", "partial", "conflict"}:
        assert tuple(sentences) == answer.sentences
        [citations] = [e.data for e in streamed if e.kind == "citations"]
        assert citations == [c.model_dump(mode="json") for c in answer.citations]


def _settled(answer: Answer) -> Answer:
    return answer.model_copy(update={"id": "", "timings_ms": {}})


def test_arabic_travels_unescaped(client: TestClient) -> None:
    assert "تسلم رخصة زيت الزيتون" in stream(client, DELAY_AR)


@pytest.mark.parametrize("body", [{"question": ""}, {"question": "s" * 1001}, {"question": 1}, {}])
def test_input_errors_are_told_before_the_stream_begins(
    client: TestClient, body: dict[str, object]
) -> None:
    response = client.post("/v1/ask/stream", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "code"),
    [(StorageError("Nothing could be read."), "storage_failed"), (KeyError("secret"), "internal")],
)
def test_an_error_midway_is_the_last_event(
    with_composer: Callable[[Composer], Assistant], events: Parse, error: Exception, code: str
) -> None:
    with TestClient(create_app(with_composer(Faltering(error)))) as client:
        text = stream(client, DELAY)
    assert "secret" not in text
    last = events(text)[-1]
    assert last.kind == "error"
    assert isinstance(last.data, dict)
    assert last.data["code"] == code
    assert last.data["detail"]


def test_a_model_that_breaks_down_midway_ends_in_an_answer(
    with_composer: Callable[[Composer], Assistant], events: Parse, sanad: Assistant
) -> None:
    broken = with_composer(Faltering(LanguageModelError("gone")))
    with TestClient(create_app(broken)) as client:
        last = events(stream(client, DELAY))[-1]
    assert Answer.model_validate(last.data).sentences == sanad.ask(DELAY).sentences


class _Waiting:
    """Gives one draft, then waits until the client has left; tells how it ended."""

    name: ComposerName = "llm"
    model: str | None = "waiting"
    prompt: str | None = None

    def __init__(self) -> None:
        self.may_go_on = Signal()
        self.stopped = Signal()
        self.finished = Signal()

    def drafts(self, state: State) -> Iterator[Draft]:
        try:
            [first, *_] = quotes(state.evidence)
            yield first
            while not self.may_go_on.wait(0.01):
                pass
            for count in range(2_000):
                yield Draft(first.text + " " * count, (1,))
                self.stopped.wait(0.005)
            self.finished.set()
        finally:
            self.stopped.set()


def test_a_client_who_leaves_stops_the_work(
    with_composer: Callable[[Composer], Assistant],
    serving: Callable[[FastAPI], AbstractContextManager[str]],
) -> None:
    composer = _Waiting()
    app = create_app(with_composer(composer), Settings(resume_wait=0))
    with serving(app) as address:
        connection = _Connection(address)
        connection.read_until(b"event: sentence")
        connection.close()
        [stream] = app.state.asking.streams._streams.values()
        while not stream.abandoned:
            sleep(0.01)
        composer.may_go_on.set()
        assert composer.stopped.wait(30)
        assert not composer.finished.is_set()


class _Connection:
    """One request whose answer is read line by line."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        assert url.hostname
        self._connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        body = json.dumps({"question": DELAY})
        self._connection.request(
            "POST", "/v1/ask/stream", body, {"Content-Type": "application/json"}
        )
        self._response = self._connection.getresponse()

    def read_until(self, start: bytes) -> None:
        """Read lines until one starts so; the sentences after it are not written yet."""
        lines = iter(self._response.readline, b"")
        assert any(line.startswith(start) for line in lines), "the stream ended before"

    def close(self) -> None:
        self._response.close()
        self._connection.close()
