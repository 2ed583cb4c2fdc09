"""`sanad eval composers`: is a language model worth its seconds, by the rule of ADR 0027?"""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json
from assistant.state import today
from assistant.winner import FILE
from evals.benchmark import read_benchmark
from evals.contest import contest, winner
from evals.contestpage import page
from evals.runfolder import write_whole


def composers(
    runs: Annotated[
        list[Path], typer.Argument(help="Folders of finished runs; the one without a model first.")
    ],
    out: Annotated[Path, typer.Option(help="Page to write.")] = Path("docs/composers.md"),
    *,
    record: Annotated[
        bool, typer.Option("--record", help="Make the winner the default of this checkout.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put composers side by side, apply the rule, and show what verification held back."""
    section = read_benchmark(runs)[0]
    verdicts = contest(section)
    best = winner(section, verdicts, today())
    write_whole(out, page(section, verdicts, best))
    if record:
        write_whole(Path("assistant") / FILE, best.model_dump_json(indent=2) + "\n")
    if as_json:
        print_json({"winner": best, "criteria": verdicts})
    else:
        console().print(f"{best.model or best.composer}: {best.because}\n{out}", markup=False)
