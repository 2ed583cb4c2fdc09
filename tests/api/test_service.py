"""The service as a whole: what it has open, what it does without, and that it closes everything."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import enumerate as threads

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.service import open_service
from assistant.assistant import Models
from assistant.compose import ExtractiveComposer
from assistant.settings import Settings
from index.embedding import Embedder
from index.generation import current
from ingest.errors import IndexMissingError, SanadError, SettingsError
from tests.fakes import FakeEmbedder
from tests.misbehaviour import DELAY, DELAY_AR

NOWHERE = "postgresql://sanad:ssecrett@127.0.0.1:9/records"
Open = Callable[..., FastAPI]


class _Opened:
    """Stands in for the models, and notes what happens to them."""

    def __init__(self, embedder: FakeEmbedder) -> None:
        self.models = Models(embedder, ExtractiveComposer(), None)
        self.happened: list[str] = []

    @contextmanager
    def __call__(
        self, _settings: Settings, *, embedder: Embedder | None = None
    ) -> Iterator[Models]:
        self.happened.append("open")
        try:
            yield self.models
        finally:
            self.happened.append("closed")


@pytest.fixture
def opened(trade_embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch) -> _Opened:
    stand_in = _Opened(trade_embedder)
    monkeypatch.setattr("api.service.open_models", stand_in)
    return stand_in


@pytest.fixture
def settings(trade_index: Path, tmp_path: Path) -> Settings:
    return Settings(
        index=trade_index,
        llm="none",
        index_poll=0.01,
        database_url=SecretStr(f"sqlite:///{tmp_path / 'records.sqlite'}"),
    )


def asked(client: TestClient, question: str) -> str:
    response = client.post("/v1/ask", json={"question": question})
    assert response.status_code == 200, response.text
    return str(response.json()["id"])


def test_what_is_open_is_closed_and_what_was_answered_is_recorded(
    opened: _Opened, settings: Settings, tmp_path: Path
) -> None:
    with TestClient(open_service(settings)) as client:
        assert opened.happened == ["open"]
        told = [asked(client, question) for question in (DELAY, DELAY_AR, DELAY)]
        assert client.get("/readyz").json()["database"] == "up"
    assert opened.happened == ["open", "closed"]
    assert "generations" not in {thread.name for thread in threads() if thread.is_alive()}
    with closing(sqlite3.connect(tmp_path / "records.sqlite")) as database:
        assert [row[0] for row in database.execute("SELECT answer_id FROM audit")] == told


@pytest.mark.parametrize("poll", [0.01, 0])
def test_a_generation_is_followed_where_that_is_wanted(
    opened: _Opened, settings: Settings, poll: float
) -> None:
    app = open_service(settings.model_copy(update={"index_poll": poll}))
    running = {thread.name for thread in threads() if thread.is_alive()}
    assert ("generations" in running) == bool(poll)
    with TestClient(app) as client:
        assert client.get("/readyz").json()["generation"] == current(settings.index)


def test_the_chat_answers_while_the_database_is_away_and_feedback_says_so(
    opened: _Opened, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    away = settings.model_copy(update={"database_url": SecretStr(NOWHERE)})
    with TestClient(open_service(away)) as client:
        told = asked(client, DELAY_AR)
        ready = client.get("/readyz")
        assert ready.status_code == 200
        assert (ready.json()["database"], ready.json()["degraded"]) == ("down", ["database"])
        liked = client.post(
            "/v1/feedback", json={"answer_id": told, "verdict": "up", "language": "ar"}
        )
        assert liked.status_code == 503
        assert liked.json()["code"] == "database_down"
        assert "ssecrett" not in ready.text + liked.text + caplog.text


def test_a_database_of_another_version_is_told_apart(
    opened: _Opened, settings: Settings, tmp_path: Path
) -> None:
    with TestClient(open_service(settings)) as client:
        asked(client, DELAY)
    with closing(sqlite3.connect(tmp_path / "records.sqlite")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    with TestClient(open_service(settings)) as client:
        assert asked(client, DELAY_AR)
        ready = client.get("/readyz").json()
    assert (ready["status"], ready["database"]) == ("ready", "outdated")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"database_url": SecretStr("mysql://127.0.0.1/records")}, SettingsError),
        ({"index": Path("/nonexistent")}, IndexMissingError),
    ],
)
def test_what_cannot_be_opened_leaves_nothing_open(
    opened: _Opened, settings: Settings, change: dict[str, object], error: type[SanadError]
) -> None:
    with pytest.raises(error):
        open_service(settings.model_copy(update=change))
    assert opened.happened == ["open", "closed"]
