"""Role × endpoint: every route has its row, and lets in who the row says, and nobody else."""

from collections.abc import Iterator

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.memory import keys, signins, users
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import Settings
from tests.api.access.conftest import House, build
from tests.api.accesstable import COMMAND, EVERYBODY, PAGE, ROWS, Role, Row, markdown

DENIED = {"not_signed_in", "forbidden", "staff_not_set_up", "cross_site"}
STAFF_ROWS = tuple(row for row in ROWS if "public" not in row.roles)


def call(client: TestClient, row: Row, headers: dict[str, str]) -> Response:
    """A request that is let in or not; that what it sends is no use is another matter."""
    path = row.path.replace(":path", "")
    for name in ("model", "document_id", "handoff_id"):
        path = path.replace(f"{{{name}}}", "00000000-0000-4000-8000-000000000000")
    body: dict[str, str] | None = (
        {} if row.method == "POST" and row.path.startswith("/v1/") else None
    )
    return client.request(row.method, path, json=body, headers=headers)


def denied(answer: Response) -> str | None:
    """The code with which somebody was kept out."""
    if answer.headers.get("content-type") != "application/problem+json":
        return None
    code: str = answer.json()["code"]
    return code if code in DENIED else None


@pytest.fixture(scope="module")
def staffed(sanad: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An application that has staff; nothing here changes who they are."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('staffed')}/sanad.sqlite")
    house = build(sanad, database, Settings(llm="none"))
    house.add("nobody-special")
    yield house
    database.close()


@pytest.fixture(scope="module")
def key_of(staffed: House) -> dict[Role, dict[str, str]]:
    """The header of a key for each role."""
    return {role: staffed.key(f"{role}-key", role) for role in EVERYBODY}


@pytest.fixture(scope="module")
def session_of(staffed: House) -> dict[Role, dict[str, str]]:
    """Headers of sessions that were begun without the form, with their tokens."""
    found: dict[Role, dict[str, str]] = {}
    now = staffed.clock()
    with staffed.database.session() as session:
        for role in EVERYBODY[1:]:
            user = users.add(session, name=role, role=role, password_hash=None, now=now)
            begun = signins.start(
                session, user_id=user.id, lifetime=staffed.app.state.door.lifetime, now=now
            )
            found[role] = {"Cookie": f"sanad_session={begun.token}", "X-Sanad-CSRF": begun.csrf}
    return found


def test_every_route_has_its_row_and_every_row_its_route(home: House) -> None:
    routes = set()
    for route in iter_route_contexts(home.app.routes):
        for method in (route.methods or {"GET"}) - {"HEAD"}:
            routes.add((method, route.path))
    rows = {(row.method, row.path) for row in ROWS}
    assert len(rows) == len(ROWS)
    assert rows == routes, "tests/api/accesstable.py decides who may call a route; add its row"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), f"docs/access.md is stale: {COMMAND}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_keys_open_what_the_row_says(
    staffed: House, key_of: dict[Role, dict[str, str]], row: Row
) -> None:
    client = staffed.open()
    for role in EVERYBODY:
        expected = None if role in row.roles else "forbidden"
        assert denied(call(client, row, key_of[role])) == expected, role
    expected = None if "public" in row.roles else "not_signed_in"
    assert denied(call(client, row, {})) == expected


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_sessions_open_what_the_row_says(
    staffed: House, session_of: dict[Role, dict[str, str]], row: Row
) -> None:
    client = staffed.open()
    for role, headers in session_of.items():
        if row.path == "/v1/session":
            continue
        expected = None if role in row.roles else "forbidden"
        assert denied(call(client, row, headers)) == expected, role
        if row.method != "GET" and "public" not in row.roles:
            bare = {"Cookie": headers["Cookie"]}
            assert denied(call(client, row, bare)) == "cross_site"
            foreign = {**headers, "Sec-Fetch-Site": "cross-site"}
            assert denied(call(client, row, foreign)) == "cross_site"


@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.1"])
def test_with_nobody_set_up_no_staff_door_opens(home: House, address: str) -> None:
    client = home.open("http://sanad.example", address)
    for row in STAFF_ROWS:
        answer = call(client, row, {})
        assert denied(answer) == "staff_not_set_up", row
        assert answer.status_code == 403
        assert "sanad users add" in answer.json()["detail"]


def test_a_key_that_ended_opens_nothing(home: House) -> None:
    expired = home.key("short", "admin", days=1)
    revoked = home.key("gone", "admin")
    with home.database.session() as session:
        keys.revoke(session, "gone", now=home.clock())
    home.clock.pass_by(days=2)
    for row in STAFF_ROWS:
        for headers in (expired, revoked):
            assert denied(call(home.open(), row, headers)) == "not_signed_in", row


@pytest.mark.parametrize("row", STAFF_ROWS, ids=str)
def test_without_a_database_no_staff_door_opens(sanad: Assistant, row: Row) -> None:
    client = TestClient(create_app(sanad), base_url="http://sanad.example")
    for headers in ({}, {"Authorization": "Bearer sanad_x"}, {"Cookie": "sanad_session=x"}):
        answer = call(client, row, headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "database_down")
