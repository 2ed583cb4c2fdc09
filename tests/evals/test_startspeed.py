"""The measurement of a start: the memory of a family of processes, and a command that fails."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from evals.startspeed import Figure, family, measure_start, memory


def test_what_processes_share_is_counted_once_in_their_proportional_memory(
    tmp_path: Path,
) -> None:
    np.save(tmp_path / "shared.npy", np.ones(4_000_000))
    script = (
        "import sys, numpy as np\n"
        "print(np.load(sys.argv[1], mmap_mode='r').sum(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "shared.npy")]

    def reader() -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)

    with reader() as one, reader() as other:
        for process in (one, other):
            assert process.stdout is not None
            assert process.stdout.readline() == "4000000.0\n"
        held = memory([one.pid, other.pid])
        one.communicate("")
        other.communicate("")
    assert held["proportional"] < 0.75 * held["resident"]


def test_a_process_belongs_to_its_family_with_all_below_it() -> None:
    script = (
        "import subprocess, sys\n"
        "below = subprocess.Popen([sys.executable, '-c', 'import sys; sys.stdin.read()'],"
        " stdin=subprocess.PIPE)\n"
        "print(below.pid, flush=True)\n"
        "sys.stdin.read()\n"
        "below.communicate(b'')\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=pipe, stdout=pipe, text=True
    ) as process:
        assert process.stdout is not None
        below = int(process.stdout.readline())
        assert family(process.pid) == [process.pid, below]
        process.communicate("")


def test_a_command_that_fails_stops_the_measurement(tmp_path: Path) -> None:
    def never(address: str) -> None:
        raise AssertionError(address)

    with pytest.raises(subprocess.CalledProcessError):
        measure_start(tmp_path, "Le safran ?", never, rounds=1, workers=2)


def test_the_median_is_the_middle_one() -> None:
    assert Figure("sanad ask", "s", (3.0, 1.0, 2.0)).median == 2.0
