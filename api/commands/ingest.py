"""`sanad ingest`: a folder becomes a published generation of the index."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json, progress
from assistant.assistant import configured_model, open_configured_embedder
from assistant.settings import load_settings
from index.build import BuildReport, build_index, current_build
from ingest.errors import ExtractError
from ingest.passages import PassageSettings
from ingest.pipeline import IngestReport, IngestSettings, ingest_folder


def ingest(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of documents; without one, the corpus.")
    ] = None,
    index: Annotated[Path | None, typer.Option(help="Folder of the index.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Read, clean, split, embed and publish. Exit code 3 if some files failed; the rest is in."""
    settings = load_settings(**({"index": index} if index else {}))
    chunks = PassageSettings(max_tokens=settings.passage_tokens)
    with progress() as report:
        result = ingest_folder(
            folder or settings.corpus,
            IngestSettings(passages=chunks),
            lambda done, total, name: report(f"reading {name}", done, total),
        )
        model = configured_model(settings)
        built = current_build(settings.index, result, model, chunks.model_dump()) or build_index(
            settings.index,
            result,
            open_configured_embedder(settings),
            chunks.model_dump(),
            lambda done, total: report("embedding", done, total),
        )
    if as_json:
        print_json({"build": built, "report": result.report})
    else:
        _show(built, result.report)
    if result.report.failures:
        sys.exit(ExtractError.exit_code)


def _show(built: BuildReport, report: IngestReport) -> None:
    out = console()
    for contact in report.unattributed:
        out.print(
            f"unattributed, left out: {contact.file}:{contact.removed.line}: "
            f"{contact.removed.text.strip()}",
            markup=False,
        )
    for failure in report.failures:
        out.print(f"failed: {failure.file}: {failure.reason}", markup=False)
    out.print(
        f"{report.files} files, {built.documents} documents, {built.passages} passages, "
        f"{built.sentences} sentences; {len(report.cleaned)} lines cleaned, "
        f"{len(report.failures)} files failed",
        markup=False,
    )
    out.print(
        f"{built.embedded} texts embedded anew; generation {built.generation} serves",
        markup=False,
    )
