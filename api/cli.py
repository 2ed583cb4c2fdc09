"""The `sanad` command: one program, exit codes that mean something, `--json` for programs."""

import sys
from importlib import import_module

import typer

from ingest.errors import SanadError

_COMMANDS = {
    "serve": "serve.serve",
    "ask": "ask.ask",
    "search": "search.search",
    "ingest": "ingest.ingest",
    "doctor": "doctor.doctor",
    "mcp": "mcp.mcp",
    "openapi": "openapi.openapi",
    "index": "index.app",
    "corpus": "corpus.app",
    "models": "models.app",
    "db": "db.app",
    "users": "users.app",
    "keys": "keys.app",
    "eval": "evaluate.app",
}
"""Where each command is, below `api.commands`."""


def program(name: str | None = None) -> typer.Typer:
    """The program with the command `name`, or with all of them when it has none of that name.

    A command is imported only when it is there to be run: a question in the shell need not wait for
    what reads spreadsheets or draws reports.
    """
    app = typer.Typer(
        name="sanad",
        help="Answers about Moroccan foreign trade, each sentence with the words that prove it.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        callback=_no_options,
    )
    for command in (name,) if name in _COMMANDS else _COMMANDS:
        module, _, attribute = _COMMANDS[command].partition(".")
        found = getattr(import_module(f"api.commands.{module}"), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=command)
        else:
            app.command(command)(found)
    return app


def main() -> None:
    """Run the command; an error on purpose becomes one line and its exit code."""
    try:
        program(sys.argv[1] if len(sys.argv) > 1 else None)()
    except SanadError as error:
        typer.secho(f"sanad: {error.for_operator}", fg="red", err=True)
        sys.exit(error.exit_code)


def _no_options() -> None:
    """Keep the command's name on the command line even where it is the only one."""
