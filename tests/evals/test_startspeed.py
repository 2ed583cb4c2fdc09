"""The measurement of a start: the memory of a family of processes, and a command that fails."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from evals.runfolder import environment
from evals.startpage import Started, page
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


def test_the_page_has_a_column_for_each_index_and_says_what_is_wanted() -> None:
    def figures(seconds: float) -> tuple[Figure, ...]:
        return (
            Figure("sanad ask", "s", (seconds, seconds + 1, seconds + 0.5)),
            Figure("sanad serve, resident", "MB", (390.6,)),
        )

    started = [Started(606, 9210, figures(1.25)), Started(6191, 76543, figures(2.0))]
    text = page(started, environment(), day="2026-11-23", commit="abc")
    header, _, *rows = [line for line in text.splitlines() if line.startswith("|")]
    assert (
        header
        == "|  | wanted | 606 documents, 9,210 sentences | 6,191 documents, 76,543 sentences |"
    )
    assert rows == [
        "| sanad ask | at most 1.5 s | 1.75 s (1.25 to 2.25) | 2.50 s (2.00 to 3.00) |",
        "| sanad serve, resident | at most 450 MB | 391 MB (391 to 391) | 391 MB (391 to 391) |",
    ]
    assert "n 3" in text
    assert "2026-11-23, commit abc" in text
