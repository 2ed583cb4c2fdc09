"""The real thing: real embeddings, a real small language model, real HTTP on loopback."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from time import sleep
from urllib.request import Request, urlopen

import pytest
from fastapi import FastAPI

from api.app import create_app
from assistant.answer import Answer
from assistant.assistant import open_assistant, open_configured_embedder
from assistant.settings import Settings
from evals.startspeed import print_phases
from index.build import build_index
from index.modelstore import ModelStore
from ingest.pipeline import ingest_folder
from tests.api.conftest import Event
from tests.api.otlp import collecting
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
    with urlopen(request, timeout=120) as response:
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
        llm_first=120,
        llm_stall=120,
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


@contextmanager
def sanad_serve(
    index: Path, models: Path, *options: str, **settings: str
) -> Iterator[subprocess.Popen[str]]:
    """`sanad serve` as its own process, on a free port."""
    environment = {
        **os.environ,
        "SANAD_INDEX": str(index),
        "SANAD_MODELS": str(models),
        "SANAD_LLM": "none",
        "SANAD_DATABASE_URL": f"sqlite:///{index.parent / 'records.sqlite'}",
        **settings,
    }
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, *options],
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


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found
    return found.group()


def test_serve_prints_its_address_answers_and_stops_when_told(
    real_index: Path, models: Path
) -> None:
    with sanad_serve(real_index, models) as process:
        answer = Answer.model_validate_json(post(address_of(process), "/v1/ask", DELAY_AR))
        assert answer.status == "answered"
        assert answer.engine.composer == "extractive"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    assert process.returncode in {0, 130, -signal.SIGINT}


def test_workers_answer_alike_and_one_that_dies_is_replaced(
    real_index: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They count together, and send the traces they still have when they are told to end."""
    with ExitStack() as opened:
        collector = opened.enter_context(collecting())
        monkeypatch.setenv("SANAD_OTLP_ENDPOINT", collector.address)
        process = opened.enter_context(sanad_serve(real_index, models, "--workers", "2"))
        address = address_of(process)
        before = Answer.model_validate_json(post(address, "/v1/ask", DELAY_AR))
        workers = workers_of(process.pid)
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        while workers[0] in workers_of(process.pid) or len(workers_of(process.pid)) < 2:
            sleep(0.1)
        after = Answer.model_validate_json(post(address, "/v1/ask", DELAY_AR))
        assert (after.text, after.citations) == (before.text, before.citations)
        with urlopen(f"{address}/metrics", timeout=60) as response:
            told = re.findall(r"(?m)^sanad_answers_total{.*} (\S+)$", response.read().decode())
        assert sum(map(float, told)) == 2
        process.terminate()
        process.communicate(timeout=120)
        assert "POST /v1/ask" in collector.spans()
    assert process.returncode == 0


def workers_of(pid: int) -> list[int]:
    """The workers of a parent, which are all the processes below it."""
    return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def test_a_model_that_was_killed_comes_back_to_the_workers(
    model_store: ModelStore, real_index: Path, models: Path
) -> None:
    model_store.verify(SMALL_MODEL)
    ample = dict.fromkeys(("SANAD_LLM_FIRST", "SANAD_LLM_STALL", "SANAD_LLM_TIMEOUT"), "120")
    local = {"SANAD_LLM": "local", "SANAD_LLM_MODEL": SMALL_MODEL, "SANAD_ANSWER_CACHE": "0"}
    with sanad_serve(real_index, models, "--workers", "2", **ample, **local) as process:
        address, killed = address_of(process), model_of(process.pid)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        assert "model_away" in notices(post(address, "/v1/ask", DELAY_AR))
        while model_of(process.pid) in {None, killed}:
            sleep(0.1)
        while "model_away" in notices(post(address, "/v1/ask", DELAY_AR)):
            sleep(0.5)
        process.terminate()
        process.communicate(timeout=120)
    assert process.returncode == 0


def notices(answer: str) -> set[str]:
    return {notice.kind for notice in Answer.model_validate_json(answer).notices}


def model_of(pid: int) -> int | None:
    """The process below a parent that holds the language model."""
    for child in workers_of(pid):
        with suppress(FileNotFoundError):
            if b"llamaworker" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
    return None


def test_what_workers_do_not_change_the_machine_holds_once(real_index: Path, models: Path) -> None:
    """The weights of the model alone take 80 MB, as packed for a processor."""
    with sanad_serve(real_index, models, "--workers", "3") as process:
        address = address_of(process)
        for question in (DELAY, DELAY_AR) * 6:
            post(address, "/v1/ask", question)
        workers = workers_of(process.pid)
        assert len(workers) == 3
        assert sum(map(shared_kilobytes, workers)) > 3 * 80_000
        process.terminate()
        process.communicate(timeout=120)


def shared_kilobytes(pid: int) -> int:
    """Memory that is written to by nobody any more and held in common with another process."""
    held = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.findall(r"(?m)^Shared_Dirty: +(\d+) kB$", held)[0])


def test_the_parts_of_a_start_are_told(
    real_index: Path,
    models: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SANAD_MODELS", str(models))
    print_phases("0", str(real_index), DELAY_AR)
    spent = json.loads(capsys.readouterr().out)
    assert list(spent)[1:] == ["model checked", "encoder", "index", "assembly", "first answer"]
