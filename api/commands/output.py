"""How commands speak: JSON for programs, plain text and progress bars for people."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Protocol

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

_ANY = TypeAdapter(object)


class Report(Protocol):
    """Takes the state of a long work: what it does now, how much is done, of how much."""

    def __call__(self, event: str, done: int, total: int) -> None:
        """Show it."""
        ...


def console() -> Console:
    """Standard output, never highlighted: figures are shown as they are."""
    return Console(highlight=False, soft_wrap=True)


def megabytes(size: int) -> str:
    """A size in bytes as people read it."""
    return f"{size / 1e6:.1f} MB"


def print_json(value: object) -> None:
    """Print any model, dataclass or plain value as indented JSON."""
    sys.stdout.write(_ANY.dump_json(value, indent=2).decode() + "\n")


class _RateColumn(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """The rate of the last seconds, nothing before there is one."""
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


@contextmanager
def progress() -> Iterator[Report]:
    """A bar with rate and time left on standard error; silent when that is not a terminal.

    Each kind of work has a bar of its own: what went before says nothing about its rate. An event
    is the work's name, then what it is at now.
    """
    stderr = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), _RateColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=stderr, disable=not stderr.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def report(event: str, done: int, total: int) -> None:
            work = event.partition(" ")[0]
            if work not in tasks:
                tasks[work] = bar.add_task(event, total=None)
            bar.update(tasks[work], description=event, completed=done, total=total or None)

        yield report
