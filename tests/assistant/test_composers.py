"""Which composer the settings choose; nothing is chosen silently that was not asked for."""

import struct
from datetime import date
from pathlib import Path

import pytest

from assistant import composers
from assistant.composers import LOCAL_MODEL, choose_composer, wanted_model
from assistant.settings import Settings
from assistant.winner import Winner, read_winner
from index.modelstore import ModelStore
from ingest.errors import ModelDamagedError, ModelMissingError, SettingsError
from tests.tinygguf import tiny_gguf


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


HEAD = struct.pack("<4sIQQ", b"GGUF", 3, 290, 26)


@pytest.mark.parametrize("llm", ["local", "auto"])
def test_a_model_of_ones_own_is_not_loaded_before_it_is_asked(tmp_path: Path, llm: str) -> None:
    own = tmp_path / "نموذج.gguf"
    own.write_bytes(tiny_gguf())
    chosen = settings(tmp_path, llm=llm, llm_model=str(own))
    with choose_composer(chosen) as composer:
        assert (composer.name, composer.model) == ("llm", str(own))


def test_half_a_file_is_refused_at_the_start(tmp_path: Path) -> None:
    own = tmp_path / "moitié.gguf"
    own.write_bytes(tiny_gguf()[:-64])
    with (
        pytest.raises(ModelDamagedError, match=r"moitié\.gguf ends too early.*Fetch it again"),
        choose_composer(settings(tmp_path, llm="local", llm_model=str(own))),
    ):
        pass


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>" * 9, HEAD[:-1], b"\0" * 24])
def test_a_file_that_is_no_model_is_refused_at_the_start(tmp_path: Path, content: bytes) -> None:
    own = tmp_path / "modèle.gguf"
    own.write_bytes(content)
    with (
        pytest.raises(ModelDamagedError, match=r"modèle\.gguf is not a model.*SANAD_LLM_MODEL"),
        choose_composer(settings(tmp_path, llm="local", llm_model=str(own))),
    ):
        pass


@pytest.fixture
def won(monkeypatch: pytest.MonkeyPatch) -> str:
    """A build of which the model of the registry has won the measurement."""
    winner = Winner(composer="llm", model=LOCAL_MODEL, day=date(2026, 11, 22), because="it won")
    monkeypatch.setattr(composers, "read_winner", lambda: winner)
    return LOCAL_MODEL


def pulled(folder: Path, model: str) -> None:
    entry = ModelStore(folder).entry(model)
    with (folder / entry.file).open("wb") as file:
        file.write(HEAD)
        file.truncate(entry.size)


def test_auto_follows_the_measurement_where_the_winner_was_pulled(tmp_path: Path, won: str) -> None:
    with choose_composer(settings(tmp_path, llm="auto")) as composer:
        assert composer.name == "extractive"
    pulled(tmp_path, won)
    with choose_composer(settings(tmp_path, llm="auto")) as composer:
        assert (composer.name, composer.model) == ("llm", won)
    with choose_composer(settings(tmp_path, llm="none")) as composer:
        assert composer.name == "extractive"


def test_a_model_that_was_pulled_but_did_not_win_is_used_when_asked_for(tmp_path: Path) -> None:
    assert read_winner().model is None
    pulled(tmp_path, LOCAL_MODEL)
    with choose_composer(settings(tmp_path, llm="auto")) as composer:
        assert composer.name == "extractive"
    with choose_composer(settings(tmp_path, llm="local")) as composer:
        assert (composer.name, composer.model) == ("llm", LOCAL_MODEL)


def test_what_is_wanted_is_what_is_pulled(tmp_path: Path, won: str) -> None:
    assert wanted_model(settings(tmp_path, llm="auto")) == won
    assert wanted_model(settings(tmp_path, llm="auto", llm_model="m")) == "m"
    assert wanted_model(settings(tmp_path, llm="auto", llm_base_url="http://127.0.0.1:9")) is None
    assert wanted_model(settings(tmp_path, llm="none", llm_model="m")) is None
    assert wanted_model(settings(tmp_path, llm="local")) == LOCAL_MODEL
