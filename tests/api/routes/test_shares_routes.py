"""`/v1/shares`: an answer under a link; what it leads to was said by Sanad, and by nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.memory import shares
from api.memory.database import Database
from tests.api.routes.conftest import As, on_both
from tests.api.test_problems import assert_problem

QUESTIONS = ("Quel est le délai du permis d'huile d'olive ?", "ما هو أجل رخصة زيت الزيتون؟")
CURRENT = "/v1/shares/current"


def share(client: TestClient, question: str, **more: object) -> dict[str, Any]:
    body = {"question": {"question": question, **more}, "consent": True}
    response = client.post("/v1/shares", json=body)
    assert response.status_code == 201, response.text
    made: dict[str, Any] = response.json()
    return made


def read(client: TestClient, token: str) -> dict[str, object]:
    response = client.get(CURRENT, headers={"Sanad-Share": token})
    assert response.status_code == 200, response.text
    found: dict[str, object] = response.json()
    return found


@on_both
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_link_leads_to_the_answer_that_was_given(office: TestClient, question: str) -> None:
    given = office.post("/v1/ask", json={"question": question}).json()
    made = share(office, question)
    assert made["text"] == given["text"]
    found = read(office, made["share"])
    assert found["question"] == question
    assert found["current"] is True
    assert found["generation"] == given["engine"]["generation"]
    answer = found["answer"]
    assert isinstance(answer, dict)
    kept = ("text", "sentences", "citations", "status", "conflicts", "engine")
    assert {name: answer[name] for name in kept} == {name: given[name] for name in kept}


def test_nobody_can_share_what_sanad_did_not_say(office: TestClient) -> None:
    body = {"question": {"question": QUESTIONS[0]}, "consent": True, "answer": {"text": "Gratuit."}}
    assert_problem(office.post("/v1/shares", json=body), 422, "request_invalid")


@pytest.mark.parametrize("consent", [None, False, 1, "yes"])
def test_nothing_is_kept_without_consent(office: TestClient, consent: object) -> None:
    body = {"question": {"question": QUESTIONS[0]}, "consent": consent}
    assert_problem(office.post("/v1/shares", json=body), 422, "request_invalid")


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_belongs_to_somebody_is_masked(office: TestClient, question: str) -> None:
    made = share(office, f"{question} 0661234567")
    assert made["masked"] == ["phone"]
    found = read(office, made["share"])
    assert "0661234567" not in str(found)


def test_a_link_that_is_cut_or_over_leads_nowhere(office: TestClient, records: Database) -> None:
    assert_problem(office.get(CURRENT), 422, "request_invalid")
    for token in ("", "guessed", "x" * 200):
        response = office.get(CURRENT, headers={"Sanad-Share": token})
        assert_problem(response, 404, "record_missing")
    now = datetime.now(UTC)
    with records.session() as session:
        over = shares.add(
            session, question="q", answer={}, generation="g", expires=now - timedelta(1), now=now
        )
    response = office.get(CURRENT, headers={"Sanad-Share": over})
    assert_problem(response, 404, "record_missing")


@on_both
@pytest.mark.parametrize("question", QUESTIONS)
def test_whoever_made_a_link_takes_it_back(office: TestClient, question: str) -> None:
    made, other = share(office, question), share(office, question)
    taken = office.delete(CURRENT, headers={"Sanad-Share-Key": made["key"]})
    assert (taken.status_code, taken.content) == (204, b"")
    gone = office.get(CURRENT, headers={"Sanad-Share": made["share"]})
    assert_problem(gone, 404, "record_missing")
    again = office.delete(CURRENT, headers={"Sanad-Share-Key": made["key"]})
    assert_problem(again, 404, "record_missing")
    assert read(office, other["share"])["question"] == question


def test_who_was_sent_a_link_cannot_take_it_back(office: TestClient) -> None:
    made = share(office, QUESTIONS[0])
    for key in (made["share"], "", "guessed", made["key"][:-1]):
        refused = office.delete(CURRENT, headers={"Sanad-Share-Key": key})
        assert_problem(refused, 404, "record_missing")
    assert_problem(office.delete(CURRENT), 422, "request_invalid")
    bare = office.delete("/v1/shares/linked", headers={"Sanad-Share": made["share"]})
    assert_problem(bare, 403, "staff_not_set_up")
    assert read(office, made["share"])["question"] == QUESTIONS[0]


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_office_removes_a_link_and_the_audit_log_says_who(
    office: TestClient, as_: As, question: str
) -> None:
    made = share(office, question)
    linked = {"Sanad-Share": made["share"]}
    refused = office.delete("/v1/shares/linked", headers={**linked, **as_("evaluator")})
    assert_problem(refused, 403, "forbidden")
    removed = office.delete("/v1/shares/linked", headers={**linked, **as_("agent")})
    assert removed.status_code == 204
    assert_problem(office.get(CURRENT, headers=linked), 404, "record_missing")
    again = office.delete("/v1/shares/linked", headers={**linked, **as_("agent")})
    assert_problem(again, 404, "record_missing")
    entries = office.get("/v1/audit", headers=as_("admin")).json()["entries"]
    assert [one["action"] for one in entries] == ["share.removed"]


def test_a_generation_that_answers_no_more_is_told(office: TestClient, records: Database) -> None:
    now = datetime.now(UTC)
    with records.session() as session:
        token = shares.add(
            session,
            question="q",
            answer={"text": "avant"},
            generation="former",
            expires=now + timedelta(1),
            now=now,
        )
    found = read(office, token)
    assert (found["current"], found["generation"]) == (False, "former")


def test_sharing_is_not_asking(office: TestClient, as_: As) -> None:
    """A question nobody answers would otherwise be counted as asked twice."""
    share(office, "Quel est le tarif du visa pour la Lune ?")
    assert office.get("/v1/gaps", headers=as_("evaluator")).json()["gaps"] == []
    assert office.get("/v1/audit", headers=as_("admin")).json()["entries"] == []


@pytest.mark.parametrize("question", ["", " ", "x" * 1_001])
def test_what_cannot_be_asked_cannot_be_shared(office: TestClient, question: str) -> None:
    body = {"question": {"question": question}, "consent": True}
    assert office.post("/v1/shares", json=body).status_code in {400, 422}
