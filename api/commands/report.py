"""`sanad eval report`: a run, or what changed between two, as a page to read."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import console
from api.report.measured import Measured, read_measured
from assistant.settings import load_settings
from evals.runfolder import RunFolder, RunMismatchError
from evals.score import Library
from index.generation import current, generations, open_store
from ingest.corpus import load_corpus
from ingest.errors import SanadError, StorageError

_LIBRARIES = frozenset({"jinja2", "markupsafe", "matplotlib"})


class ReportExtraMissingError(SanadError):
    """The libraries that draw a report are not installed; nothing else needs them."""

    code = "report_extra_missing"
    exit_code = 6


def report(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    against: Annotated[
        Path | None, typer.Option(help="Folder of an earlier run over the same questions.")
    ] = None,
    out: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    index: Annotated[
        Path | None, typer.Option(help="Folder of the index that the run was measured on.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Folder of the corpus, for when that index is gone.")
    ] = None,
) -> None:
    """Write one HTML file that needs nothing else: tables, curves, every question."""
    render = _renderer()
    now = read_measured(RunFolder(run))
    before = read_measured(RunFolder(against)) if against else None
    library = _corpus(corpus) if corpus else _index(now, index or load_settings().index)
    _write(out, render(now, library, before))
    console().print(str(out), markup=False)


def _renderer() -> Callable[..., str]:
    try:
        from api.report.page import render  # noqa: PLC0415  (optional, and slow to import)
    except ModuleNotFoundError as error:
        if error.name not in _LIBRARIES:
            raise
        raise ReportExtraMissingError(
            f"A report needs {error.name}; install it with `pip install 'sanad[report]'`."
        ) from error
    return render


def _index(run: Measured, index: Path) -> Library:
    """The documents that a run was measured on: their words stand beside its answers.

    A system without an index of its own was measured by the one that serves.
    """
    name = run.config.generation or current(index)
    if name not in generations(index):
        raise RunMismatchError(
            f"{run.name} was measured on generation {name}, which {index} does not hold. Give "
            "--index the folder that has it, or --corpus the folder it was made from."
        )
    store = open_store(index, name)
    try:
        return Library.of(store.documents())
    finally:
        store.close()


def _corpus(folder: Path) -> Library:
    """The documents as they are now; what moved since the run is shown as missing."""
    return Library.of(load_corpus(folder).documents)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StorageError(
            f"Could not write {path}: {error.strerror}. Choose another file with --out."
        ) from error
