"""`sanad eval start`: how soon the commands answer, and in how much memory."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api.client import RemoteAssistant
from api.commands.options import IndexOption
from api.commands.output import JsonOption, console, print_json
from assistant.question import Question
from assistant.settings import load_settings
from evals.startspeed import Figure, measure_start

QUESTION = "Quels sont les objectifs chiffrés du programme ?"


def start_speed(
    question: Annotated[str, typer.Argument(help="What is asked each time.")] = QUESTION,
    rounds: Annotated[int, typer.Option(min=1, help="How often; one more warms up.")] = 5,
    workers: Annotated[int, typer.Option(min=2, help="Processes in the last comparison.")] = 4,
    index: IndexOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Start `sanad ask` and `sanad serve`, without a language model, and measure them."""

    def ask(address: str) -> None:
        with closing(RemoteAssistant(address)) as remote:
            remote.ask(Question(question=question))

    folder: Path = load_settings(index=index).index
    figures = measure_start(folder, question, ask, rounds=rounds, workers=workers)
    if as_json:
        print_json(figures)
        return
    for figure in figures:
        console().print(_line(figure), markup=False)


def _line(figure: Figure) -> str:
    least, most = min(figure.values), max(figure.values)
    digits = 2 if figure.unit == "s" else 0
    return (
        f"{figure.name:<42}median {figure.median:7.{digits}f} {figure.unit:<2}"
        f" ({least:.{digits}f} to {most:.{digits}f}), n {len(figure.values)}"
    )
