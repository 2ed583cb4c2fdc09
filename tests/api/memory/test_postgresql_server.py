"""The tests' own PostgreSQL: asked for where it is missing, and never left behind."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.postgresql import postgresql_server

STARTS = """
import sys, time
from tests.postgresql import postgresql_server
with postgresql_server() as server:
    sys.stdout.write(f"{server.port} {server.folder}" + chr(10))
    sys.stdout.flush()
    time.sleep(600)
"""


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail), ("", pytest.skip)])
def test_where_it_is_missing_the_package_is_named(
    ci: str, outcome: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    with (
        pytest.raises(outcome.Exception, match="apt-get install postgresql"),  # type: ignore[attr-defined]
        postgresql_server(installed=tmp_path),
    ):
        pass


def test_a_server_goes_when_its_tests_are_killed() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTS], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    port, folder = process.stdout.readline().split()
    process.kill()
    process.communicate()
    until = time.monotonic() + 60
    while _answers(int(port)) or Path(folder, "data", "postmaster.pid").exists():
        assert time.monotonic() < until
        time.sleep(0.1)
    shutil.rmtree(folder)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
