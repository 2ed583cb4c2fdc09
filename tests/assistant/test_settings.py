"""Settings come from the environment once; a bad one stops the start and is named."""

import re
from pathlib import Path

import pytest

from assistant.settings import Settings, load_settings, unknown_variables
from ingest.errors import SettingsError
from tests.conftest import REPOSITORY


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


def test_a_misspelt_setting_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    before = unknown_variables()
    monkeypatch.setenv("SANAD_TRUSTED_PROXIES", "127.0.0.1")
    assert unknown_variables() == before
    monkeypatch.setenv("SANAD_TRUSTED_PROXY", "127.0.0.1")
    assert set(unknown_variables()) - set(before) == {"SANAD_TRUSTED_PROXY"}


def test_the_readme_lists_every_setting_and_no_other() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Settings")[2].partition("\n## ")[0]
    told = re.findall(r"`(SANAD_[A-Z_…]+)`", table)
    named = {f"SANAD_{name.upper()}" for name in Settings.model_fields}
    listed = {name for name in told if "…" not in name}
    families = [re.escape(name).replace("…", "[A-Z_]+") for name in told if "…" in name]
    files = "SANAD_FILE_[A-Z]+"  # `sanad ingest --help` lists these
    assert not listed - named
    assert not {
        name
        for name in named - listed
        if not any(re.fullmatch(one, name) for one in [*families, files])
    }
