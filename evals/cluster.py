"""A PostgreSQL of one's own: Debian's, on a free port of loopback, in a folder that goes."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

from ingest.errors import SanadError

INSTALLED = Path("/usr/lib/postgresql")
_PATIENCE = 60.0

_C = TypeVar("_C", bound="Cluster")


class ClusterError(SanadError):
    """PostgreSQL was found and does not run."""

    code = "cluster_failed"
    exit_code = 10


class Cluster:
    """A server that its maker starts, stops and restarts.

    One that is `durable` confirms only what is on the disk.
    """

    def __init__(self, programs: Path, folder: Path, *, durable: bool) -> None:
        self.port = _free_port()
        self.folder = folder
        self._programs = programs
        self._durable = durable
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._run(
            "initdb", "--auth=trust", "--username=sanad", "--encoding=UTF8", "--locale=C.UTF-8",
            "--no-sync", "-D", str(folder / "data"),
        )  # fmt: skip

    @property
    def version(self) -> str:
        """The version of its programs."""
        return self._run("postgres", "--version").split()[2]

    def start(self) -> None:
        """Start it and wait until it answers; raises ClusterError."""
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
            self._process = subprocess.Popen(  # noqa: S603  (a program of Debian's)
                command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log
            )
        until = monotonic() + _PATIENCE
        while not self._answers():
            if self._process.poll() is not None or monotonic() > until:
                told = (self.folder / "log").read_text(errors="replace")[-1_000:]
                raise ClusterError(f"PostgreSQL does not answer: {told}")
            sleep(0.05)

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
        """The address of a new, empty database."""
        name = f"records_{next(self._names)}"
        where = ("--host=127.0.0.1", f"--port={self.port}", "--username=sanad")
        self._run("createdb", *where, "--template=template0", name)
        return self.url(name)

    def url(self, database: str) -> str:
        """The address of a database of this server."""
        return f"postgresql://sanad@127.0.0.1:{self.port}/{database}"

    def _answers(self) -> bool:
        """Whether it takes connections; `pg_isready` ends with 0 then."""
        command = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", f"-p{self.port}"]
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603  (a program of Debian's)
            [*_as_nobody_special(), str(self._programs / program), *arguments],
            cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ClusterError(f"{program} failed: {done.stderr.strip()}")
        return done.stdout


def find_programs(installed: Path = INSTALLED) -> Path | None:
    """Where Debian puts the programs of the newest PostgreSQL; None without any."""
    found = sorted(installed.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def open_cluster(programs: Path, kind: type[_C], *, durable: bool = True) -> Iterator[_C]:
    """A started server of a kind, deleted afterwards; it stops too when this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="sanad-cluster-"))
    try:
        if os.getuid() == 0:
            postgres = pwd.getpwnam("postgres")
            os.chown(folder, postgres.pw_uid, postgres.pw_gid)
        cluster = kind(programs, folder, durable=durable)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder)


def _as_nobody_special(*options: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() == 0:
        options = ("--reuid=postgres", "--regid=postgres", "--init-groups", *options)
    return ["setpriv", *options] if options else []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
