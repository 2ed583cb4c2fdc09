"""How commands speak: JSON for programs, plain text and progress bars for people."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Protocol

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

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


def print_json(value: object) -> None:
    """Print any model, dataclass or plain value as indented JSON."""
    sys.stdout.write(_ANY.dump_json(value, indent=2).decode() + "\n")


@contextmanager
def progress() -> Iterator[Report]:
    """A progress bar on standard error; silent when that is not a terminal."""
    stderr = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=stderr, disable=not stderr.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def report(event: str, done: int, total: int) -> None:
            bar.update(task, description=event, completed=done, total=total or None)

        yield report
