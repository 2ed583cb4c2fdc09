"""`GET /v1/audit`: for admins alone, newest first."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.memory import audit
from api.memory.database import Database
from tests.api.routes.conftest import As, on_both
from tests.api.test_problems import assert_problem

AUDIT = "/v1/audit"


@pytest.fixture
def done(records: Database) -> None:
    with records.session() as session:
        for number in range(3):
            audit.append(
                session,
                actor="user:أمينة" if number else "public",
                action="answer",
                now=datetime.now(UTC),
                evidence=[f"p{number}"],
                status="answered",
            )


@on_both
@pytest.mark.usefixtures("done")
def test_admins_read_it_page_by_page(office: TestClient, as_: As) -> None:
    admin = as_("admin")
    first = office.get(AUDIT, params={"limit": 2}, headers=admin).json()
    rest = office.get(AUDIT, params={"limit": 2, "cursor": first["next"]}, headers=admin).json()
    entries = first["entries"] + rest["entries"]
    assert [entry["evidence"] for entry in entries] == [["p2"], ["p1"], ["p0"]]
    assert rest["next"] is None


@on_both
@pytest.mark.usefixtures("done")
@pytest.mark.parametrize(
    ("query", "count"),
    [({"actor": "user:أمينة"}, 2), ({"actor": "public"}, 1), ({"action": "answer"}, 3),
     ({"action": "nothing"}, 0), ({"actor": "\x00"}, 0)],
)  # fmt: skip
def test_the_log_is_narrowed_down(
    office: TestClient, as_: As, query: dict[str, str], count: int
) -> None:
    found = office.get(AUDIT, params=query, headers=as_("admin")).json()
    assert len(found["entries"]) == count


@pytest.mark.parametrize("role", ["agent", "evaluator"])
def test_it_is_for_admins(office: TestClient, as_: As, role: str) -> None:
    assert_problem(office.get(AUDIT, headers=as_(role)), 403, "forbidden")


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 19, ""])
def test_a_cursor_of_somebody_elses_making_is_refused(
    office: TestClient, as_: As, cursor: str
) -> None:
    response = office.get(AUDIT, params={"cursor": cursor}, headers=as_("admin"))
    assert_problem(response, 422, "request_invalid")
