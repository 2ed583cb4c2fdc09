"""`sanad eval peers`: other people's ways to find passages, beside Sanad, in one run."""

import os
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import console, progress
from assistant.assistant import configured_model
from assistant.settings import load_settings
from evals.gold import read_gold
from evals.peers.bench import Bench, Conditions
from evals.peers.page import page
from evals.peers.roster import PEERS, choose
from evals.peers.task import make_task
from evals.runfolder import commit, environment, write_whole
from ingest.passages import PassageSettings
from ingest.pipeline import IngestSettings, ingest_folder

_NAMES = ", ".join(peer.name for peer in PEERS)


def peers(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Who besides sanad, of {_NAMES}; all.")
    ] = None,
    gold: Annotated[Path, typer.Option(help="Questions with their evidence.")] = Path(
        "evals/gold/dev.jsonl"
    ),
    out: Annotated[Path, typer.Option(help="Page to write.")] = Path("docs/peers.md"),
    root: Annotated[Path, typer.Option(help="Folder of the environments.")] = Path("var/peers"),
    *,
    rounds: Annotated[int, typer.Option(min=1, help="How often each is measured.")] = 5,
    threads: Annotated[int, typer.Option(min=1, help="Processors that each may use.")] = min(
        2, os.cpu_count() or 1
    ),
    sheets: Annotated[
        int | None, typer.Option(min=1, help="Only so many sheets, and what is asked of them.")
    ] = None,
) -> None:
    """Install the peers, give all the same work by turns, and write one table of it.

    The page is written after each round: what ends the bench early leaves the rounds before.
    """
    chosen, settings = choose(names or ()), load_settings(llm="none")
    conditions = Conditions(configured_model(settings, optimised=False), threads)
    cut = PassageSettings(max_tokens=settings.passage_tokens)
    collection = ingest_folder(settings.corpus, IngestSettings(passages=cut))
    task = make_task(collection, read_gold(gold), sheets)
    where, code = environment(), commit()
    with progress() as report:
        bench = Bench(chosen, task, conditions, root=root, advance=report)
        for entries in bench.rounds(rounds):
            write_whole(out, page(entries, task, conditions, where, code))
    console().print(str(out), markup=False)
