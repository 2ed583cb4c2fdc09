"""Crowds: a Sanad of their own, the people who ask it, and a database that is stopped meanwhile."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep, time

import httpx2
from pydantic import SecretStr

from api.commands.loadspeed import ServiceAwayError
from assistant.settings import Settings
from evals import crowd
from evals.cluster import Cluster
from evals.crowd import Plan, read_journal
from evals.crowdrun import Kept, Outage, Run, Sample, Summary, summarise
from evals.startspeed import family, memory

_EVERY = 5.0
"""Seconds between two looks at the memory."""

_AWAY = 5.0
"""Seconds that PostgreSQL stays stopped, beside what stopping and starting take."""

_STOPS = (("stopped", signal.SIGINT), ("crashed", signal.SIGQUIT))
_KINDS = {"Rss": "resident", "Pss": "proportional", "Pss_Anon": "own"}
_LATE = 90.0
"""Seconds that those who still ask when time is up may take."""

_ARRIVING = 10
"""People that come in a second, or a tenth of them if that is more."""

_SETTLED = 60.0
_LEVELS = 6.0
"""Seconds after which every worker has told how many records wait (`api.metrics`)."""

_END = 60.0
_USERS = Path(crowd.__file__).with_name("crowdusers.py")
_ADDRESS = re.compile(r"http://\S+")
_ALL = 10_000_000


@dataclass(frozen=True, slots=True)
class Show:
    """How many people come, for how many seconds, what they do, and how many processes answer them.

    `folder` is for what is left behind until the end; `report` is told of the seconds that passed.
    """

    users: int
    seconds: float
    workers: int
    plan: Plan
    settings: Settings
    folder: Path
    report: Callable[[str, int, int], None]


def runs(show: Show, cluster: Cluster | None) -> Iterator[Summary]:
    """The quiet run, then the one with outages."""
    for number, stops in enumerate((0, len(_STOPS)) if cluster else (0,)):
        place = show.folder / str(number)
        place.mkdir()
        url = cluster.database() if cluster else f"sqlite:///{place}/records.sqlite"
        records = show.settings.model_copy(update={"database_url": SecretStr(url)})
        name = f"PostgreSQL {cluster.version}" if cluster else "SQLite"
        part = replace(show, settings=records, folder=place)
        yield summarise(_run(part, name, cluster if stops else None))


def _run(show: Show, name: str, stopped: Cluster | None) -> Run:
    """Serve, let the crowd come, wait until all is recorded, stop, and look at the records."""
    outages: list[Outage] = []
    with _service(show) as (service, address):
        samples = [_sample(service.pid)]
        load, began = os.getloadavg()[0], time()
        with _locust(show, address) as locust:
            due = _due(show.seconds) if stopped else []
            until = monotonic() + show.seconds + _LATE
            while locust.poll() is None and monotonic() < until:
                if stopped and due and time() - began >= due[0]:
                    outages.append(_outage(stopped, *_STOPS[len(outages)]))
                    due.pop(0)
                    continue
                _wait(locust, _EVERY)
                samples.append(_sample(service.pid))
                show.report(f"crowd {name}", int(time() - began), int(show.seconds))
        after = os.getloadavg()[0]
        dropped = _settle(address)
        samples.append(_sample(service.pid))
    met = read_journal((show.folder / "journal").read_text(encoding="utf-8").splitlines())
    return Run(
        database=name,
        users=show.users,
        workers=show.workers,
        began=min(one.at for one in met),
        seconds=show.seconds,
        met=met,
        samples=tuple(samples),
        outages=tuple(outages),
        kept=_kept(show.settings, dropped),
        loads=(load, after),
    )


def _due(seconds: float) -> list[float]:
    """When PostgreSQL is stopped: with as much time before, between and after."""
    return [seconds * (number + 1) / (len(_STOPS) + 1) for number in range(len(_STOPS))]


def _outage(cluster: Cluster, how: str, sent: signal.Signals, away: float = _AWAY) -> Outage:
    began = time()
    cluster.stop(sent)
    sleep(away)
    cluster.start()
    return Outage(how, began, time())


def _sample(pid: int) -> Sample:
    return Sample(at=time(), **memory(family(pid), _KINDS))


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _settle(address: str) -> int:
    """Wait until no record waits any more; how many the service gave up."""
    until = monotonic() + _SETTLED
    while True:
        sleep(_LEVELS)
        told = httpx2.get(f"{address}/metrics").text
        if _told(told, "sanad_records_waiting") == 0 or monotonic() > until:
            return int(_told(told, "sanad_records_dropped_total"))


def _told(metrics: str, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", metrics, re.MULTILINE)
    if found is None:
        raise ServiceAwayError(f"The service tells no {name}; is this another version of it?")
    return float(found[1])


def _kept(settings: Settings, dropped: int) -> Kept:
    from api.memory import audit, feedback, handoffs  # noqa: PLC0415  (not needed by other commands)
    from api.memory.database import open_database  # noqa: PLC0415

    with (
        closing(open_database(settings)) as database,
        database.session(readonly=True) as session,
    ):
        entries = audit.listed(session, action="answered", limit=_ALL)
        return Kept(
            feedback=frozenset(one.id for one in feedback.listed(session, limit=_ALL)),
            handoffs=frozenset(one.id for one in handoffs.listed(session, limit=_ALL)),
            recorded=tuple(one.answer_id or "" for one in entries),
            dropped=dropped,
        )


@contextmanager
def _service(show: Show) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """A Sanad that serves on a free port of loopback, and its address."""
    environment = {
        **os.environ,
        "SANAD_LLM": "none",
        "SANAD_INDEX": str(show.settings.index),
        "SANAD_DATABASE_URL": show.settings.records_url(),
    }
    command = ("-c", "from api.cli import main; main()", "serve", "--port", "0")
    with (show.folder / "service.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  (this program)
            [sys.executable, *command, "--workers", str(show.workers)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    with ending(process):
        told = process.stdout.readline().decode() if process.stdout else ""
        found = _ADDRESS.search(told)
        if found is None:
            why = (show.folder / "service.log").read_text(errors="replace")[-2_000:]
            raise ServiceAwayError(f"The service did not start: {why or 'it says no reason'}")
        _when_whole(process, show.workers)
        yield process, found.group()


def _when_whole(process: "subprocess.Popen[bytes]", workers: int) -> None:
    """Wait until all workers have come to rest: the first one alone tells that it is ready."""
    before, until = 0.0, monotonic() + _SETTLED
    while monotonic() < until:
        sleep(1)
        held = memory(family(process.pid))["resident"]
        if len(family(process.pid)) >= workers and abs(held - before) < 0.01 * held:
            return
        before = held


@contextmanager
def _locust(show: Show, address: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The crowd, which ends by itself."""
    folder = show.folder
    (folder / "plan.json").write_text(show.plan.model_dump_json(), encoding="utf-8")
    (folder / "journal").touch()
    environment = {
        **os.environ,
        "CROWD_PLAN": str(folder / "plan.json"),
        "CROWD_JOURNAL": str(folder / "journal"),
    }
    command = [
        sys.executable, "-m", "locust", "--locustfile", str(_USERS), "--headless",
        "--users", str(show.users), "--spawn-rate", str(max(_ARRIVING, show.users // 10)),
        "--run-time", f"{show.seconds:.0f}s", "--stop-timeout", f"{_LATE / 2:.0f}",
        "--host", address, "--only-summary", "--loglevel", "WARNING",
        "--exit-code-on-error", "0",
    ]  # fmt: skip
    with (folder / "locust.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603
    with ending(process):
        yield process
    if process.returncode or not (folder / "journal").stat().st_size:
        why = (folder / "locust.log").read_text(errors="replace")[-2_000:]
        raise ServiceAwayError(f"locust ended with {process.returncode}: {why}")


@contextmanager
def ending(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End the process when the block is left: asked to, and after a minute made to."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()
