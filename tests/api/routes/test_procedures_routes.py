"""`GET /v1/procedures`: sheets of steps and papers, each statement where the text has it."""

import pytest
from fastapi.testclient import TestClient

from assistant.assistant import Assistant
from ingest.corpus import Corpus
from tests.api.test_problems import assert_problem

PROCEDURES = "/v1/procedures"
ALL = ["olive-permit.ar", "olive-permit.en", "olive-permit.fr"]


def ids(client: TestClient, **query: str) -> list[str]:
    response = client.get(PROCEDURES, params=query)
    assert response.status_code == 200, response.text
    found = response.json()
    assert found["total"] == len(found["procedures"])
    return [one["id"] for one in found["procedures"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ALL),
        ({"language": "ar"}, ALL[:1]),
        ({"sector": "olive-oil"}, ALL),
        ({"sector": "saffron"}, []),
        ({"topic": "permits", "language": "fr"}, ALL[2:]),
        ({"topic": "institutions"}, []),
        ({"q": "huile d'olive"}, ALL),
        ({"q": "الزيتون", "language": "fr"}, ALL[2:]),
        ({"q": "olive permit", "language": "en"}, ALL[1:2]),
        ({"q": "safran"}, []),
    ],
)
def test_the_list_is_narrowed_down(
    office: TestClient, query: dict[str, str], expected: list[str]
) -> None:
    assert ids(office, **query) == expected


def test_pages_count_all(office: TestClient) -> None:
    page = office.get(PROCEDURES, params={"limit": 1, "offset": 1}).json()
    assert page["total"] == len(ALL)
    assert [one["id"] for one in page["procedures"]] == ["olive-permit.en"]


@pytest.mark.parametrize("document_id", ALL)
def test_statements_stand_in_the_text_under_their_sections(
    office: TestClient, regional: Assistant, document_id: str
) -> None:
    procedure = office.get(f"{PROCEDURES}/{document_id}").json()
    document = regional.store.document(document_id)
    assert procedure["as_of"] == "2026-04-01"
    assert procedure["contact"] == "carpet-desk"
    assert procedure["languages"] == {one[-2:]: one for one in ALL}
    statements = [one for section in procedure["sections"] for one in section["statements"]]
    assert [one["anchor"] for one in statements] == [one.anchor for one in document.statements]
    text = office.get(f"/v1/documents/{document_id}").json()["text"]
    for one in statements:
        assert text[one["start"] : one["end"]] == one["quote"]
        assert one["sources"][0]["publisher"]


def test_the_shipped_procedures_are_whole(shipped: TestClient, real_corpus: Corpus) -> None:
    listed = shipped.get(PROCEDURES, params={"limit": 500}).json()
    documents = {one.id: one for one in real_corpus.documents if one.kind == "procedure"}
    assert [one["id"] for one in listed["procedures"]] == sorted(documents)
    for entry in listed["procedures"]:
        procedure, document = (
            shipped.get(f"{PROCEDURES}/{entry['id']}").json(),
            documents[entry["id"]],
        )
        anchors = [section["anchor"] for section in procedure["sections"]]
        assert anchors == [section["anchor"] for section in entry["sections"]]
        assert "unknown" in anchors
        told = [one for section in procedure["sections"] for one in section["statements"]]
        assert [one["anchor"] for one in told] == [one.anchor for one in document.statements]
        assert all(document.text[one["start"] : one["end"]] == one["quote"] for one in told)
        assert all(one["sources"] for one in told)
        gaps = [one for one in procedure["sections"] if one["anchor"] == "unknown"]
        assert {one["status"] for section in gaps for one in section["statements"]} == {"unknown"}


@pytest.mark.parametrize("document_id", ["carpet-desk.fr", "nothing.fr", "زيتون", "..%2Fx", "%00"])
def test_what_is_no_procedure_is_told(office: TestClient, document_id: str) -> None:
    assert_problem(office.get(f"{PROCEDURES}/{document_id}"), 404, "document_missing")


@pytest.mark.parametrize(
    "query", ["language=es", "limit=0", "limit=501", "offset=-1", "langage=ar", "q=a&q=b"]
)
def test_what_is_no_filter_is_refused(office: TestClient, query: str) -> None:
    assert_problem(office.get(f"{PROCEDURES}?{query}"), 422, "request_invalid")
