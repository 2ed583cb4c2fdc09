"""The real thing: real embeddings, a real small language model, real HTTP on loopback."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from fastapi import FastAPI

from api.app import create_app
from assistant.answer import Answer
from assistant.assistant import open_assistant, open_configured_embedder
from assistant.settings import Settings
from index.build import build_index
from index.modelstore import ModelStore
from ingest.pipeline import ingest_folder
from tests.api.conftest import Event
from tests.assistant.invariants import assert_sound
from tests.conftest import REPOSITORY
from tests.misbehaviour import DELAY, DELAY_AR, PHONE

SMALL_MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"


@pytest.fixture(scope="module")
def models() -> Path:
    """The folder of this machine's models."""
    return Path(os.environ.get("SANAD_MODELS") or REPOSITORY / "var" / "models")


@pytest.fixture(scope="module")
def real_index(
    e5_folder: Path, models: Path, trade_corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The small corpus, embedded by the default model."""
    root = tmp_path_factory.mktemp("real-index")
    embedder = open_configured_embedder(Settings(models=models))
    build_index(root, ingest_folder(trade_corpus), embedder, {"max_tokens": 256})
    return root


def post(address: str, route: str, question: str) -> str:
    request = Request(
        f"{address}{route}",
        data=json.dumps({"question": question}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=60) as response:
        text: str = response.read().decode()
    return text


def test_a_small_model_drafts_and_nothing_unproven_leaves(
    model_store: ModelStore,
    models: Path,
    real_index: Path,
    serving: Callable[[FastAPI], AbstractContextManager[str]],
    events: Callable[[str], list[Event]],
) -> None:
    model_store.verify(SMALL_MODEL)
    settings = Settings(
        index=real_index,
        models=models,
        llm="local",
        llm_base_url=None,
        llm_model=SMALL_MODEL,
        llm_max_tokens=60,
        llm_timeout=120,
    )
    with open_assistant(settings) as assistant, serving(create_app(assistant)) as address:
        asked = {
            question: Answer.model_validate_json(post(address, "/v1/ask", question))
            for question in (DELAY, DELAY_AR)
        }
        streamed = events(post(address, "/v1/ask/stream", PHONE))
        store = assistant.store
        answers = [*asked.values(), Answer.model_validate(streamed[-1].data)]
        for answer in answers:
            assert_sound(answer, store)
            assert answer.engine.model == SMALL_MODEL
    for question, language in ((DELAY, "fr"), (DELAY_AR, "ar")):
        assert asked[question].status == "answered"
        assert asked[question].language == language
        assert {citation.language for citation in asked[question].citations} == {language}
        assert "10" in asked[question].text
    kinds = [event.kind for event in streamed]
    assert kinds.index("citations") < kinds.index("sentence") < kinds.index("answer")


@pytest.fixture
def sanad_serve(real_index: Path, models: Path) -> Iterator[subprocess.Popen[str]]:
    """`sanad serve` as its own process, on a free port."""
    environment = {
        **os.environ,
        "SANAD_INDEX": str(real_index),
        "SANAD_MODELS": str(models),
        "SANAD_LLM": "none",
    }
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_serve_prints_its_address_answers_and_stops_when_told(
    sanad_serve: subprocess.Popen[str],
) -> None:
    assert sanad_serve.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", sanad_serve.stdout.readline())
    assert found
    answer = Answer.model_validate_json(post(found.group(), "/v1/ask", DELAY_AR))
    assert answer.status == "answered"
    assert answer.engine.composer == "extractive"
    sanad_serve.send_signal(signal.SIGINT)
    _, errors = sanad_serve.communicate(timeout=60)
    assert "Traceback" not in errors
    assert sanad_serve.returncode in {0, 130, -signal.SIGINT}
