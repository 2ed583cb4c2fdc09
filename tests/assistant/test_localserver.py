"""A local model in a process of its own: it starts, dies, comes back and never outlives us."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import httpx2
import pytest

from assistant import localserver
from assistant.assistant import Assistant
from assistant.chain import Chain, Written, answer_chain
from assistant.compose import Composer
from assistant.languagemodel import LanguageModelComposer
from assistant.llamaworker import Job, _parameters
from assistant.localserver import LocalServer
from assistant.pace import Pace
from assistant.prompt import load_prompt
from index.modelstore import ModelStore
from ingest.errors import LanguageModelError
from tests.assistant.invariants import assert_sound
from tests.misbehaviour import DELAY, DELAY_AR

MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"
PACE = Pace(total=120, first=120, stall=120)
Assemble = Callable[[Composer], Assistant]


@pytest.fixture(scope="module")
def gguf(model_store: ModelStore) -> Path:
    """The small model; without it tests fail, naming `sanad models pull`."""
    return model_store.whole(MODEL)


@pytest.fixture(scope="module")
def server(gguf: Path) -> Iterator[LocalServer]:
    """A server that starts when it is first asked for its address."""
    opened = LocalServer(lambda: gguf, threads=1, context=1024)
    yield opened
    opened.close()


def chain(server: LocalServer) -> Chain:
    return answer_chain(
        base_url=server.base_url,
        model=MODEL,
        api_key=server.api_key,
        prompt=load_prompt("answer.v1"),
        pace=PACE,
        max_tokens=60,
    )


@dataclass(frozen=True, slots=True)
class Murdered:
    """A chain whose server is killed as soon as it has said something."""

    chain: Chain
    pid: int | None

    def stream(self, inputs: dict[str, str]) -> Generator[Written]:
        for written in self.chain.stream(inputs):
            if self.pid is not None:
                os.kill(self.pid, signal.SIGKILL)
                _await_end(self.pid)
            yield written


def _await_end(pid: int) -> None:
    """Return once the process is gone or a corpse, which it is when its last thread is."""
    deadline = monotonic() + 60
    while monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            threads = list(Path(f"/proc/{pid}/task").iterdir())
        except (FileNotFoundError, ProcessLookupError):
            return
        if state[0] == "Z" and len(threads) == 1:
            return
        sleep(0.02)
    pytest.fail(f"process {pid} lives on")


def test_two_users_at_once_get_sound_answers(server: LocalServer, with_composer: Assemble) -> None:
    composer = LanguageModelComposer(MODEL, "p", lambda: chain(server), PACE)
    assistant = with_composer(composer)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(assistant.ask, (DELAY, DELAY_AR)))
    for answer in answers:
        assert_sound(answer, assistant.store)
        assert answer.sentences
        assert answer.engine.model == MODEL
    assert [answer.language for answer in answers] == ["fr", "ar"]


def test_a_server_killed_during_an_answer_costs_its_drafts_and_comes_back(
    server: LocalServer, with_composer: Assemble, sanad: Assistant
) -> None:
    killed: list[int | None] = []

    def connect() -> Chain:
        alive = chain(server)
        killed.append(server.pid)
        return Murdered(alive, server.pid)

    assistant = with_composer(LanguageModelComposer(MODEL, "p", connect, PACE))
    answer = assistant.ask(DELAY)
    assert_sound(answer, assistant.store)
    assert answer.sentences == sanad.ask(DELAY).sentences
    assert "model_away" in {notice.kind for notice in answer.notices}
    assert httpx2.get(f"{server.base_url.removesuffix('/v1')}/health").status_code == 200
    assert server.pid not in (None, *killed)


def test_nobody_without_the_key_is_served(server: LocalServer) -> None:
    body = {"messages": [{"role": "user", "content": "?"}], "max_tokens": 1}
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        reply = httpx2.post(
            f"{server.base_url}/chat/completions", headers=headers, json=body, timeout=60
        )
        assert reply.status_code == 401


def test_closing_ends_the_process_and_asking_again_starts_one(server: LocalServer) -> None:
    assert server.base_url
    pid = server.pid
    assert pid is not None
    server.close()
    assert server.pid is None
    _await_end(pid)
    assert server.base_url
    assert server.pid not in {None, pid}


def test_it_does_not_outlive_a_parent_that_was_killed(gguf: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from assistant.localserver import LocalServer\n"
        "server = LocalServer(lambda: Path(sys.argv[1]), threads=1, context=512)\n"
        "server.base_url; print(server.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(gguf)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    _await_end(pid)


@pytest.mark.parametrize("kept", [24, 1_000_000])
def test_half_a_file_is_an_error_that_names_it(gguf: Path, tmp_path: Path, kept: int) -> None:
    half = tmp_path / "نصف.gguf"
    with gguf.open("rb") as file:
        half.write_bytes(file.read(kept))
    with pytest.raises(LanguageModelError, match=r"نصف\.gguf.*sanad models verify"):
        _ = LocalServer(lambda: half, threads=1, context=512).base_url


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import os; os.abort()", "SIGABRT"),
        ("raise SystemExit(3)", "exit code 3"),
        ("print('hello'); raise SystemExit(0)", "exit code 0"),
    ],
)
def test_a_library_that_dies_takes_only_its_own_process_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    monkeypatch.setattr(localserver, "WORKER", ("-c", code))
    file = tmp_path / "any.gguf"
    server = LocalServer(lambda: file, threads=1, context=512)
    for _ in range(2):
        with pytest.raises(LanguageModelError, match=told):
            _ = server.base_url
    assert server.pid is None


STAND_IN = """
import json, socket, sys
job = json.loads(sys.stdin.readline())
listening = socket.create_server(("127.0.0.1", job["port"]))
address = f"http://127.0.0.1:{listening.getsockname()[1]}"
print(json.dumps({"address": address}), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    """A server whose child listens and serves nothing."""
    monkeypatch.setattr(localserver, "WORKER", ("-c", STAND_IN))
    opened = LocalServer(lambda: tmp_path / "any.gguf", threads=1, context=512)
    yield opened
    opened.close()


def test_a_server_that_died_is_kept_at_its_address(
    stand_in: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = []
    for _ in range(2):
        stand_in.keep()
        pids.append(stand_in.pid)
        address = stand_in.base_url
    killed = stand_in.pid
    assert pids == [None, killed]
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    _await_end(killed)
    for seconds in (60.0, 0.0):
        monkeypatch.setattr(localserver, "REST_SECONDS", seconds)
        stand_in.keep()
        pids.append(stand_in.pid)
    assert pids[2] is None
    assert pids[3] not in {None, killed}
    assert stand_in.base_url == address
    _await_listening(address)


def _await_listening(address: str) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", urlsplit(address).port or 0)).close()
        except ConnectionRefusedError:
            sleep(0.02)
        else:
            return
    pytest.fail(f"nobody listens at {address}")


def test_closing_does_not_wait_for_a_start_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(localserver, "WORKER", ("-c", "import sys; sys.stdin.read()"))
    monkeypatch.setattr(localserver, "_END_SECONDS", 60.0)
    server = LocalServer(lambda: tmp_path / "any.gguf", threads=1, context=512)
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(lambda: server.base_url)
        while (pid := server.pid) is None:
            sleep(0.02)
        server.close()
        with pytest.raises(LanguageModelError, match="stopped while it started"):
            starting.result(60)
    _await_end(pid)
    assert server.pid is None


def test_prompts_are_remembered_answers_written_together_and_nothing_is_thought_aloud() -> None:
    job = Job(gguf="m.gguf", api_key="k", threads=3, context=1024, slots=2, port=8123)
    told = _parameters(job)
    assert (told.cache_prompt, told.cont_batching, told.n_parallel) == (True, True, 2)
    assert (told.n_ctx, told.cpuparams.n_threads, told.port) == (2048, 3, 8123)
    assert told.enable_reasoning == 0
