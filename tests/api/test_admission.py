"""More than can be answered is refused early, in so many words; nothing else has to wait for it."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.admission import Admission
from api.app import create_app
from assistant.answer import ComposerName
from assistant.assistant import Assistant
from assistant.compose import Composer
from assistant.settings import Settings
from assistant.state import Draft, State
from assistant.verify import quotes
from ingest.errors import OverloadedError
from tests.misbehaviour import DELAY, DELAY_AR

LONG = 30.0


def test_who_finds_no_slot_waits_and_who_is_too_many_is_sent_away() -> None:
    may_end = Event()

    async def scene() -> None:
        admission = Admission(slots=1, queue=1, patience=LONG)
        first = await admission.start(lambda: may_end.wait(LONG))
        second = asyncio.create_task(admission.run(lambda: "second"))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError) as refused:
            await admission.run(lambda: "third")
        assert refused.value.wait == LONG
        assert not second.done()
        may_end.set()
        assert await first
        assert await second == "second"
        assert await admission.run(lambda: "fourth") == "fourth"

    asyncio.run(scene())


def test_nobody_waits_for_longer_than_promised() -> None:
    may_end = Event()

    async def scene() -> None:
        admission = Admission(slots=1, queue=5, patience=0.01)
        first = await admission.start(lambda: may_end.wait(LONG))
        for _ in range(2):
            with pytest.raises(OverloadedError):
                await admission.run(lambda: "second")
        may_end.set()
        assert await first

    asyncio.run(scene())


def test_work_that_fails_leaves_its_slot() -> None:
    def fail() -> None:
        raise KeyError("bug")

    async def scene() -> None:
        admission = Admission(slots=1, queue=1, patience=LONG)
        with pytest.raises(KeyError):
            await admission.run(fail)
        assert await admission.run(lambda: "next") == "next"

    asyncio.run(scene())


def test_a_slot_is_taken_until_the_thread_has_ended_whoever_listens() -> None:
    began, may_end = Event(), Event()

    def work() -> None:
        began.set()
        may_end.wait(LONG)

    async def scene() -> None:
        admission = Admission(slots=1, queue=1, patience=LONG)
        listener = await admission.start(work)
        assert await asyncio.to_thread(began.wait, LONG)
        listener.cancel()
        next_one = asyncio.create_task(admission.run(may_end.is_set))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await admission.run(lambda: "one too many")
        may_end.set()
        assert await next_one

    asyncio.run(scene())


class _Slow:
    """Drafts only when it may; says when it was asked."""

    name: ComposerName = "llm"
    model: str | None = "slow"
    prompt: str | None = None

    def __init__(self) -> None:
        self.asked, self.may_go_on, self.ended = Event(), Event(), Event()

    def drafts(self, state: State) -> Iterator[Draft]:
        first, *rest = quotes(state.evidence)
        yield first
        self.asked.set()
        self.may_go_on.wait(LONG)
        try:
            yield from rest
            yield Draft(f"{first.text} ", first.evidence)
        finally:
            self.ended.set()


@pytest.fixture
def slow() -> Iterator[_Slow]:
    composer = _Slow()
    yield composer
    composer.may_go_on.set()


@pytest.fixture
def narrow(slow: _Slow, with_composer: Callable[[Composer], Assistant]) -> FastAPI:
    """The application with one slot and nowhere to wait."""
    return create_app(with_composer(slow), Settings(slots=1, queue=0, queue_wait=2))


REQUESTS: tuple[Callable[[TestClient], httpx2.Response], ...] = (
    lambda client: client.post("/v1/ask", json={"question": DELAY_AR}),
    lambda client: client.post("/v1/ask/stream", json={"question": DELAY_AR}),
    lambda client: client.get("/v1/search", params={"q": "زيت الزيتون"}),
)


def test_one_too_many_is_a_problem_that_says_when_to_come_back(
    narrow: FastAPI, slow: _Slow
) -> None:
    with TestClient(narrow) as client, ThreadPoolExecutor(1) as pool:
        running = pool.submit(client.post, "/v1/ask", json={"question": DELAY})
        assert slow.asked.wait(LONG)
        for request in REQUESTS:
            response = request(client)
            assert response.status_code == 429
            assert response.headers["content-type"] == "application/problem+json"
            assert response.headers["retry-after"] == "2"
            assert response.json()["code"] == "overloaded"
        bad = client.post("/v1/ask", json={"question": "؟"})
        assert bad.json()["code"] == "question_empty"
        slow.may_go_on.set()
        assert running.result().status_code == 200
        assert client.post("/v1/ask", json={"question": DELAY_AR}).status_code == 200


def test_health_is_told_while_all_slots_are_taken(narrow: FastAPI, slow: _Slow) -> None:
    with TestClient(narrow) as client, ThreadPoolExecutor(1) as pool:
        running = pool.submit(client.post, "/v1/ask", json={"question": DELAY})
        assert slow.asked.wait(LONG)
        for route in ("/healthz", "/readyz", "/v1/documents"):
            assert client.get(route).status_code == 200
        slow.may_go_on.set()
        assert running.result().status_code == 200


@pytest.mark.parametrize("route", ["/v1/ask", "/v1/ask/stream"])
def test_what_is_known_needs_no_slot(narrow: FastAPI, slow: _Slow, route: str) -> None:
    slow.may_go_on.set()
    with TestClient(narrow) as client, ThreadPoolExecutor(1) as pool:
        assert client.post("/v1/ask", json={"question": DELAY_AR}).status_code == 200
        slow.may_go_on.clear()
        slow.asked.clear()
        running = pool.submit(client.post, "/v1/ask", json={"question": DELAY})
        assert slow.asked.wait(LONG)
        known = client.post(route, json={"question": DELAY_AR})
        assert known.status_code == 200
        assert '"cached"' in known.text
        slow.may_go_on.set()
        assert running.result().status_code == 200


def test_who_leaves_a_stream_makes_room(
    narrow: FastAPI,
    slow: _Slow,
    serving: Callable[[FastAPI], AbstractContextManager[str]],
) -> None:
    with serving(narrow) as address, httpx2.Client(base_url=address, timeout=LONG) as client:
        with client.stream("POST", "/v1/ask/stream", json={"question": DELAY}) as response:
            lines = response.iter_lines()
            assert any(line == "event: sentence" for line in lines)
            assert client.post("/v1/ask", json={"question": DELAY_AR}).status_code == 429
        slow.may_go_on.set()
        assert slow.ended.wait(LONG)
        while client.post("/v1/ask", json={"question": DELAY_AR}).status_code == 429:
            assert slow.may_go_on.is_set()
