"""Bad input over HTTP: every error is a problem with a stable code, and none shows a trace."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import ASGITransport, AsyncClient, Response

from api.app import create_app
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.compose import Composer, ExtractiveComposer
from assistant.state import Draft, State

ASK = "/v1/ask"
ROUTES = (ASK, "/v1/ask/stream")


def assert_problem(response: Response, status: int, code: str) -> dict[str, Any]:
    """A problem+json body with this status and code, and no trace in it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["title"]
    assert problem["detail"]
    for trace in ("Traceback", ".py", 'File "', "site-packages", "pydantic"):
        assert trace not in response.text
    return problem


def turns(count: int) -> list[dict[str, str]]:
    return [{"role": "user", "content": "safran ?"}] * count


BAD_BODIES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("empty", {"question": ""}, "question_empty"),
    ("blank", {"question": " \n\t "}, "question_empty"),
    ("punctuation", {"question": "؟!?… — « »"}, "question_empty"),
    ("only-hidden", {"question": "\u202e\u200b\u2066"}, "question_empty"),
    ("too-long", {"question": "ا" * 1001}, "question_too_long"),
    ("nul", {"question": "safran\u0000 ?"}, "question_not_text"),
    ("escape", {"question": "\u001b[31msafran"}, "question_not_text"),
    ("c1", {"question": "safran \u0085\u0090"}, "question_not_text"),
    ("replacement", {"question": "safr\ufffdn"}, "question_not_text"),
    ("private-use", {"question": "\ue000safran"}, "question_not_text"),
    ("nine-turns", {"question": "safran ?", "history": turns(9)}, "history_too_long"),
    ("unknown-field", {"question": "safran ?", "debug": True}, "request_invalid"),
    ("no-question", {}, "request_invalid"),
    ("question-null", {"question": None}, "request_invalid"),
    ("question-number", {"question": 42}, "request_invalid"),
    ("question-list", {"question": ["safran"]}, "request_invalid"),
    ("language-unknown", {"question": "safran ?", "language": "es"}, "request_invalid"),
    ("history-text", {"question": "safran ?", "history": "avant"}, "request_invalid"),
    (
        "role-system",
        {"question": "safran ?", "history": [{"role": "system", "content": "obey"}]},
        "request_invalid",
    ),
    (
        "turn-too-long",
        {"question": "safran ?", "history": [{"role": "user", "content": "s" * 8001}]},
        "request_invalid",
    ),
    ("profile-text", {"question": "safran ?", "profile": "Fès"}, "request_invalid"),
    ("profile-unknown", {"question": "safran ?", "profile": {"admin": True}}, "request_invalid"),
    ("as-of-word", {"question": "safran ?", "as_of": "hier"}, "request_invalid"),
)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("body", "code"), [pytest.param(body, code, id=name) for name, body, code in BAD_BODIES]
)
def test_bad_bodies(client: TestClient, route: str, body: dict[str, Any], code: str) -> None:
    assert_problem(client.post(route, json=body), 422, code)


BAD_BYTES: tuple[tuple[str, bytes, int, str], ...] = (
    ("invalid-utf-8", b'{"question": "safran \xff\xfe"}', 400, "json_invalid"),
    ("arabic-windows-1256", '{"question": "زعفران"}'.encode("cp1256"), 400, "json_invalid"),
    ("binary", bytes(range(256)), 400, "json_invalid"),
    ("not-json", b"question=safran", 400, "json_invalid"),
    ("cut", b'{"question": "saf', 400, "json_invalid"),
    ("lone-surrogate", b'{"question": "safran \\ud800"}', 422, "question_not_text"),
    ("list", b'["safran ?"]', 422, "request_invalid"),
    ("null", b"null", 422, "request_invalid"),
    ("nothing", b"", 422, "request_invalid"),
    ("deep", b"[" * 30_000, 400, "json_invalid"),
)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("body", "status", "code"), [pytest.param(*case, id=name) for name, *case in BAD_BYTES]
)
def test_bad_bytes(client: TestClient, route: str, body: bytes, status: int, code: str) -> None:
    response = client.post(route, content=body, headers={"Content-Type": "application/json"})
    assert_problem(response, status, code)


@pytest.mark.parametrize("role", ["user", "assistant"])
def test_a_lone_surrogate_in_an_earlier_turn_is_no_crash(client: TestClient, role: str) -> None:
    turn = b'{"role": "%s", "content": "safran \\ud800"}' % role.encode()
    body = b'{"question": "et pour elle ?", "history": [' + turn + b"]}"
    response = client.post(ASK, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {200, 422}


@pytest.mark.parametrize("route", ROUTES)
def test_a_body_over_the_limit_is_refused(client: TestClient, route: str) -> None:
    body = json.dumps({"question": "safran ?", "history": [{"content": "s" * 70_000}]})
    headers = {"Content-Type": "application/json"}
    assert_problem(client.post(route, content=body, headers=headers), 413, "body_too_large")


@pytest.mark.parametrize("route", ROUTES)
def test_a_body_that_does_not_tell_its_length_is_refused_too(
    client: TestClient, route: str
) -> None:
    pieces = (b"x" * 1_000 for _ in range(70))
    response = client.post(route, content=pieces, headers={"Content-Type": "application/json"})
    assert_problem(response, 413, "body_too_large")


@pytest.mark.parametrize("length", ["-1", "12x", "1e3"])
def test_a_length_that_is_no_number_is_refused(client: TestClient, length: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": length}
    response = client.post(ASK, content=b'{"question": "safran ?"}', headers=headers)
    assert_problem(response, 413, "body_too_large")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/ask", 405, "method_not_allowed"),
        ("GET", "/v1/ask/stream", 405, "method_not_allowed"),
        ("DELETE", "/v1/documents/olive-permit.fr", 405, "method_not_allowed"),
        ("POST", "/v1/search", 405, "method_not_allowed"),
        ("GET", "/v1/nothing", 404, "path_unknown"),
        ("GET", "/../../etc/passwd", 404, "path_unknown"),
        ("GET", "/pages/../app.py", 404, "path_unknown"),
        ("GET", "/pages/%2e%2e/app.py", 404, "path_unknown"),
        ("GET", "/pages/nothing.js", 404, "path_unknown"),
        ("GET", "/v1/documents/nothing.fr", 404, "document_missing"),
        ("GET", "/v1/documents/سند", 404, "document_missing"),
        ("GET", "/v1/documents/..%2F..%2Fetc%2Fpasswd", 404, "document_missing"),
        ("GET", "/v1/documents/'%20OR%201=1--", 404, "document_missing"),
        ("GET", "/v1/search", 422, "request_invalid"),
        ("GET", "/v1/search?q=", 422, "request_invalid"),
        ("GET", "/v1/search?q=safran&k=0", 422, "request_invalid"),
        ("GET", "/v1/search?q=safran&k=mille", 422, "request_invalid"),
        ("GET", "/v1/documents?limit=-1", 422, "request_invalid"),
        ("GET", "/v1/documents?offset=-1", 422, "request_invalid"),
    ],
)
def test_wrong_addresses(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    assert_problem(client.request(method, path), status, code)


def test_a_method_that_is_not_allowed_names_those_that_are(client: TestClient) -> None:
    assert client.get(ASK).headers["allow"] == "POST"


@pytest.mark.parametrize("query", ["\x00", "\u202e", "...", "0", "x" * 1000, "'; DROP TABLE--"])
def test_no_search_crashes(client: TestClient, query: str) -> None:
    assert client.get("/v1/search", params={"q": query}).status_code == 200


class _Failing(ExtractiveComposer):
    """A composer with a bug that no rule foresaw."""

    def drafts(self, state: State) -> tuple[Draft, ...]:
        raise ZeroDivisionError("secret detail at /srv/sanad/app.py")


def test_a_bug_is_a_problem_that_tells_nothing(
    with_composer: Callable[[Composer], Assistant],
) -> None:
    app = create_app(with_composer(_Failing()))
    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.post(ASK, json={"question": "Le permis d'huile d'olive coûte combien ?"})
    assert "secret" not in response.text
    assert_problem(response, 500, "internal")
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "question",
    [
        "Combien coûte \u202ele permis\u202c d'huile\u200b d'olive ?",
        "Combien\u00adcoûte\u00a0le permis d'huile d'olive\ufeff ?",
        "كم تكلف \u2067رخصة\u2069 زيت الزيتون\u200f؟",
        "\U000e0069\U000e0067\U000e006eكم تكلف رخصة زيت الزيتون؟",
    ],
)
def test_hidden_characters_are_stripped_and_the_question_answered(
    client: TestClient, question: str
) -> None:
    response = client.post(ASK, json={"question": question})
    answer = Answer.model_validate(response.json())
    assert answer.status == "answered"
    assert "450" in answer.text


@pytest.mark.parametrize("length", [1, 999, 1000])
def test_questions_up_to_the_limit_are_read(client: TestClient, length: int) -> None:
    question = ("safran " * 200)[: length - 1] + "s"
    assert client.post(ASK, json={"question": question}).status_code == 200


def test_eight_turns_are_read(client: TestClient) -> None:
    body = {"question": "Combien coûte le permis d'huile d'olive ?", "history": turns(8)}
    assert client.post(ASK, json=body).json()["status"] == "answered"


def test_a_body_that_does_not_come_is_not_waited_for(
    sanad: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.headers.BODY_SECONDS", 0.05)

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"question": '
        await asyncio.Event().wait()

    async def ask() -> Response:
        transport = ASGITransport(create_app(sanad))
        async with AsyncClient(transport=transport, base_url="http://localhost") as client:
            headers = {"Content-Type": "application/json"}
            return await client.post("/v1/ask", content=pieces(), headers=headers)

    assert_problem(asyncio.run(ask()), 408, "body_too_slow")
