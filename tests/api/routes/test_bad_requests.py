"""What no operation accepts: each refuses it with a problem of a stable code, and none breaks."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.commands.openapi import description
from api.memory import keys
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import load_settings
from tests.api.test_problems import assert_problem

SCHEMA: dict[str, Any] = json.loads(description())
JSON = {"Content-Type": "application/json"}
DEEP = 5_000


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in SCHEMA["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def address(path: str) -> str:
    """The path with something in its place for each parameter."""
    filled = path.replace("{handoff_id}", "00000000-0000-4000-8000-000000000000")
    return filled.replace("{document_id}", "olive-permit.fr").replace("{model}", "sanad")


def schema_of(operation: dict[str, Any]) -> dict[str, Any]:
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    found: dict[str, Any] = SCHEMA["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def takes_text(field: dict[str, Any]) -> bool:
    kinds = [field, *field.get("anyOf", [])]
    return any(
        kind.get("type") == "string" and not kind.keys() & {"pattern", "format"} for kind in kinds
    )


EVERY = [(method, path) for method, path, _ in operations()]
V1 = [(method, path) for method, path in EVERY if path.startswith("/v1/")]
WITH_BODY = [(method, path) for method, path, one in operations() if "requestBody" in one]
TEXTS = [
    ((method, path), name)
    for method, path, one in operations()
    if "requestBody" in one
    for name, field in schema_of(one)["properties"].items()
    if takes_text(field)
]
VALID: dict[str, dict[str, Any]] = {
    "/v1/ask": {"question": "safran ?"},
    "/v1/ask/stream": {"question": "safran ?"},
    "/v1/chat/completions": {
        "messages": [{"role": "user", "content": "safran ?"}],
        "model": "sanad",
    },
    "/v1/feedback": {"answer_id": "4f6f2b0a-5c1d-4e3f-8a9b-0c1d2e3f4a5b", "verdict": "up"},
    "/v1/handoffs": {"question": "safran ?", "consent": True},
    "/v1/handoffs/{handoff_id}/reply": {"text": "oui"},
    "/v1/session": {"name": "amina", "password": "huile"},
    "/v1/conversations": {"consent": True},
    "/v1/shares": {"question": {"question": "safran ?"}, "consent": True},
    "/v1/gold-proposals": {
        "question": "safran ?",
        "language": "fr",
        "status": "unanswerable",
        "kind": "lookup",
    },
    "/v1/evaluation/verdicts": {
        "first": "a",
        "second": "b",
        "question_id": "q",
        "choice": "left",
    },
}


class Door(NamedTuple):
    """One application for all of these, and the headers of somebody who may do everything."""

    client: TestClient
    admin: dict[str, str]


@pytest.fixture(scope="module")
def door(regional: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    with closing(Database(f"sqlite:///{folder / 'records.sqlite'}")) as database:
        with database.session() as session:
            key = keys.add(session, name="admin", role="admin", expires=None, now=datetime.now(UTC))
        app = create_app(regional, load_settings(limit_known=0), database=database)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Door(client, {"Authorization": f"Bearer {key}"})


BODIES: tuple[tuple[str, bytes, int, str], ...] = (
    ("not-json", b"question=safran", 400, "json_invalid"),
    ("cut", b'{"question": "saf', 400, "json_invalid"),
    ("not-utf-8", '{"question": "زعفران"}'.encode("cp1256"), 400, "json_invalid"),
    ("deep", b"[" * 30_000, 400, "json_invalid"),
    ("deep-and-whole", b"[" * DEEP + b"]" * DEEP, 400, "json_invalid"),
    ("huge-number", b'{"question": ' + b"9" * 6_000 + b"}", 400, "json_invalid"),
    ("nothing", b"", 422, "request_invalid"),
    ("null", b"null", 422, "request_invalid"),
    ("list", b'["safran ?"]', 422, "request_invalid"),
    ("number", b"1e400", 422, "request_invalid"),
    ("nan", b"NaN", 422, "request_invalid"),
    ("text", b'"safran"', 422, "request_invalid"),
    ("unknown-field", b'{"n\\u0627": 1}', 422, "request_invalid"),
    ("surrogate-field", b'{"\\ud800": 1}', 422, "request_invalid"),
    ("long-field", b'{"' + b"x" * 60_000 + b'": 1}', 422, "request_invalid"),
    ("too-large", b'{"question": "' + b"x" * 70_000 + b'"}', 413, "body_too_large"),
)


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
@pytest.mark.parametrize(
    ("body", "expected"), [pytest.param(body, tuple(rest), id=name) for name, body, *rest in BODIES]
)
def test_bodies_that_cannot_be_read(
    door: Door, method: str, path: str, body: bytes, expected: tuple[int, str]
) -> None:
    headers = {**JSON, **door.admin}
    response = door.client.request(method, address(path), content=body, headers=headers)
    problem = assert_problem(response, *expected)
    assert len(problem["detail"]) < 1_000


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "image/png", "x"]
)
def test_bodies_of_another_kind(door: Door, method: str, path: str, kind: str) -> None:
    body = json.dumps(VALID[path]).encode()
    headers = {"Content-Type": kind, **door.admin}
    response = door.client.request(method, address(path), content=body, headers=headers)
    assert_problem(response, 415, "media_type_unsupported")


@pytest.mark.parametrize(("target", "field"), TEXTS)
@pytest.mark.parametrize(
    "text", ["\\u0000", "\\ud800", "a\\ud800b", "\\u202e", "=1+1", "\\u001b[31m", "\\uffff"]
)
def test_no_text_breaks_an_operation(
    door: Door, target: tuple[str, str], field: str, text: str
) -> None:
    method, path = target
    valid = json.dumps({**VALID[path], field: "HERE"}).replace("HERE", text)
    headers = {**JSON, **door.admin}
    response = door.client.request(method, address(path), content=valid.encode(), headers=headers)
    kept_out = {401, 429} if path == "/v1/session" else set()
    assert response.status_code in {200, 201, 400, 404, 422} | kept_out, response.text
    assert response.status_code < 400 or response.json()["code"]


@pytest.mark.parametrize(("method", "path"), EVERY)
def test_methods_that_are_not_allowed(door: Door, method: str, path: str) -> None:
    allowed = {other for other, same in EVERY if same == path}
    for wrong in {"PUT", "PATCH", "POST", "DELETE", "OPTIONS"} - allowed:
        response = door.client.request(wrong, address(path))
        assert_problem(response, 405, "method_not_allowed")
        assert set(response.headers["allow"].split(", ")) >= allowed


@pytest.mark.parametrize(("method", "path"), V1)
@pytest.mark.parametrize("query", ["nothing=1", "_=1", "%00=1", "limit=1&limit=2&nothing=1"])
def test_parameters_that_are_not_known(door: Door, method: str, path: str, query: str) -> None:
    response = door.client.request(
        method, f"{address(path)}?{query}", json=VALID.get(path), headers=door.admin
    )
    assert_problem(response, 422, "request_invalid")


@pytest.mark.parametrize(("method", "path"), V1)
@pytest.mark.parametrize("key", ["sanad_", "sanad_wrong", "sanad_" + "x" * 5_000, "sanad_é"])
def test_keys_that_do_not_count(door: Door, method: str, path: str, key: str) -> None:
    headers = {b"Authorization": f"Bearer {key}".encode()}
    response = door.client.request(method, address(path), json=VALID.get(path), headers=headers)
    assert_problem(response, 401, "not_signed_in")
