"""`sanad eval crowd`: what many people at once meet, and what a database that goes away costs."""

import re
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from random import Random
from types import FrameType
from typing import Annotated

import typer

from api.commands.output import JsonOption, Report, console, print_json, progress
from api.crowds import Show, runs
from assistant.assistant import open_assistant
from assistant.settings import Settings, load_settings
from assistant.state import today
from evals.cluster import Cluster, find_programs, open_cluster
from evals.crowd import Asked, Plan, fingerprint
from evals.crowdpage import page
from evals.runfolder import environment, write_whole
from ingest.errors import InputError


class LocustMissingError(InputError):
    """The program that plays the crowd is not installed."""

    code = "locust_missing"


def crowd(
    users: Annotated[int, typer.Option(min=1, max=500, help="People at a time.")] = 200,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="Time of each run.")] = 300,
    workers: Annotated[int, typer.Option(min=1, max=8, help="Processes that answer.")] = 2,
    questions: Annotated[int, typer.Option(min=1, max=5_000, help="How many are known.")] = 800,
    *,
    think: Annotated[
        tuple[float, float], typer.Option(min=0, max=60, help="Seconds between questions.")
    ] = (5, 15),
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 9,
    note: Annotated[list[str] | None, typer.Option(help="A line for the page.")] = None,
    out: Annotated[Path | None, typer.Option(help="File of the page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Have a crowd ask a Sanad of its own, then once more while PostgreSQL is stopped twice.

    Without PostgreSQL only the first run is made, on SQLite. Needs `locust`.
    """
    _require_locust()
    if think[0] > think[1]:
        raise InputError("--think takes the shortest and the longest time, in this order.")
    settings = load_settings(llm="none")
    notes = list(note or ())
    with progress() as report, ExitStack() as opened, _ended_by_sigterm():
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="sanad-crowd-")))
        plan = _plan(settings, questions, seed, think, report)
        cluster = _cluster(opened)
        if cluster is None:
            notes.append("PostgreSQL is not installed here: one run only, on SQLite.")
        show = Show(users, seconds, workers, plan, settings, folder, report)
        found = list(runs(show, cluster))
    if as_json:
        print_json(found)
    else:
        text = page(
            found,
            environment(),
            _machine(),
            day=str(today()),
            seed=seed,
            questions=len(plan.asked),
            think=think,
            notes=notes,
        )
        if out:
            write_whole(out, text)
        console().print(text, markup=False)


def _require_locust() -> None:
    if find_spec("locust") is None:
        raise LocustMissingError(
            "A crowd needs locust; install it with `pip install 'sanad[load]'`."
        )


def _cluster(opened: ExitStack) -> Cluster | None:
    programs = find_programs() if find_spec("psycopg") else None
    return opened.enter_context(open_cluster(programs, Cluster)) if programs else None


def _plan(
    settings: Settings, count: int, seed: int, think: tuple[float, float], report: Report
) -> Plan:
    """Questions that are filed with the corpus, each with what the assistant says to it here."""
    with open_assistant(settings) as sanad:
        filed = sorted({text for one in sanad.store.documents() for text in one.questions})
        if not filed:
            raise InputError("The index has no documents with questions; run `sanad ingest`.")
        chosen = Random(seed).sample(filed, min(count, len(filed)))  # noqa: S311  (not a secret)
        asked = []
        for done, text in enumerate(chosen):
            report("answering", done, len(chosen))
            right = fingerprint(sanad.ask(text).model_dump(mode="json"))
            asked.append(Asked(question=text, print=right))
    return Plan(seed=seed, think=think, asked=tuple(asked))


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM leaves every block in between, as Ctrl-C does, so that nothing stays behind."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _machine() -> str:
    """The processor's name and how much memory there is, as Linux tells them."""
    names = re.findall(
        r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE
    )
    kilobytes: Sequence[str] = re.findall(
        r"^MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(encoding="utf-8"), re.MULTILINE
    )
    size = int(kilobytes[0]) * 1024 / 1e9 if kilobytes else 0.0
    return f"{names[0] if names else 'unknown processor'}, {size:.1f} GB"
