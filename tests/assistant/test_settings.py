"""Settings come from the environment once; a bad one stops the start and is named."""

from pathlib import Path

import pytest

from assistant.settings import Settings, load_settings
from ingest.errors import SettingsError


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SANAD_{name.upper()}", raising=False)


def test_without_any_the_defaults_hold() -> None:
    settings = load_settings()
    assert settings.llm == "auto"
    assert settings.index.name == "index"
    assert settings.models.name == "models"


def test_the_environment_decides_and_arguments_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_INDEX", "/somewhere/فهرس")
    monkeypatch.setenv("SANAD_LLM", "none")
    assert load_settings().index == Path("/somewhere/فهرس")
    settings = load_settings(index=Path("/else"))
    assert (settings.index, settings.llm) == (Path("/else"), "none")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLM", "gpt"),
        ("LLM_TIMEOUT", "0"),
        ("LLM_TIMEOUT", "nan"),
        ("LLM_TIMEOUT", "-1"),
        ("LLM_MAX_TOKENS", "beaucoup"),
        ("LLM_CONTEXT", "12"),
        ("LLM_THREADS", "0"),
        ("PASSAGE_TOKENS", "100000"),
    ],
)
def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"SANAD_{name}", value)
    with pytest.raises(SettingsError, match=f"SANAD_{name}"):
        load_settings()


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_LLM_API_KEY", "canary-7f3a")
    settings = load_settings()
    assert settings.llm_api_key.get_secret_value() == "canary-7f3a"
    for shown in (repr(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "canary" not in shown
