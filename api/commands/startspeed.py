"""`sanad eval start`: how soon the commands answer, and in how much memory."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api.client import RemoteAssistant
from api.commands.options import IndexesOption
from api.commands.output import JsonOption, console, print_json
from assistant.question import Question
from assistant.settings import load_settings
from assistant.state import today
from evals.runfolder import commit, environment, write_whole
from evals.startpage import Started, page
from evals.startspeed import measure_start
from index.generation import current
from index.manifest import read_manifest

QUESTION = "Quels sont les objectifs chiffrés du programme ?"


def start_speed(
    question: Annotated[str, typer.Argument(help="What is asked each time.")] = QUESTION,
    rounds: Annotated[int, typer.Option(min=1, help="How often; one more warms up.")] = 5,
    workers: Annotated[int, typer.Option(min=2, help="Processes in the last comparison.")] = 4,
    index: IndexesOption = None,
    *,
    out: Annotated[Path | None, typer.Option(help="File of the page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Start `sanad ask` and `sanad serve`, without a language model, and measure them."""

    def ask(address: str) -> None:
        with closing(RemoteAssistant(address)) as remote:
            remote.ask(Question(question=question))

    started = []
    for folder in index or [load_settings().index]:
        holds = read_manifest(folder / current(folder))
        figures = measure_start(folder, question, ask, rounds=rounds, workers=workers)
        started.append(Started(holds.documents, holds.sentences, figures))
    if as_json:
        print_json(started)
        return
    text = page(started, environment(), day=str(today()), commit=commit())
    if out:
        write_whole(out, text)
    console().print(text, markup=False)
