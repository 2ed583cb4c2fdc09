"""Hostile texts through every way in, and what stands in every response: data, and nothing else."""

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.memory import keys
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import load_settings
from tests.parrot import ANSWER_ID, document_id, open_parrot
from tests.payloads import GROUPS, HOST, PAYLOADS, named, of_group

DATA = {"application/json", "application/problem+json", "text/event-stream"}
ANSWER = "4f6f2b0a-5c1d-4e3f-8a9b-0c1d2e3f4a5b"
TICKET = "4dc2b1c0-5f0e-4a41-9d1c-2f6a1b7c8d9e"


class _Form(HTMLParser):
    """Collects what a page that the server writes is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.addresses |= {v or "" for name, v in attrs if name in {"href", "src", "action"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("payloads")


@pytest.fixture(scope="module")
def staff(folder: Path) -> Iterator[TestClient]:
    """An administrator's client of an assistant that repeats what it hears."""
    with open_parrot(folder / "index") as parrot, _served(parrot, folder / "parrot") as client:
        yield client


@pytest.fixture(scope="module")
def real(sanad: Assistant, folder: Path) -> Iterator[TestClient]:
    """The same of the assistant as it is."""
    with _served(sanad, folder / "real") as client:
        yield client


@contextmanager
def _served(assistant: Assistant, records: Path) -> Iterator[TestClient]:
    database = Database(f"sqlite:///{records}.sqlite")
    with database.session() as session:
        key = keys.add(session, name="desk", role="admin", expires=None, now=datetime.now(UTC))
    settings = load_settings(limit_known=0, limit_address=0, limit_conversation=0)
    headers = {"Authorization": f"Bearer {key}"}
    app = create_app(assistant, settings, database=database)
    with TestClient(app, raise_server_exceptions=False, headers=headers) as client:
        yield client
    database.close()


def assert_data(response: Response) -> None:
    """No page, no bug, no word of the payload among the headers."""
    assert response.status_code < 500
    assert response.headers["content-type"].partition(";")[0] in DATA
    assert_no_header(response)


def assert_no_header(response: Response) -> None:
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "location" not in response.headers
    told = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    policy = response.headers["content-security-policy"]
    for word in (HOST, "window.ran", "stolen", "<script", "\x00"):
        assert word not in told.replace(policy, "")


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("who", ["staff", "real"])
def test_in_questions(request: pytest.FixtureRequest, who: str, group: str) -> None:
    client: TestClient = request.getfixturevalue(who)
    for text in of_group(group):
        body = {"question": text}
        assert_data(client.post("/v1/ask", json=body))
        heard = client.post("/v1/ask/stream", json=body)
        assert_data(heard)
        if heard.status_code == 200:
            assert events(heard.text)[-1] in {"answer", "error"}
            assert events(heard.text).count("answer") == 1
        earlier = [{"role": "user", "content": text}, {"role": "assistant", "content": text}]
        assert_data(client.post("/v1/ask", json={"question": "et lui ?", "history": earlier}))
        chat = {"model": text, "messages": [{"role": "user", "content": text}]}
        assert_data(client.post("/v1/chat/completions", json=chat))


def events(stream: str) -> list[str]:
    """The kinds of a stream as a browser reads it: a line may end in CR, LF or both."""
    lines = re.split(r"\r\n|\r|\n", stream)
    assert all(re.match(r"(id|event|data|retry)?:|$", line) for line in lines)
    for line in lines:
        if line.startswith("data: {"):
            json.loads(line.removeprefix("data: "))
    return [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]


@pytest.mark.parametrize("group", GROUPS)
def test_in_addresses_and_headers(staff: TestClient, group: str) -> None:
    for text in of_group(group):
        asked = quote(text[:300], safe="")
        for path in ("search", "procedures", "directory"):
            assert_data(staff.get(f"/v1/{path}?q={asked}"))
        for path in (f"/v1/documents/{asked}", f"/v1/procedures/{asked}", f"/{asked}"):
            assert_data(staff.get(path))
        for path in ("feedback", "handoffs", "gaps", "audit", "documents"):
            assert_data(staff.get(f"/v1/{path}?cursor={asked}&{asked}=1"))
        for header in ("Sanad-Conversation", "X-Request-ID", "Last-Event-ID", "Origin"):
            assert_data(staff.get("/v1/search?q=safran", headers={header: asked}))
        assert_data(staff.get(f"/v1/handoffs/{TICKET}", headers={"Sanad-Ticket": asked[:200]}))


def test_in_documents(staff: TestClient) -> None:
    for name, _ in named():
        assert_data(staff.get(f"/v1/documents/{document_id(name)}"))
        assert_data(staff.get(f"/v1/procedures/{document_id(name)}"))
    for path in ("/v1/documents?limit=500", "/v1/procedures", "/v1/directory"):
        assert_data(staff.get(path))


def test_in_records(staff: TestClient) -> None:
    """Kept as it was typed but for what cannot be kept, and given back as data."""
    kept = 0
    for one in PAYLOADS:
        given = {
            "answer_id": ANSWER_ID,
            "verdict": "down",
            "comment": one.text,
            "question": one.text,
        }
        taken = staff.post("/v1/feedback", json=given)
        assert_data(taken)
        kept += taken.status_code == 201
        asked = {"question": one.text, "consent": True, "note": one.text, "region": one.text[:100]}
        letter = staff.post("/v1/handoffs", json=asked)
        assert_data(letter)
        if letter.status_code == 201:
            path = f"/v1/handoffs/{letter.json()['id']}"
            assert_data(staff.post(f"{path}/reply", json={"text": one.text}))
            assert_data(staff.get(path, headers={"Sanad-Ticket": letter.json()["secret"]}))
    assert kept > 150
    for path in ("feedback", "handoffs", "gaps", "audit"):
        assert_data(staff.get(f"/v1/{path}?limit=200"))


def test_in_a_table(staff: TestClient) -> None:
    """A spreadsheet computes what starts like a formula; nothing in the table does."""
    for text in (*of_group("cell"), *of_group("header")):
        given = {"answer_id": ANSWER_ID, "verdict": "down", "comment": text, "question": text}
        staff.post("/v1/feedback", json=given)
    table = staff.get("/v1/feedback?limit=200", headers={"Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert table.headers["content-disposition"].startswith("attachment")
    assert_no_header(table)
    header, *rows = csv.reader(StringIO(table.text.removeprefix("\ufeff"), newline=""))
    assert len(rows) > 20
    assert {len(row) for row in rows} == {len(header)}
    cells = [cell for row in rows for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_in_the_sign_in_page(staff: TestClient) -> None:
    usual = form_of(staff.get("/sign-in"))
    for one in PAYLOADS:
        asked = quote(one.text[:300], safe="")
        sent = {"name": one.text, "password": one.text, "next": one.text, "lang": one.text}
        for response in (
            staff.get(f"/sign-in?next={asked}&lang={asked}"),
            staff.get(f"/sign-in?next=/{asked}"),
            staff.post("/sign-in", data=sent),
            staff.post("/sign-out", data=sent, follow_redirects=False),
        ):
            if "location" in response.headers:
                assert response.headers["location"] == "/sign-in"
                continue
            assert_no_header(response)
            form = form_of(response)
            assert form.tags <= usual.tags | {"div", "p", "code"}
            assert form.names <= usual.names | {"role"}
            assert {one for one in form.addresses if not one.startswith(("/", "?lang="))} == set()
            assert not any(one.startswith("//") for one in form.addresses)


def form_of(response: Response) -> _Form:
    form = _Form()
    form.feed(response.text)
    return form
