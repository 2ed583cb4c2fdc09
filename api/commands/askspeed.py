"""`sanad eval ask`: how fast answers are, step by step, against the bare work."""

from typing import Annotated

import typer

from api.commands.options import IndexesOption
from api.commands.output import JsonOption, console, print_json
from assistant.assistant import open_assistant
from assistant.settings import load_settings
from evals.askspeed import Spread, measure_ask
from evals.transcripts import own_questions, read_questions


def ask_speed(
    index: IndexesOption = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each question is asked.")] = 3,
    *,
    as_json: JsonOption = False,
) -> None:
    """Ask the questions of the transcripts without a language model, and time every step."""
    questions = read_questions(own_questions())
    found: dict[str, tuple[Spread, ...]] = {}
    for folder in index or [load_settings().index]:
        with open_assistant(load_settings(index=folder, llm="none")) as sanad:
            found[str(folder)] = measure_ask(sanad, questions, rounds)
    if as_json:
        print_json(found)
        return
    for name, spreads in found.items():
        console().print(name, markup=False)
        for line in _lines(spreads):
            console().print(line, markup=False)


def _lines(spreads: tuple[Spread, ...]) -> list[str]:
    bare = spreads[0].median
    return [
        f"  {one.name:<16}median {one.median:8.1f} ms, min {one.values[0]:8.1f},"
        f" p95 {one.p95:8.1f}, n {len(one.values):>4}"
        f" = {one.median / bare:6.2f} × {spreads[0].name}"
        for one in spreads
    ]
