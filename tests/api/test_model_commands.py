"""`sanad models`: what is fetched without being named, and what is removed."""

from datetime import date
from pathlib import Path

import pytest

from assistant import composers
from assistant.composers import LOCAL_MODEL
from assistant.winner import Winner
from index.modelsource import Progress
from index.modelstore import ModelStore
from ingest.errors import DownloadError
from tests.api.command import Run

SMALL = "qwen2.5-coder-0.5b-instruct-q4_k_m"


@pytest.fixture
def pulled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The ids that are fetched, which is only pretended; embedding is a folder that is there."""
    ids: list[str] = []

    def pull(store: ModelStore, model: str, progress: Progress) -> Path:
        ids.append(model)
        return tmp_path

    monkeypatch.setattr(ModelStore, "pull", pull)
    monkeypatch.setattr("api.commands.models._optimise_if_missing", lambda *_: None)
    return ids


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, []),
        ({"SANAD_LLM": "none"}, []),
        ({"SANAD_LLM": "local"}, [LOCAL_MODEL]),
        ({"SANAD_LLM_MODEL": SMALL}, [SMALL]),
        ({"SANAD_LLM_BASE_URL": "http://127.0.0.1:9/v1", "SANAD_LLM_MODEL": "m"}, []),
    ],
)
def test_a_language_model_is_fetched_for_whoever_asks_for_one(
    run: Run,
    pulled: list[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    expected: list[str],
) -> None:
    for name, value in ({"SANAD_LLM": "auto"} | settings).items():
        monkeypatch.setenv(name, value)
    assert run("models", "pull").code == 0
    assert pulled == ["sanad-e5-small", *expected]


@pytest.mark.parametrize(("llm", "code"), [("auto", 0), ("local", 6)])
def test_a_winner_that_cannot_be_fetched_is_optional_unless_it_was_asked_for(
    run: Run, pulled: list[str], monkeypatch: pytest.MonkeyPatch, llm: str, code: int
) -> None:
    won = Winner(composer="llm", model=LOCAL_MODEL, day=date(2026, 11, 22), because="it won")
    monkeypatch.setattr(composers, "read_winner", lambda: won)
    monkeypatch.setenv("SANAD_LLM", llm)
    whole = ModelStore.pull

    def pull(store: ModelStore, model: str, progress: Progress) -> Path:
        if model == LOCAL_MODEL:
            raise DownloadError("no mirror gave it.")
        return whole(store, model, progress)

    monkeypatch.setattr(ModelStore, "pull", pull)
    ran = run("models", "pull")
    assert ran.code == code
    assert "no mirror gave it" in ran.out + ran.err


def test_a_removed_model_is_gone(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "no-models"
    root.mkdir()
    file = root / ModelStore(root).entry(SMALL).file
    file.write_bytes("نصف".encode() * 1000)
    ran = run("models", "remove", SMALL)
    assert ran.code == 0
    assert SMALL in ran.out
    assert not file.exists()
    assert run("models", "remove", SMALL).code == 0


def test_what_is_not_in_the_registry_is_not_removed(run: Run, tmp_path: Path) -> None:
    ran = run("models", "remove", "../index")
    assert ran.code == 2
    assert "sanad-e5-small" in ran.err


def test_the_list_names_every_model_in_full_and_the_machine_it_suits(run: Run) -> None:
    ran = run("models", "list")
    known = {row["entry"]["id"]: row["entry"] for row in run("models", "list", "--json").json}
    for name in known:
        assert name in ran.out.split()
    assert known["qwen3-8b-q4_k_m"]["machine"] == 16
    assert "16 GiB" in ran.out
