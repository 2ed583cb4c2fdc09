"""The `sanad` command: one program, exit codes that mean something, `--json` for programs."""

import sys

import typer
from rich.console import Console

from api.commands import ask, corpus, doctor, evaluate, index, ingest, models, search, serve
from ingest.errors import SanadError

app = typer.Typer(
    name="sanad",
    help="Answers about Moroccan foreign trade, each sentence with the words that prove it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("ask")(ask.ask)
app.command("search")(search.search)
app.command("ingest")(ingest.ingest)
app.command("doctor")(doctor.doctor)
app.add_typer(index.app, name="index")
app.add_typer(corpus.app, name="corpus")
app.add_typer(models.app, name="models")
app.add_typer(evaluate.app, name="eval")


def main() -> None:
    """Run the command; an error on purpose becomes one line and its exit code."""
    try:
        app()
    except SanadError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"sanad: {error}", style="red", markup=False
        )
        sys.exit(error.exit_code)
