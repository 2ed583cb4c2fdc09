"""`/v1/handoffs`: sent with consent, masked, read with the ticket alone, answered by agents."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.masking import masked_answer
from api.memory import audit, handoffs
from api.memory.database import Database
from tests.api.routes.conftest import As, on_both
from tests.api.test_problems import assert_problem

HANDOFFS = "/v1/handoffs"
QUESTION = "Qui signe le certificat du safran ?"
ARABIC = "من يوقع شهادة الزعفران في تالوين؟"


def ask(client: TestClient, **fields: object) -> dict[str, object]:
    body = {"question": QUESTION, "consent": True, **fields}
    response = client.post(HANDOFFS, json=body)
    assert response.status_code == 201, response.text
    ticket: dict[str, object] = response.json()
    return ticket


def held(ticket: dict[str, object]) -> dict[str, str]:
    return {"Sanad-Ticket": str(ticket["secret"])}


def path(ticket: dict[str, object], action: str = "") -> str:
    return f"{HANDOFFS}/{ticket['id']}{action}"


@pytest.mark.parametrize(
    ("fields", "office_id", "region"),
    [
        ({"region": "souss-massa"}, "office-souss", "souss-massa"),
        ({"region": "أكادير", "question": ARABIC}, "office-souss", "souss-massa"),
        ({"question": ARABIC, "language": "ar"}, "office-souss", "souss-massa"),
        ({"region": "Oujda", "question": ARABIC}, "office-oriental", "oriental"),
        ({"region": "Agadir ou Oujda"}, "regional-offices", None),
        ({"region": "Atlantis"}, "regional-offices", None),
        ({}, "regional-offices", None),
    ],
    ids=str,
)
def test_the_region_names_the_office(
    office: TestClient,
    records: Database,
    fields: dict[str, object],
    office_id: str,
    region: str | None,
) -> None:
    ticket = ask(office, **fields)
    asked = ticket["office"]
    assert isinstance(asked, dict)
    assert asked["id"] == office_id
    with records.session(readonly=True) as session:
        assert handoffs.find(session, str(ticket["id"])).region == region


@pytest.mark.parametrize(
    "fields",
    [
        {"consent": False},
        {"consent": None},
        {"consent": "yes"},
        {"question": "q" * 1001},
        {"note": "ا" * 1001},
        {"email": "amina@exemple.ma"},
        {"phone": "0661234567"},
        {"answer_id": "a b"},
    ],
    ids=str,
)
def test_without_consent_or_with_an_address_nothing_is_kept(
    office: TestClient, as_: As, fields: dict[str, object]
) -> None:
    body = {"question": QUESTION, "consent": True, **fields}
    assert_problem(office.post(HANDOFFS, json=body), 422, "request_invalid")
    assert office.get(HANDOFFS, headers=as_("agent")).json()["handoffs"] == []


def test_a_question_that_shows_nothing_is_refused(office: TestClient) -> None:
    body = {"question": "\u202e\u200b ", "consent": True}
    assert_problem(office.post(HANDOFFS, json=body), 422, "question_empty")


def test_identifiers_are_masked(office: TestClient, as_: As) -> None:
    ticket = ask(office, question=f"{QUESTION} Je suis au 0661234567", note="amina@exemple.ma")
    assert ticket["masked"] == ["phone", "email"]
    listed = office.get(HANDOFFS, headers=as_("agent")).text
    assert "0661234567" not in listed
    assert "amina" not in listed


@on_both
def test_the_reply_comes_back_through_the_ticket(
    office: TestClient, as_: As, records: Database
) -> None:
    ticket = ask(office, note="عاجل", answer_id="4f6f2b0a-5c1d-4e3f-8a9b-0c1d2e3f4a5b")
    waiting = office.get(path(ticket), headers=held(ticket)).json()
    assert (waiting["status"], waiting["reply"], waiting["note"]) == ("open", None, "عاجل")
    agent = as_("agent")
    text = "Le bureau répond au 0528000111.\nمرحبا"
    replied = office.post(path(ticket, "/reply"), json={"text": text}, headers=agent)
    assert replied.json()["replied_by"] == "key:agent-program"
    seen = office.get(path(ticket), headers=held(ticket)).json()
    assert (seen["status"], seen["reply"]) == ("replied", text)
    assert "agent-program" not in str(seen)
    closed = office.post(path(ticket, "/close"), headers=agent)
    assert closed.json()["status"] == "closed"
    assert office.post(path(ticket, "/close"), headers=agent).json() == closed.json()
    late = office.post(path(ticket, "/reply"), json={"text": "encore"}, headers=agent)
    assert_problem(late, 409, "record_closed")
    assert office.get(path(ticket), headers=held(ticket)).json()["reply"] == text
    with records.session(readonly=True) as session:
        done = [(entry.actor, entry.action, entry.detail) for entry in audit.listed(session)]
    assert ("key:agent-program", "handoff.reply", ticket["id"]) in done


def test_the_ticket_opens_its_own_hand_off_alone(office: TestClient) -> None:
    mine, other = ask(office), ask(office)
    for headers in (held(other), {"Sanad-Ticket": ""}, {"Sanad-Ticket": "safran'--"}):
        assert_problem(office.get(path(mine), headers=headers), 404, "record_missing")
    assert_problem(office.get(f"{HANDOFFS}/{uuid4()}", headers=held(mine)), 404, "record_missing")
    assert_problem(office.get(path(mine)), 422, "request_invalid")
    assert_problem(office.get(f"{HANDOFFS}/1", headers=held(mine)), 422, "request_invalid")


@on_both
def test_an_agent_reads_one_by_its_id(office: TestClient, as_: As, records: Database) -> None:
    ticket = ask(office, question=ARABIC, note="عاجل")
    found = masked_answer(office.app.state.serving.current.ask(ARABIC))  # type: ignore[attr-defined]
    with records.session() as session:
        handoffs.asked_again(
            session, str(ticket["id"]), generation="new", found=found, found_at=datetime.now(UTC)
        )
    (listed,) = office.get(HANDOFFS, headers=as_("agent")).json()["handoffs"]
    response = office.get(path(ticket, "/record"), headers=as_("agent"))
    assert response.json() == listed
    assert (listed["note"], listed["region"]) == ("عاجل", "souss-massa")
    assert listed["found"]["text"] == found["text"]
    assert str(ticket["secret"]) not in response.text


def test_the_record_is_for_agents_and_no_ticket_opens_it(office: TestClient, as_: As) -> None:
    ticket = ask(office)
    for headers, status in ((held(ticket), 401), ({}, 401), (as_("evaluator"), 403)):
        assert office.get(path(ticket, "/record"), headers=headers).status_code == status
    gone = office.get(f"{HANDOFFS}/{uuid4()}/record", headers=as_("agent"))
    assert_problem(gone, 404, "record_missing")


@on_both
def test_agents_filter_and_turn_pages(office: TestClient, as_: As) -> None:
    tickets = [ask(office, region=region) for region in ("Agadir", "Oujda", "Agadir", "Agadir")]
    agent = as_("agent")
    office.post(path(tickets[0], "/close"), headers=agent)

    def ids(**query: str | int) -> list[str]:
        found = office.get(HANDOFFS, params=query, headers=agent).json()
        return [one["id"] for one in found["handoffs"]]

    assert ids(region="oriental") == [tickets[1]["id"]]
    assert ids(status="closed") == [tickets[0]["id"]]
    assert ids(region="souss-massa", status="open") == [tickets[3]["id"], tickets[2]["id"]]
    assert ids(language="ar") == []
    first = office.get(HANDOFFS, params={"limit": 3}, headers=agent).json()
    assert ids(limit=3, cursor=first["next"]) == [tickets[0]["id"]]


@pytest.mark.parametrize("text", ["", " \n", "\u202e\x00", "r" * 4001])
def test_what_is_no_reply_is_refused(office: TestClient, as_: As, text: str) -> None:
    ticket = ask(office)
    response = office.post(path(ticket, "/reply"), json={"text": text}, headers=as_("agent"))
    assert response.status_code == 422
    assert office.get(path(ticket), headers=held(ticket)).json()["reply"] is None


@pytest.mark.parametrize("action", ["/reply", "/close"])
def test_a_hand_off_that_is_not_there_is_told(office: TestClient, as_: As, action: str) -> None:
    address = f"{HANDOFFS}/{uuid4()}{action}"
    response = office.post(address, json={"text": "non"}, headers=as_("admin"))
    assert_problem(response, 404, "record_missing")
