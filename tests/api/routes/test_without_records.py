"""A database that is away: what needs records says so, what answers goes on answering."""

import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.memory import feedback
from api.memory.database import Database
from assistant.assistant import Assistant
from ingest.errors import DatabaseDownError
from tests.api.routes.conftest import As
from tests.api.test_problems import assert_problem

KEY = {"Authorization": "Bearer sanad_some-key"}
TICKET = {"Sanad-Ticket": "t"}
TOKEN = {"Sanad-Conversation": "c"}
ID = "7f9c24e8-3b12-4fae-9d41-5c7a0b6e2f10"
"""Of a letter or an answer that nobody sent; always the same, for a test is called by it."""
Case = tuple[str, str, dict[str, object] | None, dict[str, str]]

NEED_RECORDS: tuple[Case, ...] = (
    ("POST", "/v1/feedback", {"answer_id": ID, "verdict": "up"}, {}),
    ("POST", "/v1/handoffs", {"question": "safran ?", "consent": True}, {}),
    ("GET", f"/v1/handoffs/{ID}", None, TICKET),
    ("POST", "/v1/session", {"name": "amina", "password": "huile"}, {}),
    ("POST", "/v1/shares", {"question": {"question": "safran ?"}, "consent": True}, {}),
    ("GET", "/v1/shares/current", None, {"Sanad-Share": "t"}),
    ("DELETE", "/v1/shares/current", None, {"Sanad-Share-Key": "k"}),
    ("POST", "/v1/conversations", {"consent": True}, {}),
    ("GET", "/v1/conversations/current", None, TOKEN),
    ("DELETE", "/v1/conversations/current", None, TOKEN),
    ("GET", "/v1/feedback", None, KEY),
    ("GET", "/v1/handoffs", None, KEY),
    ("GET", f"/v1/handoffs/{ID}/record", None, KEY),
    ("POST", f"/v1/handoffs/{ID}/reply", {"text": "oui"}, KEY),
    ("POST", f"/v1/handoffs/{ID}/close", None, KEY),
    ("GET", "/v1/gaps", None, KEY),
    ("GET", "/v1/audit", None, KEY),
    ("GET", "/v1/audit", None, {}),
)
GO_ON = (
    ("POST", "/v1/ask", {"question": "Combien coûte le permis d'huile d'olive ?"}),
    ("POST", "/v1/ask", {"question": "كم تكلف رخصة زيت الزيتون؟"}),
    ("POST", "/v1/ask/stream", {"question": "Combien coûte le permis d'huile d'olive ?"}),
    ("GET", "/v1/search?q=safran", None),
    ("GET", "/v1/documents", None),
    ("GET", "/v1/procedures", None),
    ("GET", "/v1/directory", None),
    ("GET", "/healthz", None),
)


@pytest.fixture(params=["none", "unreachable", "unwritable"])
def away(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database | None]:
    """No database at all, one where nobody listens, and a file that is none."""
    if request.param == "none":
        yield None
        return
    url = f"sqlite:///{tmp_path}"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        if request.param == "unreachable":
            url = f"postgresql://sanad@127.0.0.1:{listener.getsockname()[1]}/sanad"
    database = Database(url, timeout=1)
    yield database
    database.close()


@pytest.fixture
def client(regional: Assistant, away: Database | None) -> Iterator[TestClient]:
    app = create_app(regional, database=away)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize(("method", "path", "body", "headers"), NEED_RECORDS)
def test_what_needs_records_says_so(
    client: TestClient,
    method: str,
    path: str,
    body: dict[str, object] | None,
    headers: dict[str, str],
) -> None:
    response = client.request(method, path, json=body, headers=headers)
    assert response.status_code in {503, 507}, response.text
    problem = response.json()
    assert_problem(response, response.status_code, problem["code"])
    assert problem["code"] in {"database_down", "storage_failed"}
    for secret in ("sanad@", "psycopg", "sqlite3", "sqlalche"):
        assert secret not in response.text


@pytest.mark.parametrize("headers", [{}, KEY, {"Cookie": "sanad_session=x"}], ids=str)
@pytest.mark.parametrize(("method", "path", "body"), GO_ON)
def test_what_answers_goes_on(
    client: TestClient,
    method: str,
    path: str,
    body: dict[str, object] | None,
    headers: dict[str, str],
) -> None:
    response = client.request(method, path, json=body, headers=headers)
    assert response.status_code == 200, response.text
    if path == "/v1/ask":
        assert "450" in response.json()["text"]


def test_what_was_not_kept_is_not_acknowledged(
    office: TestClient, records: Database, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is written, and then the database goes before it is committed."""
    admin, add = as_("admin"), feedback.add
    opinion = {"answer_id": str(uuid4()), "verdict": "up"}

    def add_and_go(*arguments: object, **fields: object) -> str:
        add(*arguments, **fields)  # type: ignore[arg-type]
        raise DatabaseDownError("The database went away.")

    with monkeypatch.context() as patched:
        patched.setattr(feedback, "add", add_and_go)
        lost = office.post("/v1/feedback", json=opinion)
    assert_problem(lost, 503, "database_down")
    assert office.get("/v1/feedback", headers=admin).json()["feedback"] == []
    kept = office.post("/v1/feedback", json=opinion)
    assert kept.status_code == 201
    listed = office.get("/v1/feedback", headers=admin).json()["feedback"]
    assert [one["id"] for one in listed] == [kept.json()["id"]]
