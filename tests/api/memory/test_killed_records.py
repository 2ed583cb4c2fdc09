"""What was acknowledged is there after the process that kept it was killed, and its server too."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.memory import feedback
from api.memory.database import Database
from tests.conftest import REPOSITORY
from tests.postgresql import PostgreSQL, postgresql_server

KEEPER = """
import sys
from datetime import UTC, datetime
from api.memory import feedback
from api.memory.database import Database

database = Database(sys.argv[1], timeout=10)
while True:
    with database.session() as session:
        kept = feedback.add(session, answer_id="a", verdict="up", comment="جيد" * 300,
                            now=datetime.now(UTC))
    sys.stdout.write(kept + chr(10))
    sys.stdout.flush()
"""


@pytest.fixture(scope="module")
def durable() -> Iterator[PostgreSQL]:
    """A server that asks the disk to confirm, as one in service does."""
    with postgresql_server(durable=True) as server:
        yield server


def acknowledged(url: str, count: int) -> set[str]:
    """What a process was told to be kept, until it was killed in the middle of keeping more."""
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPER, url], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(count)]
    os.kill(process.pid, signal.SIGKILL)
    rest, _ = process.communicate()
    return {line.strip() for line in (*told, *rest.splitlines(keepends=True)) if "\n" in line}


def kept(url: str) -> set[str]:
    database = Database(url, timeout=10)
    with database.session(readonly=True) as session:
        found = {one.id for one in feedback.listed(session, limit=100_000)}
    database.close()
    return found


@pytest.mark.parametrize("count", [1, 50])
def test_killing_the_process_loses_nothing_from_a_file(count: int, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/r.sqlite"
    told = acknowledged(url, count)
    assert len(told) >= count
    assert told <= kept(url)


def test_killing_the_process_and_the_server_loses_nothing(durable: PostgreSQL) -> None:
    url = durable.database()
    told = acknowledged(url, 50)
    durable.restart(signal.SIGQUIT)
    assert len(told) >= 50
    assert told <= kept(url)
