"""Limits: one caller's share of a minute, by name, by address, by conversation."""

from collections.abc import Iterator
from itertools import count

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from api.access.caller import PUBLIC, Caller
from api.access.limits import Limits
from api.app import create_app
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import Settings
from ingest.errors import RateLimitError

CRM = Caller("public", "key", "crm")
QUESTIONS = {"fr": "Quel est le délai du permis ?", "ar": "ما هو أجل الرخصة؟"}


def request(address: str | None = "192.0.2.1", *, direct: bool = False, talk: str = "") -> Request:
    headers = [(b"sanad-conversation", talk.encode())] if talk else []
    client = None if address is None else (address, 1)
    return Request(
        {"type": "http", "client": client, "headers": headers, "state": {"direct": direct}}
    )


def allowed(limits: Limits, who: Caller, requests: Iterator[Request]) -> int:
    """How many get through before one does not."""
    seen: list[Request] = []
    try:
        for one in requests:
            limits.count(one, who)
            seen.append(one)
    except RateLimitError as error:
        refused = error
    assert refused.wait is not None
    assert 1 <= refused.wait <= 60
    assert str(refused.wait) in str(refused)
    return len(seen)


def always(one: Request) -> Iterator[Request]:
    while True:
        yield one


@pytest.fixture
def limits() -> Limits:
    return Limits(address=5, known=9, conversation=3)


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "127.0.0.1", "::1", None])
def test_an_address_has_its_share(limits: Limits, address: str | None) -> None:
    assert allowed(limits, PUBLIC, always(request(address))) == 5


def test_another_address_has_its_own(limits: Limits) -> None:
    assert allowed(limits, PUBLIC, always(request("192.0.2.1"))) == 5
    assert allowed(limits, PUBLIC, always(request("192.0.2.2"))) == 5


def test_one_line_has_one_share_however_many_addresses_it_has(limits: Limits) -> None:
    lines = (request(f"2001:db8:0:1::{number:x}") for number in count(1))
    assert allowed(limits, PUBLIC, lines) == 5
    assert allowed(limits, PUBLIC, always(request("2001:db8:0:2::1"))) == 5


def test_who_asks_on_this_machine_without_a_proxy_is_not_limited(limits: Limits) -> None:
    for _ in range(50):
        limits.count(request("127.0.0.1", direct=True), PUBLIC)


def test_who_is_known_counts_by_name_wherever_from(limits: Limits) -> None:
    everywhere = (request(f"192.0.2.{number}") for number in count(1))
    assert allowed(limits, CRM, everywhere) == 9
    assert allowed(limits, Caller("agent", "user", "crm"), always(request())) == 9
    assert allowed(limits, PUBLIC, always(request())) == 5


def test_a_conversation_has_a_share_of_its_own(limits: Limits) -> None:
    everywhere = (request(f"192.0.2.{number}", talk="token") for number in count(1))
    assert allowed(limits, PUBLIC, everywhere) == 3
    assert allowed(limits, PUBLIC, always(request("127.0.0.1", direct=True, talk="other"))) == 3


def test_making_up_conversations_buys_nothing(limits: Limits) -> None:
    invented = (request(talk=f"t{number}") for number in count())
    assert allowed(limits, PUBLIC, invented) == 5


def test_nought_is_no_limit() -> None:
    unlimited = Limits(address=0, known=0, conversation=0)
    for who in (PUBLIC, CRM):
        for _ in range(50):
            unlimited.count(request(talk="t"), who)


@pytest.mark.parametrize("language", QUESTIONS)
def test_one_too_many_is_a_problem_that_says_when_to_come_back(
    sanad: Assistant, language: str
) -> None:
    app = create_app(sanad, Settings(limit_address=2))
    body = {"question": QUESTIONS[language]}
    with (
        TestClient(app, client=("192.0.2.1", 1)) as caller,
        TestClient(app, client=("192.0.2.2", 1)) as other,
    ):
        statuses = [caller.post("/v1/ask", json=body).status_code for _ in range(2)]
        refused = caller.post("/v1/ask", json=body)
        forged = caller.post("/v1/ask", json=body, headers={"X-Forwarded-For": "203.0.113.9"})
        assert other.post("/v1/ask", json=body).status_code == 200
        assert caller.get("/healthz").status_code == 200
        assert caller.get("/readyz").status_code == 200
    assert statuses == [200, 200]
    for answer in (refused, forged):
        assert answer.status_code == 429
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "rate_limited"
        assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_keys_that_do_not_count_are_counted(sanad: Assistant, database: Database) -> None:
    app = create_app(sanad, Settings(limit_address=2), database=database)
    with TestClient(app, client=("192.0.2.1", 1)) as caller:
        tried = [
            caller.get("/v1/models", headers={"Authorization": f"Bearer sanad_{n}"})
            for n in range(3)
        ]
    assert [answer.status_code for answer in tried] == [401, 401, 429]


@pytest.mark.parametrize(
    "route", ["/v1/documents", "/v1/search?q=safran", "/v1/session", "/sign-in", "/v1/procedures"]
)
def test_every_public_route_counts(sanad: Assistant, route: str) -> None:
    app = create_app(sanad, Settings(limit_address=1))
    with TestClient(app, client=("192.0.2.1", 1)) as caller:
        caller.get(route)
        assert caller.get(route).status_code == 429
