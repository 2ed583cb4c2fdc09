"""`sanad corpus`: is what we know well-formed."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json
from assistant.settings import load_settings
from ingest.check import check_corpus
from ingest.errors import CorpusError

app = typer.Typer(help="The corpus: check.", no_args_is_help=True)


@app.callback()
def corpus() -> None:
    """The corpus: sheets, sources, directory."""


@app.command("check")
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the corpus.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Name every problem with file and line; exit code 4 if there is one."""
    chosen = folder or load_settings().corpus
    problems = check_corpus(chosen)
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            console().print(str(problem), markup=False)
        console().print(f"{chosen}: {len(problems)} problems", markup=False)
    if problems:
        sys.exit(CorpusError.exit_code)
