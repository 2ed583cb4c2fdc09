"""`sanad eval ingest`: how fast ingestion is, stage by stage, against the bare model."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.ingest import reading
from api.commands.output import JsonOption, console, megabytes, print_json, progress
from assistant.assistant import configured_model
from assistant.settings import load_settings
from evals.ingestspeed import IngestSpeed, measure_ingest
from index.encoder import open_embedder


def ingest_speed(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of documents; without one, the corpus.")
    ] = None,
    sample: Annotated[int, typer.Option(min=1, help="Texts held against the bare model.")] = 512,
    rounds: Annotated[int, typer.Option(min=1, help="How often, by turns.")] = 5,
    *,
    as_json: JsonOption = False,
) -> None:
    """Ingest a folder into an index that is thrown away, and measure every stage."""
    settings = load_settings()
    embedder = open_embedder(
        configured_model(settings),
        device=settings.embedding_device,
        threads=settings.embedding_threads,
    )
    with progress() as report:
        speed = measure_ingest(
            [folder or settings.corpus],
            reading(settings),
            embedder,
            embedder.embed_bare,
            sample=sample,
            rounds=rounds,
            advance=lambda done, total: report("embedding", done, total),
        )
    if as_json:
        print_json(speed)
        return
    for line in _lines(speed):
        console().print(line, markup=False)


def _lines(speed: IngestSpeed) -> list[str]:
    ratio, values = speed.embedding, speed.embedding.values
    stages = [
        f"{stage:<10}{spent:>9.2f} s {spent / speed.total:>7.1%}"
        f"{_rate(speed.pages, spent):>12} pages/s{_rate(speed.tokens, spent):>12} tokens/s"
        for stage, spent in speed.seconds.items()
    ]
    counts = (
        f"{speed.files} files, {speed.documents} documents, {speed.pages} pages, "
        f"{speed.passages} passages, {speed.tokens} tokens, {speed.texts} texts embedded"
    )
    embedding = (
        f"embedding / bare model: median {ratio.median:.3f}, min {min(values):.3f}, "
        f"max {max(values):.3f}, n {len(values)} rounds of {ratio.texts} texts, "
        f"{ratio.texts_per_second:.1f} texts/s"
    )
    memory = (
        f"memory: peak {megabytes(speed.peak_bytes)}, {megabytes(speed.base_bytes)} before the "
        "first file, model loaded"
    )
    added = f"besides embedding: + {speed.added:.1%} of its time"
    return [counts, *stages, added, embedding, memory]


def _rate(count: int, spent: float) -> str:
    return f"{count / spent:,.0f}" if spent else "-"
