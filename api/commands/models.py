"""`sanad models`: what is known, what is here, and fetching it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.commands.output import JsonOption, console, print_json, progress
from assistant.composers import LOCAL_MODEL
from assistant.settings import load_settings
from index.modelstore import ModelStore
from ingest.errors import DownloadError, StorageError

app = typer.Typer(help="Models: list, pull, verify.", no_args_is_help=True)


@app.command("list")
def list_models(*, as_json: JsonOption = False) -> None:
    """Show the models of the registry and whether they are here."""
    statuses = ModelStore(load_settings().models).status()
    if as_json:
        print_json(statuses)
        return
    table = Table("id", "role", "licence", "size", "state", box=None)
    for status in statuses:
        entry = status.entry
        table.add_row(
            entry.id, entry.role, entry.licence, f"{entry.size / 1e6:.0f} MB", status.state
        )
    console().print(table)


@app.command("pull")
def pull(
    models: Annotated[
        list[str] | None,
        typer.Argument(help="Ids to fetch; without any, what the settings need."),
    ] = None,
) -> None:
    """Fetch models, checked by hash; what is here and whole is kept.

    Without ids, the embedding model is required and the language model is optional: when it cannot
    be fetched, that is said and Sanad answers without it.
    """
    settings = load_settings()
    store = ModelStore(settings.models)
    with progress() as report:
        for model in models or [settings.embedding_model]:
            if not Path(model).is_dir():
                store.pull(model, report)
    if not models and settings.llm in {"auto", "local"} and settings.llm_base_url is None:
        _pull_language_model(
            store, settings.llm_model or LOCAL_MODEL, optional=settings.llm == "auto"
        )


@app.command("verify")
def verify(models: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Hash the models that are here against the registry."""
    store = ModelStore(load_settings().models)
    present = [status.entry.id for status in store.status() if status.state == "present"]
    for model in models or present:
        path = store.verify(model)
        console().print(f"{model}: whole, {path}", markup=False)


def _pull_language_model(store: ModelStore, model: str, *, optional: bool) -> None:
    if Path(model).is_file():
        return
    try:
        with progress() as report:
            store.pull(model, report)
    except (DownloadError, StorageError) as error:
        if not optional:
            raise
        console().print(
            f"notice: no local language model: {error} Sanad answers with the documents' own "
            "words until then.",
            markup=False,
        )
