"""`sanad eval transcripts`: a page of questions with the answers that this index gives."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import console
from assistant.assistant import open_assistant
from assistant.settings import load_settings
from assistant.state import today
from evals.runfolder import write_whole
from evals.transcripts import own_questions, page, read_questions


def transcripts(
    out: Annotated[Path, typer.Option(help="Page to write.")] = Path("docs/answers.md"),
    questions: Annotated[
        Path | None, typer.Option(help="YAML list of questions; without it, those of the page.")
    ] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the questions.")
    ] = None,
) -> None:
    """Ask every question of the list and write what is answered."""
    asked_on = day.date() if day else today()
    asked = [
        question if question.as_of else question.model_copy(update={"as_of": asked_on})
        for question in read_questions(questions or own_questions())
    ]
    with open_assistant(load_settings()) as sanad:
        write_whole(out, page([(question, sanad.ask(question)) for question in asked], asked_on))
    console().print(str(out), markup=False)
