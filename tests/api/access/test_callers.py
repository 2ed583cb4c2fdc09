"""Callers: keys and sessions that count, and all the ways in which they do not."""

from collections.abc import Callable
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from api.access.caller import Caller, caller, require
from api.app import create_app
from api.memory import keys, signins, users
from api.memory.database import Database, Session
from assistant.assistant import Assistant
from assistant.settings import Settings
from tests.api.access.conftest import PASSWORD, House, build, sign_in
from tests.postgresql import PostgreSQL

ROLES = ("public", "agent", "evaluator", "admin")


def doors(app: FastAPI) -> None:
    """Routes that tell who came in."""

    @app.api_route("/anybody", methods=["GET", "POST"])
    async def anybody(who: Annotated[Caller, Depends(caller)]) -> str:
        return who.actor

    for role in ("agent", "evaluator", "admin"):

        @app.api_route(f"/{role}", methods=["GET", "POST"])
        async def staff(who: Annotated[Caller, Depends(require(role))]) -> str:
            return who.actor


@pytest.fixture
def doored(house: House) -> House:
    doors(house.app)
    return house


def problem(client: TestClient, path: str, authorization: str | bytes | None = None) -> str:
    value = authorization.encode() if isinstance(authorization, str) else authorization
    headers = [] if value is None else [(b"Authorization", value)]
    answer = client.get(path, headers=headers)
    assert answer.status_code in {401, 403, 503}
    assert answer.headers["content-type"] == "application/problem+json"
    assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)
    code: str = answer.json()["code"]
    return code


@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.1"])
def test_with_nobody_set_up_the_staff_side_says_how(doored: House, address: str) -> None:
    client = doored.open(address=address)
    for role in ROLES[1:]:
        assert problem(client, f"/{role}") == "staff_not_set_up"
    assert "sanad users add" in client.get("/agent").json()["detail"]
    assert client.get("/anybody").json() == "public"


def test_keys_open_what_their_role_does(doored: House) -> None:
    client = doored.open()
    headers = {role: doored.key(f"key-{role}", role) for role in ROLES}
    for role in ROLES:
        assert client.get("/anybody", headers=headers[role]).json() == f"key:key-{role}"
        for door in ROLES[1:]:
            answer = client.get(f"/{door}", headers=headers[role])
            assert answer.status_code == (200 if role in {door, "admin"} else 403)
            assert client.post(f"/{door}", headers=headers[role]).status_code == answer.status_code
    assert problem(client, "/agent", headers["public"]["Authorization"]) == "forbidden"
    assert problem(client, "/agent") == "not_signed_in"


def test_a_key_that_does_not_count_is_told_everywhere(doored: House) -> None:
    client = doored.open()
    expired = doored.key("short", "admin", days=1)
    revoked = doored.key("gone", "admin")
    with doored.database.session() as session:
        keys.revoke(session, "gone", now=doored.clock())
    doored.clock.pass_by(days=2)
    good = doored.key("good", "admin")["Authorization"]
    for authorization in (
        expired["Authorization"],
        revoked["Authorization"],
        "Bearer sanad_",
        "Bearer sanad_مفتاح".encode(),
        good[:-1],
        good + "a",
        good.replace("sanad_", "sanad_sanad_"),
    ):
        for door in ("/anybody", "/agent", "/v1/session", "/v1/documents"):
            assert problem(client, door, authorization) == "not_signed_in"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
def test_the_scheme_is_no_matter_of_case(doored: House, scheme: str) -> None:
    key = doored.key("crm", "agent")["Authorization"].removeprefix("Bearer ")
    headers = {"Authorization": f"{scheme} {key}"}
    assert doored.open().get("/agent", headers=headers).json() == "key:crm"


@pytest.mark.parametrize(
    "token", ["Bearer none", "Bearer sk-123", "Basic YTpi", "sanad_x", "", " "]
)
def test_what_is_no_key_of_ours_means_nothing(doored: House, token: str) -> None:
    doored.key("crm", "agent")
    client = doored.open()
    assert client.get("/anybody", headers={"Authorization": token}).json() == "public"
    assert problem(client, "/agent", token) == "not_signed_in"


def test_a_key_needs_no_token_against_other_sites(doored: House) -> None:
    headers = {**doored.key("crm", "agent"), "Sec-Fetch-Site": "cross-site"}
    assert doored.open().post("/agent", headers=headers).json() == "key:crm"


def test_a_change_in_a_session_needs_its_token(doored: House) -> None:
    doored.add("amina")
    browser = doored.signed_in("amina")
    token = browser.headers.pop("X-Sanad-CSRF")
    assert browser.get("/agent").json() == "user:amina"
    for headers in (
        {},
        {"X-Sanad-CSRF": "0" * 64},
        {"X-Sanad-CSRF": token, "Origin": "https://mal.example"},
        {"X-Sanad-CSRF": token, "Sec-Fetch-Site": "cross-site"},
        {"X-Sanad-CSRF": token, "Sec-Fetch-Site": "same-site"},
    ):
        refused = browser.post("/agent", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "cross_site")
        assert browser.post("/anybody", headers=headers).json() == "public"
    for door in ("/agent", "/anybody"):
        assert browser.post(door, headers={"X-Sanad-CSRF": token}).json() == "user:amina"


def test_the_token_of_another_session_is_none(doored: House) -> None:
    doored.add("amina")
    doored.add("brahim")
    amina, brahim = doored.signed_in("amina"), doored.signed_in("brahim")
    amina.headers["X-Sanad-CSRF"] = brahim.headers["X-Sanad-CSRF"]
    assert amina.post("/agent").json()["code"] == "cross_site"


def test_a_role_that_changes_changes_at_once(doored: House) -> None:
    doored.add("amina", "agent")
    browser = doored.signed_in("amina")
    assert browser.get("/evaluator").status_code == 403
    with doored.database.session() as session:
        users.set_role(session, "amina", role="evaluator")
    assert browser.get("/evaluator").status_code == 200
    assert browser.get("/agent").status_code == 403
    assert browser.post("/evaluator").status_code == 200


def test_a_role_of_another_version_opens_nothing(doored: House) -> None:
    doored.add("amina", "owner")
    browser = doored.signed_in("amina")
    for door in ROLES[1:]:
        assert browser.get(f"/{door}").json()["code"] == "forbidden"


def disabled(session: Session, name: str) -> None:
    users.disable(session, name)


def with_another_password(session: Session, name: str) -> None:
    users.set_password(session, name, password_hash="x")


@pytest.mark.parametrize("change", [disabled, with_another_password])
def test_who_is_disabled_or_has_another_password_is_out(
    doored: House, change: Callable[[Session, str], None]
) -> None:
    doored.add("amina")
    browser = doored.signed_in("amina")
    with doored.database.session() as session:
        change(session, "amina")
    assert problem(browser, "/agent") == "not_signed_in"
    assert browser.get("/anybody").json() == "public"


def test_a_session_ends_when_idle_and_when_old(doored: House) -> None:
    doored.add("amina")
    browser = doored.signed_in("amina")
    doored.clock.pass_by(minutes=59)
    assert browser.get("/agent").status_code == 200
    doored.clock.pass_by(minutes=61)
    assert problem(browser, "/agent") == "not_signed_in"
    browser = doored.signed_in("amina")
    for _ in range(14):
        doored.clock.pass_by(minutes=50)
        assert browser.get("/agent").status_code == 200
    doored.clock.pass_by(minutes=21)
    assert problem(browser, "/agent") == "not_signed_in"


@pytest.mark.parametrize("forged", ["x", "a" * 32, "\x00", "sanad_x", "a" * 4000, "%00", "'--"])
def test_a_forged_cookie_is_none(doored: House, forged: str) -> None:
    doored.add("amina")
    doored.signed_in("amina")
    client = doored.open()
    client.headers["Cookie"] = f"sanad_session={forged}"
    assert problem(client, "/agent") == "not_signed_in"
    assert client.get("/anybody").json() == "public"
    assert client.get("/v1/session").json()["role"] == "public"


def test_the_hash_in_the_database_is_no_token(doored: House) -> None:
    doored.add("amina")
    browser = doored.signed_in("amina")
    token = browser.cookies["sanad_session"]
    with doored.database.session() as session:
        assert signins.find(session, token, doored.clock())
        (kept,) = session.exec_driver_sql("SELECT token FROM signins").one()
    assert kept != token
    client = doored.open()
    client.headers["Cookie"] = f"sanad_session={kept}"
    assert problem(client, "/agent") == "not_signed_in"


def test_without_a_database_the_public_side_goes_on(sanad: Assistant) -> None:
    app = create_app(sanad)
    doors(app)
    with TestClient(app) as client:
        client.headers["Cookie"] = "sanad_session=x"
        for key in ("", "Bearer sanad_x"):
            assert client.get("/anybody", headers={"Authorization": key}).json() == "public"
            assert problem(client, "/agent", key) == "database_down"


def test_a_database_that_goes_away_and_comes_back(sanad: Assistant, postgresql: PostgreSQL) -> None:
    database = Database(postgresql.database(), timeout=10)
    house = build(sanad, database, Settings(llm="none"))
    doors(house.app)
    house.add("amina")
    browser, key = house.signed_in("amina"), house.key("crm", "agent")
    program = house.open()
    body = {"question": "ما هو أجل رخصة زيت الزيتون؟"}
    postgresql.stop()
    try:
        for client, headers in ((browser, {}), (program, key)):
            assert client.get("/anybody", headers=headers).json() == "public"
            assert client.get("/agent", headers=headers).json()["code"] == "database_down"
            assert client.post("/v1/ask", json=body, headers=headers).status_code == 200
        assert sign_in(house.open(), "amina", PASSWORD) == 503
    finally:
        postgresql.start()
    assert browser.get("/agent").json() == "user:amina"
    assert program.get("/agent", headers=key).json() == "key:crm"
    assert sign_in(house.open(), "amina", PASSWORD) == 303
    database.close()
