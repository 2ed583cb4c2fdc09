"""What is killed at random and goes on must end like what was left alone; what does not is told."""

import signal
import sys
from pathlib import Path

import pytest

from evals import kills
from evals.kills import RunFailedError, measure_kills
from index.build import CACHE

PROGRAM = """
import pathlib, sys, time
root, marks = pathlib.Path(sys.argv[1]), sys.argv[2]
log = root / "steps"
done = log.read_text() if log.exists() else ""
for step in range(len(done), 20):
    time.sleep(0.02)
    with log.open("a") as file:
        file.write("x")
folder = root / ("0" * 16)
folder.mkdir(exist_ok=True)
(folder / "manifest.json").write_text("تم" + (root.name if marks == "marks" else ""))
(root / "CURRENT").write_text("0" * 16 + "\\n")
sys.exit(int(marks) if marks.isdigit() else 0)
"""


def command(marks: str, index: Path) -> list[str]:
    return [sys.executable, "-c", PROGRAM, str(index), marks]


def test_runs_that_go_on_where_they_were_end_the_same(tmp_path: Path) -> None:
    run = measure_kills(lambda index: command("none", index), tmp_path, kills=3, seed=1)
    assert run.is_same
    assert run.undisturbed == run.killed
    assert 1 <= len(run.kills) <= 3
    assert all(0 <= after <= run.seconds for after in run.kills)


def test_a_trace_of_the_kills_is_found(tmp_path: Path) -> None:
    run = measure_kills(lambda index: command("marks", index), tmp_path, kills=2, seed=2)
    assert not run.is_same


def test_both_begin_with_the_vectors_that_are_given(tmp_path: Path) -> None:
    vectors = tmp_path / "cache"
    vectors.write_bytes(b"vectors")
    measure_kills(
        lambda index: command("none", index), tmp_path / "out", kills=1, seed=3, vectors=vectors
    )
    for name in ("undisturbed", "killed"):
        assert (tmp_path / "out" / name / CACHE).read_bytes() == b"vectors"


def test_a_run_that_fails_by_itself_proves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError, match="ended with 7"):
        measure_kills(lambda index: command("7", index), tmp_path / "a", kills=1, seed=4)
    run = measure_kills(
        lambda index: command("3", index),
        tmp_path / "b",
        kills=1,
        seed=4,
        allowed=frozenset({0, 3}),
    )
    assert run.is_same


def test_a_run_that_fails_before_its_kill_is_told() -> None:
    fails = [sys.executable, "-c", "raise SystemExit(7)"]
    with pytest.raises(RunFailedError, match="ended with 7"):
        kills._killed(fails, 60, frozenset({0}))
    assert not kills._killed(fails, 60, frozenset({0, 7}))


def test_no_run_goes_on_without_its_measurement(tmp_path: Path) -> None:
    with pytest.raises(LookupError), kills._started(command("none", tmp_path)) as run:
        raise LookupError
    assert run.returncode == -signal.SIGKILL
