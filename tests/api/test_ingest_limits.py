"""What one file may hold and cost is one setting each, from the environment to the reader."""

import pytest

from api.commands.ingest import reading
from assistant.settings import load_settings
from ingest.errors import SettingsError
from ingest.pipeline import IngestSettings

NAMES = ("bytes", "pages", "cells", "unpacked", "seconds", "memory")


def _allowed(settings: IngestSettings) -> tuple[float, ...]:
    limits = settings.limits
    return (
        settings.load.max_bytes,
        limits.max_pages,
        limits.max_cells,
        limits.max_unpacked,
        settings.sandbox.seconds,
        settings.sandbox.memory,
    )


def test_the_defaults_are_those_of_the_readers() -> None:
    assert _allowed(reading(load_settings())) == _allowed(IngestSettings())


def test_each_limit_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    values = tuple(300_000_000 + at for at in range(len(NAMES)))
    for name, value in zip(NAMES, values, strict=True):
        monkeypatch.setenv(f"SANAD_FILE_{name.upper()}", str(value))
    assert _allowed(reading(load_settings())) == values


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_of_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"SANAD_FILE_{name.upper()}", "0")
    with pytest.raises(SettingsError, match="SANAD_FILE"):
        load_settings()
