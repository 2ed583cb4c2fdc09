"""A stream that is cut goes on where it ended, shows that it lives, and is kept in bounds."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Event as Signal

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.streams import ClientGoneError, Stream, Streams
from assistant.answer import Answer, ComposerName
from assistant.assistant import Assistant
from assistant.compose import Composer
from assistant.question import Question
from assistant.settings import Settings
from assistant.state import Draft, State
from assistant.verify import quotes
from tests.badproxy import bad_proxy
from tests.misbehaviour import DELAY, DELAY_AR

LONG = 60.0
Serving = Callable[[FastAPI], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Heard:
    id: str
    kind: str
    data: object

    @property
    def stream(self) -> str:
        return self.id.rpartition(".")[0]


class _Slow:
    """Writes down the evidence; the second quote waits until it may. Counts what it was asked."""

    name: ComposerName = "llm"
    model: str | None = "slow"
    prompt: str | None = None

    def __init__(self) -> None:
        self.may_go_on = Signal()
        self.asked = 0

    def drafts(self, state: State) -> Iterator[Draft]:
        self.asked += 1
        first, *rest = quotes(state.evidence)
        yield first
        self.may_go_on.wait(LONG)
        yield from rest


@pytest.fixture
def slow() -> Iterator[_Slow]:
    composer = _Slow()
    yield composer
    composer.may_go_on.set()


@pytest.fixture
def app(slow: _Slow, with_composer: Callable[[Composer], Assistant]) -> FastAPI:
    return create_app(with_composer(slow), Settings(heartbeat=0.05, answer_cache=0))


def hear(address: str, question: str = DELAY, last: str = "") -> Iterator[Heard]:
    """The events of a stream as they come; ends without a word where it is cut."""
    headers = {"Last-Event-ID": last} if last else {}
    with httpx2.stream(
        "POST", f"{address}/v1/ask/stream", json={"question": question}, headers=headers,
        timeout=LONG,
    ) as response:  # fmt: skip
        assert response.headers["cache-control"] == "no-store, no-transform"
        assert response.headers["x-accel-buffering"] == "no"
        frame: dict[str, str] = {}
        try:
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                frame[name] = value
                if line == "" and "data" in frame:
                    yield Heard(frame["id"], frame["event"], json.loads(frame["data"]))
                    frame = {}
        except httpx2.RemoteProtocolError:
            return


def until(events: Iterator[Heard], kind: str) -> list[Heard]:
    heard = []
    for event in events:
        heard.append(event)
        if event.kind == kind:
            return heard
    raise AssertionError(f"no {kind} in {heard}")


@pytest.mark.parametrize("question", [DELAY, DELAY_AR])
@pytest.mark.parametrize("cut", [b"event: citations", b"event: sentence\n", b"\n\n"])
def test_a_line_that_is_cut_is_taken_up_where_it_ended(
    app: FastAPI, slow: _Slow, serving: Serving, cut: bytes, question: str
) -> None:
    with serving(app) as origin, bad_proxy(origin) as proxy:
        proxy.cuts.append(cut)
        before = list(hear(proxy.address, question))
        slow.may_go_on.set()
        after = list(hear(proxy.address, question, before[-1].id if before else ""))
        again = list(hear(origin, question, (before or after)[0].id))
    assert "answer" not in {event.kind for event in before}
    whole = [*before, *after]
    assert [event.id for event in whole] == [
        f"{whole[0].stream}.{number}" for number in range(1, len(whole) + 1)
    ]
    assert again == whole[1:]
    answer = Answer.model_validate(whole[-1].data)
    assert len([event for event in whole if event.kind == "sentence"]) == len(answer.sentences)
    assert slow.asked == 1 + (not before)


def test_a_proxy_that_keeps_everything_back_gives_it_all_in_the_end(
    app: FastAPI, slow: _Slow, serving: Serving
) -> None:
    slow.may_go_on.set()
    with serving(app) as origin, bad_proxy(origin) as proxy:
        proxy.buffers = True
        events = list(hear(proxy.address, DELAY_AR))
    assert events[-1].kind == "answer"
    assert [event.id for event in events] == sorted(
        {event.id for event in events}, key=lambda one: int(one.rpartition(".")[2])
    )


def test_whoever_left_may_come_back_while_it_is_worked_on(
    app: FastAPI, slow: _Slow, serving: Serving
) -> None:
    with serving(app) as origin:
        stream = hear(origin)
        before = until(stream, "sentence")
        stream.close()  # type: ignore[attr-defined]
        back = hear(origin, last=before[-1].id)
        slow.may_go_on.set()
        after = until(back, "answer")
    assert {event.stream for event in after} == {before[0].stream}
    assert slow.asked == 1


@pytest.mark.parametrize(
    "made_up",
    [
        *("nothing", ".", "1", "{stream}", "{stream}.", "{stream}.0", "{stream}.999"),
        *("{stream}.x", "{stream}.-1", "{stream}.01", "x{stream}.1"),
    ],
)
def test_what_is_no_event_begins_anew(
    app: FastAPI, slow: _Slow, serving: Serving, made_up: str
) -> None:
    slow.may_go_on.set()
    with serving(app) as origin:
        [first, *_] = list(hear(origin))
        anew = list(hear(origin, last=made_up.format(stream=first.stream)))
    assert anew[0].stream != first.stream
    assert anew[-1].kind == "answer"


def test_an_id_is_no_key_to_what_somebody_else_asked(
    app: FastAPI, slow: _Slow, serving: Serving
) -> None:
    slow.may_go_on.set()
    with serving(app) as origin:
        [first, *_] = list(hear(origin, DELAY))
        other = list(hear(origin, DELAY_AR, first.id))
    assert other[0].stream != first.stream
    answer = Answer.model_validate(other[-1].data)
    assert answer.language == "ar"


def test_a_silent_stream_gives_signs_of_life(app: FastAPI, slow: _Slow, serving: Serving) -> None:
    with (
        serving(app) as origin,
        httpx2.stream(
            "POST", f"{origin}/v1/ask/stream", json={"question": DELAY}, timeout=LONG
        ) as response,
    ):
        lines = response.iter_lines()
        assert any(line == "event: sentence" for line in lines)
        for _ in range(3):
            assert any(line.startswith(":") for line in lines)
        slow.may_go_on.set()
        assert any(line == "event: answer" for line in lines)


def test_a_stream_that_was_given_up_is_not_taken_up() -> None:
    async def scene() -> None:
        streams, stream = Streams(kept=1, seconds=LONG), Stream("request", patience=0)
        work: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        stream.follow(work)
        streams.keep(stream)
        stream.tell("status", {"stage": "normalise"})
        heard = stream.events()
        first = await anext(heard)
        assert first
        assert streams.resume(first.id, "request") == (stream, 1)
        assert streams.resume(first.id, "another") is None
        await heard.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)
        assert streams.resume(first.id, "request") is None
        with pytest.raises(ClientGoneError):
            stream.emit("status", {})
        work.set_exception(ClientGoneError())
        await asyncio.sleep(0)
        assert streams.running() == 0

    asyncio.run(scene())


def test_what_ended_while_nobody_listened_can_still_be_heard(sanad: Assistant) -> None:
    answer = sanad.ask(Question(question=DELAY))

    async def scene() -> None:
        streams, stream = Streams(kept=1, seconds=LONG), Stream("request", patience=0.01)
        work: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        stream.follow(work)
        streams.keep(stream)
        stream.tell("status", {"stage": "normalise"})
        heard = stream.events()
        first = await anext(heard)
        assert first
        await heard.aclose()  # type: ignore[attr-defined]
        work.set_result(answer)
        await asyncio.sleep(0.1)
        assert streams.resume(first.id, "request") == (stream, 1)
        rest = [event async for event in stream.events(1)]
        assert [event and event.payload for event in rest] == [answer]

    asyncio.run(scene())


def test_streams_can_be_counted_while_others_begin() -> None:
    class Looked(Stream):
        """While a thread looks at this one, the loop begins another."""

        streams: Streams

        def __getattribute__(self, name: str) -> object:
            if name == "ended":
                self.streams._streams.setdefault("another", Stream("another", LONG))
            return super().__getattribute__(name)

    async def scene() -> None:
        Looked.streams = streams = Streams(kept=3, seconds=LONG)
        streams.keep(Looked("first", LONG))
        assert streams.running() == 1
        assert streams.running() == 2

    asyncio.run(scene())


@pytest.mark.parametrize(("seconds", "left"), [(LONG, 3), (0.0, 0)])
def test_only_the_last_streams_are_kept_and_those_not_for_long(
    sanad: Assistant, seconds: float, left: int
) -> None:
    answer = sanad.ask(Question(question=DELAY_AR))

    async def scene() -> None:
        streams = Streams(kept=3, seconds=seconds)
        running = Stream("running", LONG)
        streams.keep(running)
        made = []
        for number in range(10):
            made.append(Stream(f"request {number}", LONG))
            made[-1].answer(answer)
            streams.keep(made[-1])
        known = [one for one in made if streams.resume(f"{one.id}.1", one.request)]
        assert known == made[len(made) - left :]
        assert streams.running() == 1
        streams.fail(KeyError("bug"))
        assert streams.running() == 0

    asyncio.run(scene())


class _Recorder:
    """Notes what it is given."""

    dropped = waiting = 0

    def __init__(self) -> None:
        self.given: list[tuple[str, str, str, str | None]] = []

    def answered(
        self, question: Question, answer: Answer, caller: object, conversation: str | None = None
    ) -> None:
        actor = str(getattr(caller, "actor", caller))
        self.given.append((question.question, answer.id, actor, conversation))


def test_every_answer_is_recorded_once_whatever_it_was_asked_through(sanad: Assistant) -> None:
    recorder = _Recorder()
    app = create_app(sanad, recorder=recorder)  # type: ignore[arg-type]
    told = []
    with TestClient(app) as client:
        for headers in ({}, {"Sanad-Conversation": "c" * 43}):
            asked = client.post("/v1/ask", json={"question": DELAY_AR}, headers=headers)
            told.append(asked.json()["id"])
        streamed = client.post("/v1/ask/stream", json={"question": DELAY_AR}).text
        frame = streamed.strip().split("\n\n")[-1].split("\n")
        told.append(json.loads(frame[1].removeprefix("data: "))["id"])
        rest = client.post(
            "/v1/ask/stream",
            json={"question": DELAY_AR},
            headers={"Last-Event-ID": frame[2].removeprefix("id: ").rpartition(".")[0] + ".1"},
        )
        assert rest.text in streamed
        said = {"model": "sanad", "messages": [{"role": "user", "content": DELAY_AR}]}
        completed = client.post("/v1/chat/completions", json=said)
        assert completed.status_code == 200
        assert client.post("/v1/ask", json={"question": "؟"}).status_code == 422
    assert [given[1] for given in recorder.given[:3]] == told
    assert len(recorder.given) == 4
    assert [given[3] for given in recorder.given] == [None, "c" * 43, None, None]
    assert {given[2] for given in recorder.given} == {"public"}


def test_a_service_that_stops_takes_nothing_and_says_so(sanad: Assistant) -> None:
    app = create_app(sanad)
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 200
        assert client.portal
        client.portal.call(app.state.asking.stop, 0.0)
        for response in (
            client.post("/v1/ask", json={"question": DELAY_AR}),
            client.post("/v1/ask/stream", json={"question": DELAY_AR}),
            client.get("/readyz"),
        ):
            assert response.status_code == 503
            assert response.headers["content-type"] == "application/problem+json"
            assert response.headers["retry-after"] == "5"
            assert response.json()["code"] == "shutting_down"
        assert client.get("/healthz").status_code == 200
