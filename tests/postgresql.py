"""A PostgreSQL of the tests' own, see `evals.cluster`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

from evals.cluster import INSTALLED, Cluster, find_programs, open_cluster


class PostgreSQL(Cluster):
    """What tests need beside it: databases that are made in no time, and statements."""

    def __init__(self, programs: Path, folder: Path, *, durable: bool) -> None:
        super().__init__(programs, folder, durable=durable)
        self._schemas = count(1)

    def database(self) -> str:
        """The address of an empty database: a schema of its own, which is made much sooner."""
        name = f"records_{next(self._schemas)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{name}"

    def execute(self, statement: str) -> None:
        """Run one statement as the one who may do everything."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgresql_server(
    *, durable: bool = False, installed: Path = INSTALLED
) -> Iterator[PostgreSQL]:
    """A started server; without PostgreSQL the test fails in CI, or is skipped."""
    programs = find_programs(installed)
    if programs is None:
        missing = "PostgreSQL is not installed: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with open_cluster(programs, PostgreSQL, durable=durable) as server:
        yield server
