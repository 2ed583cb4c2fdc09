"""`GET /v1/gaps`: what was not answered, counted, filtered, page by page."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from api.memory import gaps
from api.memory.database import Database
from tests.api.routes.conftest import As, on_both
from tests.api.test_problems import assert_problem

GAPS = "/v1/gaps"
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
ASKED = (
    ("Combien coûte le quai ?", "fr", "souss-massa"),
    ("كم يكلف الرصيف؟", "ar", "souss-massa"),
    ("How much is the quay?", "en", "oriental"),
    ("كم يُكلّف  الرصيف؟", "ar", "souss-massa"),
)


@pytest.fixture
def asked(records: Database) -> None:
    with records.session() as session:
        for hour, (question, language, region) in enumerate(ASKED):
            gaps.note(
                session,
                question=question,
                language=language,
                region=region,
                status="unanswerable",
                reason=None,
                generation="g",
                now=START + timedelta(hours=hour),
            )


@on_both
@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ({}, ["ar", "en", "fr"]),
        ({"language": "ar"}, ["ar"]),
        ({"region": "souss-massa"}, ["ar", "fr"]),
        ({"region": "souss-massa", "language": "en"}, []),
        ({"status": "clarify"}, []),
        ({"status": "unanswerable", "region": "oriental"}, ["en"]),
        ({"region": "\x00"}, []),
    ],
)
def test_the_list_is_narrowed_down(
    office: TestClient, as_: As, query: dict[str, str], languages: list[str]
) -> None:
    found = office.get(GAPS, params=query, headers=as_("evaluator")).json()
    assert sorted(gap["language"] for gap in found["gaps"]) == languages


@pytest.mark.usefixtures("asked")
def test_what_is_asked_again_is_counted(office: TestClient, as_: As) -> None:
    [gap] = office.get(GAPS, params={"language": "ar"}, headers=as_("agent")).json()["gaps"]
    assert gap["count"] == 2
    assert gap["first_seen"] == "2026-11-01T09:00:00Z"
    assert gap["last_seen"] == "2026-11-01T11:00:00Z"


@on_both
@pytest.mark.usefixtures("asked")
def test_pages_follow_each_other(office: TestClient, as_: As) -> None:
    first = office.get(GAPS, params={"limit": 2}, headers=as_("agent")).json()
    rest = office.get(
        GAPS, params={"limit": 2, "cursor": first["next"]}, headers=as_("agent")
    ).json()
    assert [gap["language"] for gap in first["gaps"] + rest["gaps"]] == ["ar", "en", "fr"]
    assert rest["next"] is None


@pytest.mark.parametrize("query", ["language=es", "status=lost", "region=" + "x" * 101, "limit=0"])
def test_what_is_no_filter_is_refused(office: TestClient, as_: As, query: str) -> None:
    assert_problem(office.get(f"{GAPS}?{query}", headers=as_("agent")), 422, "request_invalid")
