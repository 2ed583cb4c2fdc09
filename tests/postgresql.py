"""A PostgreSQL of the tests' own: Debian's, on a free port of loopback, in a folder that goes."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

_INSTALLED = Path("/usr/lib/postgresql")
_PATIENCE = 60.0


class PostgreSQL:
    """A server that its maker starts, stops and restarts; `durable` asks the disk to confirm."""

    def __init__(self, programs: Path, folder: Path, *, durable: bool) -> None:
        self._programs = programs
        self.folder = folder
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._names = count(1)
        self.port = _free_port()
        self._run("initdb", "--auth=trust", "--username=sanad", "--encoding=UTF8",
                  "--locale=C.UTF-8", "--no-sync", "-D", str(folder / "data"))  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = {
            "fsync": "on" if self._durable else "off",
            "shared_buffers": "16MB",
            "max_connections": "100",
        }
        command = [
            *_as_nobody_special("--pdeathsig=INT"),
            str(self._programs / "postgres"), "-D", str(self.folder / "data"),
            "-h", "127.0.0.1", "-p", str(self.port), "-k", "",
            *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log
            )
        self._wait()

    def stop(self, sent: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends what runs cleanly, SIGQUIT as a loss of power would."""
        if self._process is not None:
            self._process.send_signal(sent)
            self._process.wait(_PATIENCE)
            self._process = None

    def restart(self, sent: signal.Signals = signal.SIGINT) -> None:
        """Stop and start it at the same address."""
        self.stop(sent)
        self.start()

    def database(self) -> str:
        """The address of an empty database: a schema of its own, which is made much sooner."""
        name = f"records_{next(self._names)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{name}"

    def execute(self, statement: str) -> None:
        """Run one statement as the one who may do everything."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def url(self, database: str) -> str:
        """The address of a database of this server."""
        return f"postgresql://sanad@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*_as_nobody_special(), str(self._programs / program), *arguments],
            cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                assert self._process is not None
                ended = self._process.poll()
                assert ended is None, (self.folder / "log").read_text()
                assert time.monotonic() < until, "PostgreSQL does not answer"
                time.sleep(0.05)
            else:
                return


@contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[PostgreSQL]:
    """A started server, stopped and deleted afterwards, and also when this process is killed."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="sanad-postgresql-"))
    try:
        if os.getuid() == 0:
            postgres = pwd.getpwnam("postgres")
            os.chown(folder, postgres.pw_uid, postgres.pw_gid)
        server = PostgreSQL(programs, folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    """Where Debian puts the newest PostgreSQL; without one the test fails in CI, or is skipped."""
    found = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    missing = "PostgreSQL is not installed: apt-get install postgresql"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


def _as_nobody_special(*options: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() == 0:
        options = ("--reuid=postgres", "--regid=postgres", "--init-groups", *options)
    return ["setpriv", *options] if options else []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
