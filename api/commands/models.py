"""`sanad models`: what is known, what is here, fetching it and making it fast."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from api.commands.output import JsonOption, console, megabytes, print_json, progress
from assistant.composers import wanted_model
from assistant.settings import Settings, load_settings
from index import modelfolder
from index.embedding import LocatedModel, locate
from index.modelstore import ModelStore
from ingest.errors import DownloadError, ModelDamagedError, ModelUnsupportedError, StorageError

app = typer.Typer(help="Models: list, pull, optimise, verify, remove.", no_args_is_help=True)


@app.command("list")
def list_models(*, as_json: JsonOption = False) -> None:
    """Show the models of the registry and whether they are here."""
    statuses = ModelStore(load_settings().models).status()
    if as_json:
        print_json(statuses)
        return
    whole = Column("id", min_width=max(len(status.entry.id) for status in statuses))
    table = Table(whole, "role", "licence", "size", "machine", "state", box=None)
    for status in statuses:
        entry = status.entry
        size = f"{entry.size / 1e6:.0f} MB"
        machine = f"{entry.machine} GiB" if entry.machine else ""
        table.add_row(entry.id, entry.role, entry.licence, size, machine, status.state)
    console().print(table)


@app.command("pull")
def pull(
    models: Annotated[
        list[str] | None,
        typer.Argument(help="Ids to fetch; without any, what the settings need."),
    ] = None,
) -> None:
    """Fetch models, checked by hash, and optimise the embedding model; what is whole is kept.

    Without ids, the embedding model is required. A language model is fetched where the settings
    ask for one; one that nobody chose, but that won its measurement, is optional: when it cannot be
    fetched, that is said and Sanad answers without it.
    """
    settings = load_settings()
    store = ModelStore(settings.models)
    with progress() as report:
        for model in models or [settings.embedding_model]:
            if not Path(model).is_dir():
                store.pull(model, report)
    for model in models or [settings.embedding_model]:
        _optimise_if_missing(settings, store, model)
    language_model = wanted_model(settings)
    if not models and language_model:
        chosen = settings.llm == "local" or settings.llm_model is not None
        _pull_language_model(store, language_model, optional=not chosen)


@app.command("optimise")
def optimise(
    model: Annotated[
        str | None, typer.Argument(help="Id or folder; without one, that of the settings.")
    ] = None,
    *,
    eight_bits: Annotated[
        bool, typer.Option("--eight-bits", help="Faster still, for some of the quality.")
    ] = False,
) -> None:
    """Make an embedding model fast on processors, and keep it if its vectors agree."""
    settings = load_settings()
    _optimise(settings, model or settings.embedding_model, eight_bits=eight_bits)


@app.command("verify")
def verify(models: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Hash the models that are here against the registry."""
    store = ModelStore(load_settings().models)
    present = [status.entry.id for status in store.status() if status.state == "present"]
    for model in models or present:
        path = store.verify(model)
        console().print(f"{model}: whole, {path}", markup=False)


@app.command("remove")
def remove(models: Annotated[list[str], typer.Argument(help="Ids to delete.")]) -> None:
    """Delete models from this machine, with what an unfinished fetch has left of them."""
    store = ModelStore(load_settings().models)
    for model in models:
        freed = store.remove(model)
        console().print(f"{model} is removed, {megabytes(freed)} are free again", markup=False)


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


def _optimise_if_missing(settings: Settings, store: ModelStore, model: str) -> None:
    """After a fetch: what cannot be optimised runs as it is, which is said."""
    if settings.embedding_device != "cpu" or not _embeds(store, model):
        return
    try:
        if not _is_optimised(settings, model):
            _optimise(settings, model)
    except ModelUnsupportedError as error:
        console().print(f"notice: {error}", markup=False)


def _embeds(store: ModelStore, model: str) -> bool:
    return Path(model).is_dir() or store.entry(model).role == "embedding"


def _is_optimised(settings: Settings, model: str) -> bool:
    source = _source(settings, model)
    folder = modelfolder.optimised(settings.models, source.name, source.fingerprint)
    try:
        return folder.is_dir() and bool(modelfolder.check(folder))
    except ModelDamagedError as error:
        console().print(f"notice: {error}", markup=False)
        return False


def _optimise(settings: Settings, model: str, *, eight_bits: bool = False) -> None:
    if not find_spec("onnx"):
        raise ModelUnsupportedError(
            f"{model} is not optimised: that needs the package onnx. Run `pip install "
            "'sanad[serve]'`, then `sanad models optimise`."
        )
    from index.optimise import optimise as make  # noqa: PLC0415  (export only)

    folder = make(
        settings.models,
        _source(settings, model),
        lambda told: console().print(told, markup=False),
        eight_bits=eight_bits,
    )
    size = sum(path.stat().st_size for path in folder.iterdir())
    console().print(f"{model} is optimised: {folder}, {megabytes(size)}", markup=False)


def _source(settings: Settings, model: str) -> LocatedModel:
    return locate(
        settings.models,
        model,
        query_prefix=settings.embedding_query_prefix,
        passage_prefix=settings.embedding_passage_prefix,
        optimised=False,
    )
