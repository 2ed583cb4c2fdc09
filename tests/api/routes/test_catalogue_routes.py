"""`/v1/catalogue`, and the searches and lists that are narrowed down by what it holds."""

import pytest
from fastapi.testclient import TestClient

SAFFRON = {"fr": "ventes de safran", "ar": "مبيعات الزعفران", "en": "saffron sales"}


def hits(client: TestClient, **given: str) -> list[dict[str, str]]:
    response = client.get("/v1/search", params={"k": "50", **given})
    assert response.status_code == 200, response.text
    found: list[dict[str, str]] = response.json()["hits"]
    return found


def test_it_names_what_occurs(office: TestClient) -> None:
    catalogue = office.get("/v1/catalogue").json()
    assert catalogue["sectors"] == [{"value": "olive-oil", "count": 1}]
    assert catalogue["topics"] == [{"value": "saffron", "count": 2}]
    publishers = {one["value"]: one["count"] for one in catalogue["publishers"]}
    assert publishers == {"Guichet des huiles": 6, "Journal de la vallée": 3, "Office du safran": 3}
    assert [one["id"] for one in catalogue["regions"]] == ["oriental", "souss-massa"]
    assert catalogue["regions"][1]["names"]["ar"] == "سوس-ماسة"


@pytest.mark.parametrize("language", SAFFRON)
@pytest.mark.parametrize("asked", SAFFRON)
def test_a_language_is_the_only_one(office: TestClient, asked: str, language: str) -> None:
    found = hits(office, q=SAFFRON[asked], language=language)
    assert {hit["language"] for hit in found} == {language}
    assert len({(hit["document_id"], hit["start"]) for hit in found}) == len(found)
    for hit in found:
        text = office.get(f"/v1/documents/{hit['document_id']}").json()["text"]
        assert text[int(hit["start"]) : int(hit["end"])] == hit["quote"]


def test_a_filter_that_all_pass_changes_nothing_but_what_it_says(office: TestClient) -> None:
    plain = hits(office, q="quel délai pour le permis", k="1")
    french = hits(office, q="quel délai pour le permis", k="1", language="fr", kind="procedure")
    assert plain == french


@pytest.mark.parametrize("query", ["safran", "زعفران"])
def test_a_kind_is_the_only_one(office: TestClient, query: str) -> None:
    found = hits(office, q=query, kind="procedure")
    assert {hit["document_id"][:-3] for hit in found} == {"olive-permit"}
    assert hits(office, q=query, kind="definition") == []


@pytest.mark.parametrize(
    ("validity", "word", "absent"),
    [("past", "300", "2027"), ("future", "2027", "300"), ("current", "250", "2027")],
)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_validity_is_that_of_the_sentence(
    office: TestClient, language: str, validity: str, word: str, absent: str
) -> None:
    found = hits(office, q=SAFFRON[language], language=language, validity=validity)
    text = " ".join(hit["quote"] for hit in found)
    assert word in text
    if validity == "current":
        assert {hit["document_id"] for hit in found} > {f"saffron-programme.{language}"}
    else:
        assert {hit["document_id"] for hit in found} == {f"saffron-programme.{language}"}
    assert validity != "past" or absent in text or len(found) == 1


def test_a_publisher_is_that_of_the_sentence(office: TestClient) -> None:
    found = hits(office, q="safran", publisher="Journal de la vallée")
    assert found
    assert {hit["document_id"][:-3] for hit in found} == {"saffron-programme"}
    assert hits(office, q="safran", publisher="Journal de la vall") == []
    assert hits(office, q="safran", publisher='" OR 1=1 --') == []


@pytest.mark.parametrize(
    "given", [{"kind": "sheet"}, {"language": "ary"}, {"validity": "now"}, {"publishers": "x"}]
)
def test_unknown_filters_are_refused(office: TestClient, given: dict[str, str]) -> None:
    assert office.get("/v1/search", params={"q": "safran", **given}).status_code == 422


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("word", ["huile", "زيت", "oil"])
def test_a_procedure_is_found_by_a_word_of_any_language(
    office: TestClient, language: str, word: str
) -> None:
    given = {"language": language, "q": word}
    found = office.get("/v1/procedures", params=given).json()["procedures"]
    assert [one["id"] for one in found] == [f"olive-permit.{language}"]


@pytest.mark.parametrize(("market", "count"), [("5 kg", 1), ("Atlantide", 0)])
def test_a_procedure_names_its_market(office: TestClient, market: str, count: int) -> None:
    given = {"language": "fr", "market": market}
    assert office.get("/v1/procedures", params=given).json()["total"] == count


@pytest.mark.parametrize("market", ["Union européenne", "الاتحاد الأوروبي", "European Union"])
def test_markets_of_what_is_shipped(shipped: TestClient, market: str) -> None:
    found = shipped.get("/v1/procedures", params={"language": "fr", "market": market}).json()
    assert 0 < found["total"] < shipped.get("/v1/procedures?language=fr").json()["total"]
