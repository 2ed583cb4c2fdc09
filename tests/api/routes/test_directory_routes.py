"""`GET /v1/directory`: bodies with sourced contacts, and never a number without an owner."""

import pytest
from fastapi.testclient import TestClient

from ingest.corpus import Corpus
from tests.api.test_problems import assert_problem

DIRECTORY = "/v1/directory"
UNATTRIBUTED = "0537000999"


def ids(client: TestClient, **query: str) -> list[str]:
    response = client.get(DIRECTORY, params=query)
    assert response.status_code == 200, response.text
    return [body["id"] for body in response.json()["bodies"]]


def test_bodies_have_three_languages_and_sourced_contacts(office: TestClient) -> None:
    bodies = {body["id"]: body for body in office.get(DIRECTORY).json()["bodies"]}
    assert list(bodies) == sorted(bodies)
    carpet = bodies["carpet-desk"]
    assert carpet["names"] == {"fr": "Guichet du tapis", "ar": "شباك الزرابي", "en": "Carpet desk"}
    assert carpet["purpose"]["ar"] == "يرشد بشأن الزرابي المصدرة."
    [contact] = carpet["contacts"]
    assert (contact["kind"], contact["value"]) == ("phone", "0537000111")
    assert contact["source"]["publisher"] == "Guichet des huiles"
    assert contact["source"]["dated_by"] == "inferred"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"region": "souss-massa"}, ["office-souss"]),
        ({"region": "Taliouine"}, ["office-souss"]),
        ({"region": "أكادير"}, ["office-souss"]),
        ({"region": "Oujda"}, ["office-oriental"]),
        ({"region": "Atlantis"}, []),
        ({"topic": "saffron"}, ["office-oriental", "office-souss"]),
        ({"topic": "nothing"}, []),
        ({"q": "douane"}, ["customs"]),
        ({"q": "الجمارك"}, ["customs"]),
        ({"q": "ADII"}, ["customs"]),
        ({"q": "carpets"}, ["carpet-desk"]),
        ({"q": "exportateurs", "region": "souss-massa"}, ["office-souss"]),
        ({"q": "zzzz"}, []),
        ({"q": "\x00'; DROP TABLE reference --"}, []),
    ],
)
def test_the_list_is_narrowed_down(
    office: TestClient, query: dict[str, str], expected: list[str]
) -> None:
    assert ids(office, **query) == expected


def test_offices_tell_their_regions(office: TestClient) -> None:
    [souss] = office.get(DIRECTORY, params={"region": "Agadir"}).json()["bodies"]
    assert souss["regions"] == ["souss-massa"]


def test_an_unattributed_number_is_never_there(office: TestClient) -> None:
    source = office.get(DIRECTORY)
    assert "0537000111" in source.text
    assert UNATTRIBUTED not in source.text
    for query in (UNATTRIBUTED, "0537 000 999", "phone"):
        assert UNATTRIBUTED not in office.get(DIRECTORY, params={"q": query}).text


def test_none_of_the_shipped_unattributed_numbers_is_there(
    shipped: TestClient, real_corpus: Corpus
) -> None:
    answered = shipped.get(DIRECTORY)
    assert len(answered.json()["bodies"]) == len(real_corpus.bodies)
    given = {
        "".join(filter(str.isalnum, contact["value"]))
        for body in answered.json()["bodies"]
        for contact in body["contacts"]
    }
    assert given
    assert real_corpus.unattributed
    for orphan in real_corpus.unattributed:
        assert "".join(filter(str.isalnum, orphan.value)) not in given
        assert orphan.value not in answered.text


def test_each_of_the_twelve_regions_has_its_office(
    shipped: TestClient, real_corpus: Corpus
) -> None:
    for region in real_corpus.regions:
        for named in (region.id, region.names["fr"], region.names["ar"], region.names["en"]):
            bodies = shipped.get(DIRECTORY, params={"region": named}).json()["bodies"]
            assert [body["id"] for body in bodies] == [region.office], named


@pytest.mark.parametrize(
    "query", ["q=" + "x" * 201, "region=" + "x" * 101, "body=customs", "q=a&q=b"]
)
def test_what_is_no_filter_is_refused(office: TestClient, query: str) -> None:
    assert_problem(office.get(f"{DIRECTORY}?{query}"), 422, "request_invalid")
