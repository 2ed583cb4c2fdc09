"""`sanad ingest`: folders become a published generation of the index."""

import math
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands.lastrun import LastRun, write_last_run
from api.commands.options import IndexOption
from api.commands.output import (
    JsonOption,
    Report,
    console,
    megabytes,
    print_json,
    progress,
)
from assistant.assistant import configured_model, open_configured_embedder
from assistant.settings import Settings, load_settings
from index.build import BuildReport, build_index, current_build
from index.embedding import LocatedModel
from index.history import Pruned, Rule, prune
from index.published import Published
from ingest.errors import ExtractError
from ingest.feeds.feed import FEEDS_FILE
from ingest.feeds.feedfolder import FeedsReport, fetch_feeds
from ingest.formats.limits import Limits
from ingest.gathered import Gathered
from ingest.load import LoadSettings
from ingest.passages import PassageSettings
from ingest.pipeline import IngestSettings, gather
from ingest.sandbox import SandboxLimits
from ingest.stopwatch import Stopwatch

SHELF = "reading.sqlite"


def ingest(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of documents; without one, the corpus.")
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option("--with", help="One more folder of documents; may be given several times."),
    ] = None,
    index: IndexOption = None,
    *,
    feeds: Annotated[
        bool, typer.Option("--feeds", help="Fetch what the feeds.yaml of the corpus lists, too.")
    ] = False,
    feeds_folder: Annotated[Path | None, typer.Option(help="Folder to fetch into.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read what changed, clean, split, embed what is new, publish, remove old generations.

    Exit code 3 if some files or feeds failed; the last good version of those stays, and the rest
    is in. A `_source.yaml` in a folder (publisher, tier, url) names the publisher of its files.

    What one file may hold and cost is set by SANAD_FILE_BYTES, SANAD_FILE_PAGES, SANAD_FILE_CELLS,
    SANAD_FILE_UNPACKED (bytes), SANAD_FILE_SECONDS and SANAD_FILE_MEMORY (bytes).
    """
    settings = load_settings(index=index, **({"feeds": feeds_folder} if feeds_folder else {}))
    folders = [folder or settings.corpus, *(beside or ())]
    with progress() as report:
        fetched = _fetched(settings, report) if feeds else None
        run = _run([*folders, *([settings.feeds] if feeds else [])], settings, report)
    run = replace(run, feeds=fetched)
    write_last_run(settings.index, run)
    if as_json:
        print_json(run)
    else:
        _show(run)
    if run.report.failures or run.build is None or (run.feeds and run.feeds.failures):
        sys.exit(ExtractError.exit_code)


def _fetched(settings: Settings, report: Report) -> FeedsReport:
    return fetch_feeds(
        settings.corpus / FEEDS_FILE,
        settings.feeds,
        settings.feeds_contact,
        lambda done, total, name: report(f"fetching {name}", done, total),
    )


def _run(folders: list[Path], settings: Settings, report: Report) -> LastRun:
    root, watch = settings.index, Stopwatch()
    model = configured_model(settings)
    with (
        Published(root) as published,
        gather(
            folders,
            reading(settings),
            shelf=root / SHELF,
            previous=published.documents_of,
            progress=lambda done, total, name: report(f"reading {name}", done, total),
            watch=watch,
        ) as collection,
    ):
        built = _build(collection, settings, model, report=report, watch=watch)
        pruned = Pruned()
        if built:
            collection.settle()
            pruned = prune(root, Rule(), datetime.now(UTC))
        return LastRun(
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            folders=tuple(map(str, folders)),
            build=built,
            report=collection.report,
            pruned=pruned,
            seconds={stage: round(spent, 3) for stage, spent in watch.seconds.items()},
        )


def reading(settings: Settings) -> IngestSettings:
    """How files are read and cut, as the settings say."""
    return IngestSettings(
        load=LoadSettings(max_bytes=settings.file_bytes),
        limits=Limits(
            max_pages=settings.file_pages,
            max_cells=settings.file_cells,
            max_unpacked=settings.file_unpacked,
        ),
        sandbox=SandboxLimits(
            seconds=settings.file_seconds,
            cpu=math.ceil(settings.file_seconds),
            memory=settings.file_memory,
        ),
        passages=PassageSettings(max_tokens=settings.passage_tokens),
    )


def _build(
    collection: Gathered,
    settings: Settings,
    model: LocatedModel,
    *,
    report: Report,
    watch: Stopwatch,
) -> BuildReport | None:
    """The generation that holds the collection; None if no document could be read."""
    if not collection.report.documents:
        return None
    chunker = collection.passages.model_dump()
    with watch.stage("compare"):
        built = current_build(settings.index, collection, model, chunker)
    if built:
        return built
    with watch.stage("model"):
        embedder = open_configured_embedder(settings)
    return build_index(
        settings.index,
        collection,
        embedder,
        chunker,
        lambda done, total: report("embedding", done, total),
        watch=watch,
    )


def _show(run: LastRun) -> None:
    out, report = console(), run.report
    _show_left_out(run)
    for name in report.kept_old:
        out.print(f"kept as it was read before: {name}", markup=False)
    for name in report.vanished:
        out.print(f"vanished: {name}", markup=False)
    for name, value in _table(run):
        out.print(f"{name:<24}{value}", markup=False)
    for name in run.pruned.generations:
        out.print(f"old generation removed: {name}", markup=False)
    if run.pruned.generations:
        out.print(f"space given back: {megabytes(run.pruned.bytes)}", markup=False)
    if run.build:
        out.print(f"generation {run.build.generation} serves", markup=False)
    else:
        out.print("no document could be read: nothing was published", markup=False)


def _show_left_out(run: LastRun) -> None:
    out, report = console(), run.report
    for failure in run.feeds.failures if run.feeds else ():
        out.print(f"not fetched: {failure.reason}", markup=False)
    for contact in report.unattributed:
        out.print(
            f"unattributed, left out: {contact.file}:{contact.removed.line}: "
            f"{contact.removed.text.strip()}",
            markup=False,
        )
    for hidden in report.hidden:
        out.print(
            f"hidden, left out: {hidden.place}: {hidden.text} ({hidden.words} words)", markup=False
        )
    for failure in report.failures:
        kind = "quarantined" if failure.is_quarantined else "failed"
        part = "part " if failure.is_part else ""
        out.print(f"{part}{kind}: {failure.reason}", markup=False)


def _table(run: LastRun) -> list[tuple[str, str]]:
    report, build = run.report, run.build
    rows = [("feeds, by outcome", _fetches(run.feeds))] if run.feeds else []
    rows += [
        ("files", f"{report.files}"),
        ("  skipped, unchanged", f"{report.unchanged}"),
        ("  new, changed", f"{report.new}, {report.changed}"),
        ("  vanished", f"{len(report.vanished)}"),
        ("  kept as read before", f"{len(report.kept_old)}"),
        ("failed", f"{report.failed}"),
        ("quarantined", f"{report.quarantined}"),
        ("hidden, left out", f"{len(report.hidden)}"),
        ("documents", f"{report.documents}"),
        ("  repaired", f"{report.repaired}"),
        ("  near-duplicates", f"{report.same_as}"),
        ("lines cleaned", f"{report.cleaned}"),
    ]
    if build:
        told = build.changes
        rows += [
            ("passages", f"{build.passages}"),
            ("  added, replaced", f"{told.added}, {told.replaced}"),
            ("  kept, deleted", f"{told.kept}, {told.deleted}"),
            ("sentences, questions", f"{build.sentences}, {build.questions}"),
            ("texts embedded anew", f"{build.embedded}"),
        ]
    rows += [(f"seconds, {stage}", f"{spent:.1f}") for stage, spent in run.seconds.items()]
    return rows


def _fetches(feeds: FeedsReport) -> str:
    return (
        f"{len(feeds.fetched)} new or changed, {len(feeds.unchanged)} unchanged, "
        f"{len(feeds.fresh)} not due, {len(feeds.removed)} removed, {len(feeds.failures)} failed"
    )
