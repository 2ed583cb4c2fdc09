"""Told to stop, the service ends what it is at, keeps what it was told, and leaves with 0."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep

import httpx2
import pytest

from assistant.answer import Answer
from tests.conftest import REPOSITORY
from tests.misbehaviour import DELAY, DELAY_AR

LONG = 120.0
Serve = Callable[..., "_Process"]


class _Process:
    """A service under way; `go` lets it finish its answers."""

    def __init__(self, process: "subprocess.Popen[str]", go: Path, records: Path) -> None:
        self.process = process
        self.go = go
        self.records = records
        assert process.stdout
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        self.client = httpx2.Client(base_url=found.group(), timeout=LONG)

    def answers(self) -> list[str]:
        """Ids of the answers that were recorded."""
        with closing(sqlite3.connect(self.records)) as database:
            return [answer for (answer,) in database.execute("SELECT answer_id FROM audit")]

    @contextmanager
    def stream(self, question: str) -> Iterator[Iterator[str]]:
        """The lines of an answer, from the first sentence on: it waits after that."""
        with self.client.stream("POST", "/v1/ask/stream", json={"question": question}) as response:
            lines = response.iter_lines()
            assert any(line == "event: sentence" for line in lines)
            yield lines

    def end(self, *, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def ended(self) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=LONG)
        assert "Traceback" not in errors
        return self.process.returncode, errors


@pytest.fixture
def serve(tmp_path: Path, trade_index: Path) -> Iterator[Serve]:
    started: list[_Process] = []

    def start(*options: str, wait: float) -> _Process:
        go, records = tmp_path / "go", tmp_path / "records.sqlite"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SANAD_")},
            "SANAD_INDEX": str(trade_index),
            "SANAD_LLM": "none",
            "SANAD_DATABASE_URL": f"sqlite:///{records}",
            "SANAD_SHUTDOWN_WAIT": str(wait),
            "SLOW_UNTIL": str(go),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.api.slowservice", *options],
            cwd=REPOSITORY, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(_Process(process, go, records))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()
        one.client.close()


def takes(service: _Process) -> bool:
    """Whether somebody new is let in."""
    try:
        return httpx2.get(f"{service.client.base_url}/healthz", timeout=LONG).is_success
    except httpx2.TransportError:
        return False


def last_event(lines: Iterator[str]) -> tuple[str, dict[str, object]]:
    told = list(lines)
    kind = [line.removeprefix("event: ") for line in told if line.startswith("event: ")][-1]
    data = [line.removeprefix("data: ") for line in told if line.startswith("data: ")][-1]
    return kind, json.loads(data)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_is_being_answered_is_answered_and_recorded(
    serve: Serve, number: signal.Signals, workers: str
) -> None:
    service = serve("--workers", workers, wait=60)
    with service.stream(DELAY_AR) as lines:
        service.end(number=number)
        while takes(service):
            assert service.process.poll() is None
        service.go.touch()
        kind, data = last_event(lines)
    assert kind == "answer"
    answer = Answer.model_validate(data)
    assert answer.status == "answered"
    assert service.ended()[0] == 0
    assert service.answers() == [answer.id]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_takes_too_long_is_ended_in_so_many_words(serve: Serve, workers: str) -> None:
    service = serve("--workers", workers, wait=0.5)
    with service.stream(DELAY) as lines:
        service.end()
        kind, data = last_event(lines)
    assert (kind, data["code"], data["status"]) == ("error", "shutting_down", 503)
    assert service.ended()[0] == 0
    assert service.answers() == []


def test_workers_whose_parent_was_killed_finish_and_end(serve: Serve) -> None:
    """Nobody could tell them any more, and they would keep the address and the old documents."""
    service = serve("--workers", "2", wait=60)
    with service.stream(DELAY) as lines:
        service.end(number=signal.SIGKILL)
        service.go.touch()
        kind, data = last_event(lines)
    assert (kind, data["status"]) == ("answer", "answered")
    assert service.ended()[0] == -signal.SIGKILL
    while takes(service):
        sleep(0.1)
