import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Thread

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from assistant.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event: its kind and its payload."""

    kind: str
    data: object


@pytest.fixture
def client(sanad: Assistant) -> Iterator[TestClient]:
    """The application over the small corpus, without a language model."""
    with TestClient(create_app(sanad), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def events() -> Callable[[str], list[Event]]:
    """Parses a stream; every frame must be one `event:` line and its `data:` line."""
    return _parse


def _parse(text: str) -> list[Event]:
    assert text.endswith("\n\n")
    parsed = []
    for frame in text.removesuffix("\n\n").split("\n\n"):
        first, second = frame.split("\n")
        assert first.startswith("event: ")
        assert second.startswith("data: ")
        parsed.append(Event(first.removeprefix("event: "), json.loads(second[6:])))
    return parsed


@pytest.fixture
def serving() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Serves an application on a free port of loopback; gives its address."""
    return _serving


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
