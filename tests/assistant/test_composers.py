"""Which composer the settings choose; nothing is chosen silently that was not asked for."""

from pathlib import Path

import pytest

from assistant.composers import LOCAL_MODEL, choose_composer
from assistant.settings import Settings
from ingest.errors import ModelMissingError, SettingsError


def settings(folder: Path, **fields: object) -> Settings:
    return Settings.model_validate({"models": folder, "llm_base_url": None, **fields})


@pytest.mark.parametrize("llm", ["none", "auto"])
def test_without_a_model_the_words_themselves_answer(tmp_path: Path, llm: str) -> None:
    with choose_composer(settings(tmp_path, llm=llm)) as composer:
        assert (composer.name, composer.model) == ("extractive", None)


@pytest.mark.parametrize("llm", ["endpoint", "auto"])
def test_an_endpoint_that_is_set_is_used(tmp_path: Path, llm: str) -> None:
    chosen = settings(tmp_path, llm=llm, llm_base_url="http://127.0.0.1:9/v1", llm_model="m")
    with choose_composer(chosen) as composer:
        assert (composer.name, composer.model) == ("llm", "m")


def test_none_means_none_even_with_an_endpoint(tmp_path: Path) -> None:
    chosen = settings(tmp_path, llm="none", llm_base_url="http://127.0.0.1:9/v1", llm_model="m")
    with choose_composer(chosen) as composer:
        assert composer.name == "extractive"


@pytest.mark.parametrize(
    "fields",
    [
        {"llm": "endpoint"},
        {"llm": "endpoint", "llm_model": "m"},
        {"llm": "endpoint", "llm_base_url": "http://127.0.0.1:9/v1"},
        {"llm": "auto", "llm_base_url": "http://127.0.0.1:9/v1"},
    ],
)
def test_half_an_endpoint_is_an_error_that_names_the_rest(
    tmp_path: Path, fields: dict[str, str]
) -> None:
    with (
        pytest.raises(SettingsError, match="SANAD_LLM_"),
        choose_composer(settings(tmp_path, **fields)),
    ):
        pass


def test_a_local_model_that_was_asked_for_and_is_missing_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(ModelMissingError, match=f"sanad models pull {LOCAL_MODEL}"),
        choose_composer(settings(tmp_path, llm="local")),
    ):
        pass


def test_a_model_of_ones_own_is_not_loaded_before_it_is_asked(tmp_path: Path) -> None:
    own = tmp_path / "نموذج.gguf"
    own.write_bytes(b"not a model")
    chosen = settings(tmp_path, llm="local", llm_model=str(own))
    with choose_composer(chosen) as composer:
        assert (composer.name, composer.model) == ("llm", str(own))
