"""schemathesis, as its users run it, against a server of ours: every check, every phase."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.memory.database import Database
from assistant.assistant import Assistant
from assistant.settings import load_settings
from tests.api.routes.conftest import As

CONFIG = """
seed = 1
[generation]
deterministic = true
max-examples = 5
[phases.stateful.generation]
max-examples = 15

# A body that is too large is refused before anybody looks for what else is wrong with it.
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "429"]

# A question is any text to a schema, and one without a word in it is refused by name.
[[operations]]
include-path-regex = "^/v1/(ask(/stream)?|search|shares|handoffs(/[^/]+/reply)?|gold-proposals)$"
checks.positive_data_acceptance.expected-statuses = [
    "2xx", "401", "403", "404", "409", "422", "429",
]

# OpenAI's protocol has more in it than Sanad does; it says so with 400 rather than drop it.
[[operations]]
include-path = "/v1/chat/completions"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "404", "422", "429"]
"""


@pytest.mark.timeout(600)
def test_the_interface_is_as_it_is_described(
    regional: Assistant,
    records: Database,
    as_: As,
    serving: Callable[[FastAPI], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    settings = load_settings(limit_address=0, limit_known=0, limit_conversation=0)
    (tmp_path / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    with serving(create_app(regional, settings, database=records)) as address:
        command = [sys.executable, "-m", "schemathesis.cli"]
        options = ["--config-file", "schemathesis.toml"]
        run = ["run", f"{address}/openapi.json", "--no-color", "--warnings", "off"]
        key = [f"Authorization: {as_('admin')['Authorization']}"]
        ran = subprocess.run(
            [*command, *options, *run, "--header", *key],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Stateful" in ran.stdout
    assert "No issues found" in ran.stdout
