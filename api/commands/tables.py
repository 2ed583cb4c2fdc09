"""`sanad eval tables`: runs of several systems as the benchmark page and the README's table."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import console
from evals.benchmark import read_benchmark
from evals.benchmarkpage import page, replace_block, short
from ingest.errors import PathMissingError, StorageError


def tables(
    runs: Annotated[list[Path], typer.Argument(help="Folders of finished runs, one a system.")],
    out: Annotated[Path, typer.Option(help="Page to write.")] = Path("docs/benchmarks.md"),
    readme: Annotated[
        Path | None, typer.Option(help="Page whose marked block gets the short table.")
    ] = None,
) -> None:
    """Write the benchmark: every system with intervals, who wins where, and how sure that is."""
    sections = read_benchmark(runs)
    texts = {out: page(sections)}
    if readme:
        texts[readme] = replace_block(_read(readme), short(sections[0]))
    for path, text in texts.items():
        _write(path, text)
        console().print(str(path), markup=False)


def _read(path: Path) -> str:
    if not path.is_file():
        raise PathMissingError(f"{path} does not exist; give --readme the page that has the marks")
    return path.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StorageError(f"Could not write {path}: {error.strerror}.") from error
