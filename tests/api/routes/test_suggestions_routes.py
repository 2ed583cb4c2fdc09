"""`/v1/suggestions` and `/v1/choices`: the documents' own questions, what a profile may name."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from assistant.assistant import Assistant
from assistant.question import Profile
from assistant.suggest import suggest
from tests.api.test_problems import assert_problem

DAY = date(2026, 11, 22)


def suggestions(client: TestClient, **query: str) -> list[dict[str, object]]:
    response = client.get("/v1/suggestions", params=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, object]] = response.json()["questions"]
    return found


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_they_are_the_documents_own(office: TestClient, regional: Assistant, language: str) -> None:
    found = suggestions(office, language=language)
    assert found
    assert len({one["document_id"] for one in found}) == len(found)
    for one in found:
        document = regional.store.document(str(one["document_id"]))
        assert one["text"] in document.questions
        assert document.language == one["language"] == language
        assert one["concerned"] is False


def test_the_default_is_french_and_no_more_than_asked_for(office: TestClient) -> None:
    assert {one["language"] for one in suggestions(office)} == {"fr"}
    assert len(suggestions(office, limit="1")) == 1
    for query in ({"limit": "0"}, {"limit": "21"}, {"language": "ary"}, {"lang": "ar"}):
        assert_problem(office.get("/v1/suggestions", params=query), 422, "request_invalid")


@pytest.mark.parametrize(
    ("language", "profile", "family"),
    [
        ("fr", {"sector": "carpets"}, "carpet-desk"),
        ("ar", {"sector": "olive-oil"}, "olive-permit"),
        ("en", {"sector": "saffron"}, "saffron-programme"),
    ],
)
def test_what_concerns_a_profile_comes_first(
    office: TestClient, regional: Assistant, language: str, profile: dict[str, str], family: str
) -> None:
    first, *others = suggestions(office, language=language, **profile)
    assert first["concerned"] is True
    assert regional.store.document(str(first["document_id"])).family == family
    assert not any(one["concerned"] for one in others)


def test_they_are_the_same_all_day_and_not_for_ever(regional: Assistant) -> None:
    def on(day: date) -> tuple[object, ...]:
        return suggest(regional.store, "fr", day=day, limit=9)

    assert on(DAY) == on(DAY)
    assert len({on(date(2026, 11, day)) for day in range(1, 20)}) > 1


def test_an_unknown_profile_hides_nothing(regional: Assistant) -> None:
    nobody = Profile(region="Atlantide", sector="?", market="la Lune")
    plain = suggest(regional.store, "ar", day=DAY, limit=9)
    assert suggest(regional.store, "ar", day=DAY, limit=9, profile=nobody) == plain


def test_choices_are_those_that_count(office: TestClient) -> None:
    found = office.get("/v1/choices").json()
    assert [one["id"] for one in found["sectors"]] == ["carpets", "olive-oil", "saffron"]
    assert {one["id"] for one in found["regions"]} == {"souss-massa", "oriental"}
    assert all({"fr", "ar", "en"} <= one["names"].keys() for one in found["regions"])


def test_what_is_shipped_can_be_chosen_in_three_languages(shipped: TestClient) -> None:
    found = shipped.get("/v1/choices").json()
    assert len(found["regions"]) == 12
    for one in (*found["regions"], *found["markets"]):
        assert all(one["names"][language] for language in ("fr", "ar", "en"))
