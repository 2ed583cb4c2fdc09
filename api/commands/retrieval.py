"""`sanad eval retrieval`: how good is the search on a collection that an evaluator brings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json, progress
from assistant.assistant import open_configured_embedder
from assistant.settings import load_settings
from evals import beir
from index.generation import open_current
from index.retriever import HybridRetriever, Mode
from ingest.errors import InputError
from ingest.passages import PassageSettings


def retrieval(
    collection: Annotated[Path, typer.Argument(help="Folder in BEIR layout.")],
    index: Annotated[
        Path | None,
        typer.Option(help="Folder that keeps this collection's index and vectors for next time."),
    ] = None,
    run_file: Annotated[
        Path | None, typer.Option("--run", help="File for the rankings, in TREC format.")
    ] = None,
    mode: Annotated[Mode, typer.Option(help="Which scores rank.")] = "hybrid",
    *,
    as_json: JsonOption = False,
) -> None:
    """Index a collection and measure how well its queries find their documents."""
    settings = load_settings()
    if index and index.resolve() == settings.index.resolve():
        raise InputError(
            f"{index} is the index that answers; a collection would replace it. Give --index "
            "another folder, or none for a temporary one."
        )
    judged = beir.read_collection(collection)
    embedder = open_configured_embedder(settings)
    chunks = PassageSettings(max_tokens=settings.passage_tokens)
    with _folder(index) as root, progress() as report:
        beir.build(
            root, judged, embedder, chunks, lambda done, total: report("embedding", done, total)
        )
        generation = open_current(root, embedder.identity)
        try:
            rankings, measured = beir.rank_all(
                judged,
                HybridRetriever(generation, embedder, mode),
                lambda done, total: report("searching", done, total),
            )
        finally:
            generation.close()
    if as_json:
        print_json(measured)
    else:
        _show(measured)
    if run_file:
        beir.write_run(run_file, rankings, f"sanad-{mode}")


@contextmanager
def _folder(index: Path | None) -> Iterator[Path]:
    if index:
        yield index
        return
    with TemporaryDirectory(prefix="sanad-") as folder:
        yield Path(folder)


def _show(measured: beir.Retrieval) -> None:
    out = console()
    out.print(
        f"{measured.queries} queries, {measured.documents} documents, "
        f"{measured.passages} passages; {measured.mode}, {measured.embedder}",
        markup=False,
    )
    for name, value in measured.means.items():
        out.print(f"  {name:<12} {value:.4f}", markup=False)
    out.print(f"  p50 {measured.p50_ms:.0f} ms, p95 {measured.p95_ms:.0f} ms a query", markup=False)
