"""A wrong key or name is told before the first question; an endpoint that is away is no error."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant import composers
from assistant.composers import LOCAL_MODEL
from assistant.modelcheck import check_model, where_questions_go
from assistant.settings import Settings
from assistant.winner import Winner
from ingest.errors import ModelMissingError, SettingsError
from tests.scriptedserver import Reply, ScriptedEndpoint, scripted_endpoint


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with scripted_endpoint(lambda _seen: Reply()) as opened:
        yield opened


def settings(base_url: str, **fields: object) -> Settings:
    return Settings.model_validate(
        {"llm": "endpoint", "llm_base_url": base_url, "llm_model": "scripted", **fields}
    )


def test_an_endpoint_that_serves_the_model_is_named(endpoint: ScriptedEndpoint) -> None:
    assert check_model(settings(endpoint.base_url)) == f"scripted at {endpoint.base_url}"


def test_a_wrong_key_names_the_setting(endpoint: ScriptedEndpoint) -> None:
    with pytest.raises(SettingsError, match=r"401.*SANAD_LLM_API_KEY") as caught:
        check_model(settings(endpoint.base_url, llm_api_key="wrong-secret"))
    assert "wrong-secret" not in str(caught.value)


def test_an_unknown_model_names_those_that_are_served(endpoint: ScriptedEndpoint) -> None:
    endpoint.models = tuple(f"m{n}" for n in range(9))
    with pytest.raises(SettingsError, match=r"'scripted'.*SANAD_LLM_MODEL.*m0, .*m4, …"):
        check_model(settings(endpoint.base_url))


def test_an_endpoint_without_a_list_is_taken_at_its_word(endpoint: ScriptedEndpoint) -> None:
    endpoint.models = ()
    assert check_model(settings(endpoint.base_url)).startswith("scripted at")


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "not an address"])
def test_an_endpoint_that_is_away_is_told_and_no_error(address: str) -> None:
    assert "away" in check_model(settings(address))


def test_without_a_model_the_reason_is_told(tmp_path: Path) -> None:
    none = Settings.model_validate({"llm": "none", "models": tmp_path})
    auto = Settings.model_validate({"llm": "auto", "models": tmp_path, "llm_base_url": None})
    assert "SANAD_LLM=none" in check_model(none)
    assert "ADR 0027" in check_model(auto)


def test_a_winner_that_was_not_pulled_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    won = Winner(composer="llm", model=LOCAL_MODEL, day=date(2026, 11, 22), because="it won")
    monkeypatch.setattr(composers, "read_winner", lambda: won)
    told = check_model(Settings(llm="auto", models=tmp_path, llm_base_url=None, llm_model=None))
    assert LOCAL_MODEL in told
    assert "sanad models pull" in told


def test_a_local_model_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="sanad models pull"):
        check_model(Settings.model_validate({"llm": "local", "models": tmp_path}))


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({}, None),
        ({"llm": "none", "llm_base_url": "https://models.example.com/v1"}, None),
        ({"llm": "local"}, None),
        ({"llm": "endpoint", "llm_base_url": "http://127.0.0.1:11434/v1"}, None),
        ({"llm": "endpoint", "llm_base_url": "http://[::1]:11434/v1"}, None),
        ({"llm_base_url": "http://localhost:11434/v1"}, None),
        (
            {"llm": "endpoint", "llm_base_url": "https://models.example.com/v1"},
            "models.example.com",
        ),
        ({"llm_base_url": "http://192.0.2.7:8000/v1"}, "192.0.2.7"),
    ],
)
def test_it_is_told_where_questions_go(settings: dict[str, Any], host: str | None) -> None:
    told = where_questions_go(Settings(**settings))
    assert (host in told) if host else ("stay" in told)
