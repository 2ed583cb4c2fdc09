"""What is logged of a request, and what never is."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import logs, watch
from api.app import create_app
from assistant.assistant import Assistant
from assistant.compose import Composer, ExtractiveComposer
from assistant.settings import Settings
from assistant.state import Draft, State
from tests.misbehaviour import DELAY_AR

UUID = re.compile(r"[0-9a-f-]{36}")
CIN, MAIL = "BK482913", "amina.tazi@exemple.ma"
HIDDEN = "\r\n\x0b\x0c\x1b[31m\x85\u2028\u2029\u202e\u200f\ufeff"


@contextmanager
def installed(settings: Settings) -> Iterator[None]:
    """`logs.install` for as long as this takes."""
    root, sanad = logging.getLogger(), logging.getLogger("sanad")
    handlers, levels = root.handlers, (root.level, sanad.level)
    try:
        logs.install(settings)
        yield
    finally:
        logging.captureWarnings(capture=False)
        root.handlers = handlers
        root.setLevel(levels[0])
        sanad.setLevel(levels[1])


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The lines in JSON that were logged so far."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.fixture
def serve(sanad: Assistant) -> Callable[..., TestClient]:
    return lambda **settings: TestClient(
        create_app(sanad, Settings(**settings)), raise_server_exceptions=False
    )


def test_a_request_is_one_line_with_its_answer_and_nobody_s_words(
    serve: Callable[..., TestClient], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    with installed(Settings(log="json")):
        response = serve().post(f"/v1/ask?{CIN}", json={"question": DELAY_AR})
        assert response.status_code == 422
        response = serve().post("/v1/ask", json={"question": DELAY_AR})
    refused, line = lines()
    assert refused["problem"] == "request_invalid"
    assert (
        line.items()
        >= {
            "event": "request",
            "level": "info",
            "method": "POST",
            "route": "/v1/ask",
            "status": 200,
            "caller": "public",
            "answer": response.json()["id"],
            "outcome": "answered",
            "request_id": response.headers["x-request-id"],
        }.items()
    )
    assert line["ms"] >= 0
    assert datetime.fromisoformat(line["time"]).tzinfo == UTC
    assert set(line) <= {"time", "level", "event", "request_id", *logs.FIELDS}
    assert "address" not in line


def test_a_stream_is_one_line_when_it_is_over(
    serve: Callable[..., TestClient], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    with installed(Settings(log="json")):
        serve().post("/v1/ask/stream", json={"question": DELAY_AR})
    (line,) = lines()
    assert (line["route"], line["outcome"]) == ("/v1/ask/stream", "answered")


def test_an_address_is_logged_only_where_that_is_wanted(
    sanad: Assistant, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    settings = Settings(log="json", log_addresses=True)
    with installed(settings):
        TestClient(create_app(sanad, settings), client=("203.0.113.9", 1)).get("/")
    (line,) = lines()
    assert line["address"] == "203.0.113.9"


def test_nothing_that_a_caller_writes_is_in_a_line(
    serve: Callable[..., TestClient], capsys: pytest.CaptureFixture[str]
) -> None:
    canary = "canary-7f3a"
    headers = {"User-Agent": canary, "Referer": canary, "X-Request-ID": canary, "Cookie": canary}
    with installed(Settings(log="json")):
        client = serve()
        client.get(f"/{canary}?q={canary}", headers=headers)
        client.get(f"/v1/documents/{canary}", headers=headers)
        client.get(f"/v1/search?q={canary}", headers=headers)
        client.request(canary.upper(), "/v1/ask", headers=headers)
        client.post("/v1/ask", json={"question": f"{canary} {MAIL}"}, headers=headers)
        client.post("/v1/ask", content=canary, headers=headers)
    logged = capsys.readouterr().err
    assert len(logged.splitlines()) == 6
    assert canary not in logged.lower()


def test_what_is_asked_all_the_time_is_noted_only_when_it_fails(
    serve: Callable[..., TestClient], lines: Callable[[], list[dict[str, Any]]]
) -> None:
    with installed(Settings(log="json")):
        client = serve()
        client.get("/healthz")
        client.get("/pages/style.css")
        client.get("/metrics")
    (line,) = (one for one in lines() if one["event"] == "request")
    assert (line["route"], line["status"]) == ("/metrics", 503)


def test_a_bug_is_told_once_with_the_id_that_its_caller_got(
    with_composer: Callable[[Composer], Assistant],
    lines: Callable[[], list[dict[str, Any]]],
    serving: Callable[[FastAPI], Any],
) -> None:
    class Failing(ExtractiveComposer):
        def drafts(self, state: State) -> tuple[Draft, ...]:
            raise ZeroDivisionError(f"asked by {MAIL}")

    app = create_app(with_composer(Failing()))
    with installed(Settings(log="json")), serving(app) as address:
        body = json.dumps({"question": DELAY_AR}).encode()
        asked = Request(f"{address}/v1/ask", body, {"Content-Type": "application/json"})
        with pytest.raises(HTTPError) as failed:
            urlopen(asked, timeout=60)
        with failed.value as response:
            problem = json.loads(response.read())
            assert response.headers["X-Request-ID"] == problem["request_id"]
    line, bug = sorted(lines(), key=lambda one: one["event"])
    assert bug["request_id"] == line["request_id"] == problem["request_id"]
    assert "ZeroDivisionError" in bug["exception"]
    assert MAIL not in str(bug)
    assert (line["status"], line["problem"]) == (500, "internal")


def test_every_problem_bears_the_id_of_its_response(serve: Callable[..., TestClient]) -> None:
    client = serve()
    seen = set()
    for method, path in (("GET", "/nothing"), ("PUT", "/v1/ask"), ("GET", "/v1/search")):
        response = client.request(method, path)
        assert response.json()["request_id"] == response.headers["x-request-id"]
        assert UUID.fullmatch(response.headers["x-request-id"])
        seen.add(response.headers["x-request-id"])
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("brought", "kept"),
    [
        ("0a1B2c3D", True),
        ("a" * 64, True),
        ("short-1", False),
        ("a" * 65, False),
        ("with space", False),
        ('12345678"}', False),
        ("12345678\u0661", False),
    ],
)
@pytest.mark.parametrize("trusted", [True, False])
def test_a_request_id_is_kept_if_it_is_one_and_a_trusted_proxy_brings_it(
    brought: str, kept: bool, trusted: bool, sanad: Assistant
) -> None:
    app = create_app(sanad, Settings(trusted_proxies="10.0.0.1" if trusted else ""))
    client = TestClient(app, client=("10.0.0.1", 1))
    headers = {b"X-Request-ID": brought.encode()}
    told = client.get("/healthz", headers=headers).headers["x-request-id"]
    assert (told == brought) is (kept and trusted)
    assert told == brought or UUID.fullmatch(told)


@pytest.mark.parametrize("style", ["json", "text"])
def test_no_message_makes_a_line_of_its_own(
    style: Literal["json", "text"], capsys: pytest.CaptureFixture[str]
) -> None:
    forged = f"x{HIDDEN}2026-11-22T00:00:00Z INFO request status=200 {CIN} {MAIL}"
    with installed(Settings(log=style)):
        logging.getLogger("elsewhere").warning("odd file %s", forged)
        logging.getLogger("elsewhere").error("failed", exc_info=ValueError(forged))
    logged = capsys.readouterr().err
    assert not set(logged) & set(HIDDEN.replace("\n", "").replace("[31m", ""))
    starts = [line for line in logged.split("\n") if line and not line.startswith("    ")]
    assert len(starts) == 2
    assert "odd file" in starts[0]
    assert "failed" in starts[1]
    assert MAIL not in logged
    assert CIN not in logged


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    with installed(Settings(log="text")):
        logging.getLogger("sanad").warning("النموذج %s لا يجيب", "qwen")
    time, level, *rest = capsys.readouterr().err.split()
    assert (level, " ".join(rest)) == ("WARNING", "النموذج qwen لا يجيب")
    assert datetime.fromisoformat(time).tzinfo == UTC


def test_libraries_are_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    with installed(Settings(log="json")):
        logging.getLogger("httpx2").info("GET http://x/?q=secret")
        logging.getLogger("sanad.access").info("ours")
    assert "secret" not in (logged := capsys.readouterr().err)
    assert "ours" in logged


def test_outside_of_a_request_there_is_nothing_to_note(sanad: Assistant) -> None:
    assert watch.current() is None
    watch.answered(sanad.ask(DELAY_AR))
    assert watch.current() is None
