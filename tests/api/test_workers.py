"""Several processes at one address: what they share, and what happens when none can start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.workers import _keeping, _shared
from assistant.composers import Endpoint, open_endpoint
from assistant.settings import Settings
from ingest.errors import ModelMissingError
from tests.conftest import REPOSITORY


def serve_two(index: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            sys.executable, "-c", "from api.cli import main; main()",
            "serve", "--port", "0", "--workers", "2", "--index", str(index),
        ],
        cwd=REPOSITORY, env={**os.environ, "SANAD_LLM": "none", **environment},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def test_workers_without_their_model_are_not_started(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("0123456789abcdef\n")
    done = serve_two(tmp_path, SANAD_MODELS=str(tmp_path / "none"))
    assert done.returncode == 6
    assert "sanad models pull" in done.stderr
    assert "Traceback" not in done.stderr


def test_workers_that_cannot_start_say_why_and_end_the_command(
    tmp_path: Path, e5_folder: Path
) -> None:
    (tmp_path / "CURRENT").write_text("0123456789abcdef\n")
    done = serve_two(tmp_path)
    assert done.returncode == 1
    assert "sanad ingest" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_language_model_no_worker_looks_for_one(tmp_path: Path) -> None:
    settings = Settings(llm="none", models=tmp_path)
    with open_endpoint(settings) as endpoint:
        assert _shared(settings, endpoint).llm == "none"
        _keeping(endpoint)()


def test_workers_reach_the_model_that_the_parent_has_opened(tmp_path: Path) -> None:
    settings = Settings(
        llm="endpoint",
        llm_base_url="http://127.0.0.1:9/v1",
        llm_model="نموذج",
        llm_api_key=SecretStr("clé"),
        models=tmp_path,
    )
    with open_endpoint(settings) as endpoint:
        shared = _shared(settings, endpoint)
        assert (shared.llm, shared.llm_base_url) == ("endpoint", "http://127.0.0.1:9/v1")
        assert shared.llm_model == "نموذج"
        assert shared.llm_api_key.get_secret_value() == "clé"


def test_a_model_that_cannot_be_started_again_does_not_end_the_parent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def gone() -> None:
        raise ModelMissingError("The model is not there. Run `sanad models pull`.")

    _keeping(Endpoint("نموذج", lambda: "http://127.0.0.1:9/v1", "clé", gone))()
    assert "sanad models pull" in caplog.text
