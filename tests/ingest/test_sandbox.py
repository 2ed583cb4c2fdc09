import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import ExtractError, QuarantinedError, SandboxError
from ingest.load import RawFile
from ingest.sandbox import Sandbox, SandboxLimits
from tests.hostile import COMMAND

LIMITS = SandboxLimits(seconds=20, cpu=10, memory=1_000_000_000, answer=1_000_000)


def file(name: str, argument: object = "") -> RawFile:
    return RawFile(Path(name), name, str(argument).encode())


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS, COMMAND) as opened:
        yield opened


def text(sandbox: Sandbox, name: str, argument: object = "") -> str:
    (document,) = sandbox.extract(file(f"{name}.pdf", argument))
    assert document.title == "عنوان الوثيقة"
    return document.text


def reason(sandbox: Sandbox, name: str, argument: object = "") -> str:
    with pytest.raises(ExtractError) as caught:
        sandbox.extract(file(f"{name}.pdf", argument))
    return str(caught.value)


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("eat", "memory"),
        ("fork", "os.fork"),
        ("run", "os.system"),
        ("crash", "SIGSEGV"),
        ("exit", "exit code 0"),
        ("leave", "exit code 7"),
        ("break", "ValueError"),
        ("nest", "nested deeper"),
        ("garble", "nonsense"),
        ("hang-up", "hang up"),
    ],
)
def test_a_reader_that_goes_wrong_costs_one_file(sandbox: Sandbox, deed: str, told: str) -> None:
    assert told in reason(sandbox, deed)
    assert int(text(sandbox, "who")) > 0


def test_a_refusal_keeps_the_worker(sandbox: Sandbox) -> None:
    worker = text(sandbox, "who")
    assert reason(sandbox, "refuse") == "refuse.pdf is a scan; give the text"
    assert text(sandbox, "who") == worker


def test_what_is_held_back_stays_told_apart_from_what_failed(sandbox: Sandbox) -> None:
    with pytest.raises(QuarantinedError, match="مقلوب"):
        sandbox.extract(file("hold.pdf"))


def test_what_a_reader_says_cannot_write_on_the_terminal(sandbox: Sandbox) -> None:
    assert "\x1b" not in reason(sandbox, "break")


def test_a_loop_ends_with_its_processor_time() -> None:
    with Sandbox(LIMITS.model_copy(update={"cpu": 1}), COMMAND) as sandbox:
        assert "processor time" in reason(sandbox, "loop")


def test_the_processor_time_of_one_file_is_not_that_of_the_next(sandbox: Sandbox) -> None:
    with Sandbox(LIMITS.model_copy(update={"cpu": 1}), COMMAND) as own:
        worker = text(own, "who")
        assert [text(own, "who") for _ in range(50)] == [worker] * 50


def test_a_wait_ends_with_the_time_by_the_clock() -> None:
    with Sandbox(LIMITS.model_copy(update={"seconds": 0.3}), COMMAND) as sandbox:
        assert "0.3 seconds" in reason(sandbox, "sleep")
        assert int(text(sandbox, "who")) > 0


def test_an_answer_may_not_be_endless(sandbox: Sandbox) -> None:
    assert "1000000 bytes" in reason(sandbox, "shout", 2_000_000)
    assert len(text(sandbox, "shout", 900_000)) == 900_000


def test_what_a_reader_prints_goes_nowhere(sandbox: Sandbox) -> None:
    assert text(sandbox, "noise") == "None"


def test_no_file_is_written_or_removed(sandbox: Sandbox, tmp_path: Path) -> None:
    kept, new = tmp_path / "وثيقة.txt", tmp_path / "new.txt"
    kept.write_text("x", encoding="utf-8")
    assert "may not write" in reason(sandbox, "write", new)
    assert "may not write" in reason(sandbox, "write", kept)
    assert "os.remove" in reason(sandbox, "remove", kept)
    assert not new.exists()
    assert kept.read_text(encoding="utf-8") == "x"


def test_native_code_cannot_write_a_byte(sandbox: Sandbox, tmp_path: Path) -> None:
    assert text(sandbox, "native-write", tmp_path / "new.txt") == "-1"
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == 0


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_python_code_reaches_no_network(sandbox: Sandbox, listening: int) -> None:
    assert "socket" in reason(sandbox, "connect", listening)


def test_native_code_reaches_no_network(sandbox: Sandbox, listening: int) -> None:
    if sandbox.network_guard != "kernel":
        pytest.skip("this kernel grants no network namespace; Python code is still held back")
    assert text(sandbox, "native-connect", listening) == "-1"


def test_a_process_started_by_native_code_ends_with_the_worker() -> None:
    with Sandbox(LIMITS, COMMAND) as sandbox:
        pid = int(text(sandbox, "native-fork"))
    assert pid == -1 or _is_gone(pid)


def test_a_process_that_slips_away_with_our_pipe_does_not_hold_us() -> None:
    with Sandbox(LIMITS.model_copy(update={"seconds": 1}), COMMAND) as sandbox:
        escaped = int(text(sandbox, "native-fork", "away"))
        assert "1 seconds" in reason(sandbox, "leave") or escaped == -1
        assert int(text(sandbox, "who")) > 0


def _is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    status = Path(f"/proc/{pid}/stat")
    while time.monotonic() < deadline:
        if not status.exists() or status.read_text().rpartition(") ")[2].startswith("Z"):
            return True
        time.sleep(0.01)
    return False


def test_secrets_of_the_environment_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANAD_LLM_API_KEY", "canary-7731")
    with Sandbox(LIMITS, COMMAND) as sandbox:
        assert "canary-7731" not in text(sandbox, "environment")


def test_a_worker_is_replaced_after_its_files() -> None:
    with Sandbox(LIMITS.model_copy(update={"files": 2}), COMMAND) as sandbox:
        first, second, third = (text(sandbox, "who") for _ in range(3))
    assert first == second != third


def test_no_worker_stays_behind() -> None:
    with Sandbox(LIMITS, COMMAND) as sandbox:
        pid = int(text(sandbox, "who"))
    assert not Path(f"/proc/{pid}").exists()


def test_a_name_that_is_no_text_can_be_sent(sandbox: Sandbox) -> None:
    name = os.fsdecode(b"\xff.pdf")
    with pytest.raises(ExtractError, match="KeyError"):
        sandbox.extract(file(name))


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.md", "جدول.csv", "a.jsonl"])
def test_no_file_is_read_without_a_worker_whose_failure_is_no_fault_of_the_file(name: str) -> None:
    with (
        Sandbox(LIMITS, ("-c", "raise SystemExit(1)")) as sandbox,
        pytest.raises(SandboxError, match=r"ingest\.worker"),
    ):
        sandbox.extract(file(name))


def test_the_worker_starts_without_the_models() -> None:
    code = "import sys, ingest.extract, ingest.worker; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
