"""`sanad eval stream`: how soon an answer is proven, begins and ends while a model writes it."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.commands.fit import GOLD
from api.commands.options import IndexOption
from api.commands.output import JsonOption, console, print_json, progress
from assistant.assistant import assemble, open_configured_embedder
from assistant.composers import choose_composer
from assistant.modelcheck import check_model
from assistant.settings import load_settings
from assistant.state import today
from evals.gold import read_gold
from evals.runfolder import commit, environment, write_whole
from evals.streampage import page
from evals.streamspeed import Exchanged, askable, measure_stream
from index.generation import open_current

MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"


def stream_speed(
    model: Annotated[str, typer.Argument(help="Id, or path of a GGUF file.")] = MODEL,
    questions: Annotated[int, typer.Option(min=2, help="How many; each is asked thrice.")] = 20,
    gold: Annotated[Path, typer.Option(help="Where they are drawn from.")] = GOLD / "dev.jsonl",
    index: IndexOption = None,
    *,
    out: Annotated[Path | None, typer.Option(help="File of the page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Time citations and sentences as they are told: quotes, and a local model cold and warm."""
    settings = load_settings(index=index, llm="local", llm_model=model)
    check_model(settings)

    embedder, composer = open_configured_embedder(settings), Exchanged()
    with closing(open_current(settings.index, embedder.identity)) as generation:
        sanad = assemble(generation, embedder, composer)
        chosen = askable(sanad, read_gold(gold), questions, today())
        with progress() as report:
            told = list(
                measure_stream(
                    sanad,
                    composer,
                    partial(choose_composer, settings),
                    chosen,
                    lambda done, of: report("asking", done, of),
                )
            )
    if as_json:
        print_json(told)
        return
    text = page(told, model, settings, environment(), day=str(today()), commit=commit())
    if out:
        write_whole(out, text)
    console().print(text, markup=False)
