"""`/v1/conversations`: with consent, under a token, until it is forgotten."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.memory import conversations
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import Settings
from tests.api.routes.conftest import on_both
from tests.api.test_problems import assert_problem

CURRENT = "/v1/conversations/current"


def begin(client: TestClient) -> dict[str, str]:
    response = client.post("/v1/conversations", json={"consent": True})
    assert response.status_code == 201, response.text
    return {"Sanad-Conversation": response.json()["conversation"]}


@on_both
def test_it_is_kept_read_and_forgotten(office: TestClient, records: Database) -> None:
    token = begin(office)
    assert office.get(CURRENT, headers=token).json()["turns"] == []
    with records.session() as session:
        conversations.append(
            session,
            token["Sanad-Conversation"],
            question="ما هو السند؟",
            answer={"text": "سند"},
            now=datetime.now(UTC),
        )
    [turn] = office.get(CURRENT, headers=token).json()["turns"]
    assert (turn["question"], turn["answer"]) == ("ما هو السند؟", {"text": "سند"})
    forgotten = office.delete(CURRENT, headers=token)
    assert (forgotten.status_code, forgotten.content) == (204, b"")
    assert_problem(office.get(CURRENT, headers=token), 404, "record_missing")
    assert_problem(office.delete(CURRENT, headers=token), 404, "record_missing")


@pytest.mark.parametrize(
    "body", [{}, {"consent": False}, {"consent": 1}, {"consent": True, "x": 1}]
)
def test_nothing_is_kept_without_consent(office: TestClient, body: dict[str, object]) -> None:
    response = office.post("/v1/conversations", json=body)
    assert_problem(response, 422, "request_invalid")


def test_one_token_reads_one_conversation(office: TestClient) -> None:
    begin(office)
    assert_problem(office.get(CURRENT), 422, "request_invalid")
    for token in ("", "guessed", "x" * 200):
        headers = {"Sanad-Conversation": token}
        assert_problem(office.get(CURRENT, headers=headers), 404, "record_missing")


def test_for_how_long_it_is_kept_is_told_before(sanad: Assistant, records: Database) -> None:
    settings = Settings(llm="none", keep_conversations_days=7)
    with TestClient(create_app(sanad, settings, database=records)) as client:
        assert client.get("/v1/conversations").json() == {"kept_days": 7}
