"""`sanad eval kills`: an ingestion that is killed and continued against an undisturbed one."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json, progress
from evals.kills import measure_kills
from ingest.errors import ExtractError

_PROGRAM = "from api.cli import main; main()"
_ALLOWED = frozenset({0, ExtractError.exit_code})


def kills(
    folder: Annotated[Path, typer.Argument(help="Folder of documents.")],
    times: Annotated[int, typer.Option(min=1, help="How often the run is killed.")] = 5,
    seed: Annotated[int, typer.Option(help="Decides the moments.")] = 0,
    vectors: Annotated[
        Path | None,
        typer.Option(help="A cache of vectors to begin with; without one, all are made anew."),
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="Folder to keep both indexes in.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Ingest a folder undisturbed, and again with kills at random moments; compare to the byte.

    Exit code 1 if the two indexes differ.
    """
    start = [sys.executable, "-c", _PROGRAM, "ingest", str(folder.resolve()), "--index"]
    with TemporaryDirectory(prefix="sanad-kills-") as name, progress() as report:
        run = measure_kills(
            lambda index: [*start, str(index)],
            keep or Path(name),
            kills=times,
            seed=seed,
            vectors=vectors,
            allowed=_ALLOWED,
            told=report,
        )
    if as_json:
        print_json(run)
    else:
        said = "the same to the byte" if run.is_same else "NOT the same"
        after = ", ".join(f"{one:g} s" for one in run.kills)
        console().print(
            f"undisturbed {run.undisturbed} in {run.seconds:g} s; killed after {after}, then "
            f"{run.killed} in {run.continued:g} s: {said}",
            markup=False,
        )
    if not run.is_same:
        sys.exit(1)
