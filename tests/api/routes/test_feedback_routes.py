"""`/v1/feedback`: kept before it is acknowledged, masked before it is kept, listed for staff."""

import csv
from io import StringIO

import pytest
from fastapi.testclient import TestClient

from api.memory import audit, feedback
from api.memory.database import Database
from tests.api.routes.conftest import As, on_both
from tests.api.test_problems import assert_problem

FEEDBACK = "/v1/feedback"
ANSWER = "4f6f2b0a-5c1d-4e3f-8a9b-0c1d2e3f4a5b"


def give(client: TestClient, **fields: object) -> dict[str, object]:
    response = client.post(FEEDBACK, json={"answer_id": ANSWER, "verdict": "down", **fields})
    assert response.status_code == 201, response.text
    kept: dict[str, object] = response.json()
    return kept


def stored(records: Database) -> tuple[feedback.Feedback, ...]:
    with records.session(readonly=True) as session:
        return feedback.listed(session)


@on_both
def test_what_is_acknowledged_is_in_the_database(office: TestClient, records: Database) -> None:
    kept = give(office, reason="outdated", comment="Le tarif a changé.", language="fr")
    [one] = stored(records)
    assert one.id == kept["id"]
    assert kept["masked"] == []
    assert (one.verdict, one.reason, one.comment) == ("down", "outdated", "Le tarif a changé.")
    assert one.generation == office.get("/readyz").json()["generation"]


@pytest.mark.parametrize(
    ("comment", "kinds"),
    [
        ("Appelez-moi au 0661 23 45 67.", ["phone"]),
        ("اتصلوا بي على ٠٦٦١٢٣٤٥٦٧", ["phone"]),
        ("écrire à amina@exemple.ma", ["email"]),
        ("CIN AB123456, tél. 0661234567, encore 0661234567", ["cin", "phone"]),
    ],
)
def test_identifiers_are_masked_and_the_sender_is_told(
    office: TestClient, records: Database, comment: str, kinds: list[str]
) -> None:
    assert give(office, comment=comment, question=comment)["masked"] == kinds
    [one] = stored(records)
    for text in (one.comment or "", one.question or ""):
        for trace in ("23", "٢٣", "123456", "amina"):
            assert trace not in text


@on_both
def test_hidden_characters_are_not_kept(office: TestClient, records: Database) -> None:
    give(office, comment="\u202eخطأ\u202c\x00\u200b\nligne", question="🐪 \u2066safran")
    [one] = stored(records)
    assert one.comment == "خطأ\nligne"
    assert one.question == "🐪 safran"


def test_a_comment_that_shows_nothing_is_none(office: TestClient, records: Database) -> None:
    give(office, comment=" \u200b\n\u202e ", question="")
    [one] = stored(records)
    assert one.comment is None
    assert one.question is None


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "sideways"},
        {"verdict": None},
        {"reason": "ugly"},
        {"answer_id": "../etc"},
        {"answer_id": "0661234567"},
        {"answer_id": 7},
        {"comment": "ا" * 1001},
        {"question": "q" * 1001},
        {"language": "es"},
        {"created": "2020-01-01"},
        {"comment": ["a"]},
    ],
    ids=str,
)
def test_what_is_no_feedback_is_refused(
    office: TestClient, records: Database, fields: dict[str, object]
) -> None:
    response = office.post(FEEDBACK, json={"answer_id": ANSWER, "verdict": "up", **fields})
    assert_problem(response, 422, "request_invalid")
    assert stored(records) == ()


@pytest.mark.parametrize("role", ["agent", "evaluator", "admin"])
def test_staff_read_it_page_by_page(office: TestClient, as_: As, role: str) -> None:
    given = [give(office, comment=f"n° {n}")["id"] for n in range(5)]
    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = office.get(FEEDBACK, params=query, headers=as_(role)).json()
        seen += [one["id"] for one in page["feedback"]]
        cursor = page["next"]
        if cursor is None:
            break
        give(office, comment="arrived meanwhile")
    assert seen == given[::-1]


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "1.x", "-1.00000000-0000-0000-0000-000000000000",
     "99999999999999999.00000000-0000-0000-0000-000000000000", "1.2", "'; DROP TABLE feedback"],
)  # fmt: skip
def test_a_cursor_of_somebody_elses_making_is_refused(
    office: TestClient, as_: As, cursor: str
) -> None:
    response = office.get(FEEDBACK, params={"cursor": cursor}, headers=as_("agent"))
    assert_problem(response, 422, "request_invalid")


FORMULAS = ("=1+1", "+212=x", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "'=1", "a\n=1")


@on_both
def test_the_table_holds_no_formula(office: TestClient, as_: As, records: Database) -> None:
    for formula in FORMULAS:
        give(office, comment=formula, question=f'{formula} ; زعفران,"x"')
    headers = {**as_("evaluator"), "Accept": "text/csv"}
    table = office.get(FEEDBACK, headers=headers)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == 'attachment; filename="feedback.csv"'
    assert table.headers["vary"] == "Accept"
    rows = list(csv.reader(StringIO(table.text.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 1 + len(FORMULAS)
    for row in rows:
        for cell in row:
            assert not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "＝", "\t", "\r"))
    with records.session(readonly=True) as session:
        [entry] = audit.listed(session, action="feedback.export")
    assert entry.actor == "key:evaluator-program"


def test_the_table_names_its_next_page(office: TestClient, as_: As) -> None:
    for n in range(3):
        give(office, comment=f"n° {n}")
    headers = {**as_("agent"), "Accept": "text/csv"}
    first = office.get(FEEDBACK, params={"limit": 2}, headers=headers)
    following = first.headers["link"].removeprefix("<").removesuffix('>; rel="next"')
    assert following.startswith(f"{FEEDBACK}?")
    rest = office.get(following, headers=headers)
    assert "link" not in rest.headers
    assert "n° 0" in rest.text
    assert "n° 0" not in first.text


def test_nobody_else_reads_it(office: TestClient, as_: As) -> None:
    assert as_("agent")
    assert_problem(office.get(FEEDBACK), 401, "not_signed_in")
    wrong = {"Authorization": "Bearer sanad_wrong"}
    assert_problem(office.get(FEEDBACK, headers=wrong), 401, "not_signed_in")


def test_without_staff_it_says_how_to_set_them_up(office: TestClient) -> None:
    problem = assert_problem(office.get(FEEDBACK), 403, "staff_not_set_up")
    assert "sanad users add" in problem["detail"]
