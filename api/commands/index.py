"""`sanad index`: the generations that were published."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import IndexOption
from api.commands.output import JsonOption, console, megabytes, print_json
from assistant.settings import load_settings
from index import generation as generations
from index import health
from index.history import DAYS, KEEP, Past, Rule, history, prune
from index.manifest import check_files, read_manifest

app = typer.Typer(help="Generations of the index: list, verify, use, prune.", no_args_is_help=True)


@app.command("list")
def list_generations(index: IndexOption = None, *, as_json: JsonOption = False) -> None:
    """Show all generations, oldest first, which one serves, and which are damaged."""
    root = _root(index)
    generations.current(root)
    found = history(root)
    if as_json:
        print_json([_row(one) for one in found])
        return
    for one in found:
        console().print(_line(one), markup=False)


def _row(one: Past) -> dict[str, object]:
    return {
        "generation": one.name,
        "current": one.is_current,
        "published": one.published.isoformat(timespec="seconds"),
        "documents": one.documents,
        "passages": one.passages,
        "bytes": one.bytes,
        "state": one.state,
        "problem": one.problem,
    }


def _line(one: Past) -> str:
    mark = "*" if one.is_current else " "
    said = one.problem or f"{one.documents} documents, {one.passages} passages"
    return (
        f"{mark} {one.name}  {one.published:%Y-%m-%d %H:%M} UTC  {megabytes(one.bytes):>9}  "
        f"{one.state}: {said}"
    )


@app.command("verify")
def verify(index: IndexOption = None) -> None:
    """Hash every file of the generation that serves."""
    root = _root(index)
    folder = root / generations.current(root)
    check_files(folder, read_manifest(folder))
    console().print(f"{folder.name}: whole", markup=False)


@app.command("use")
def use(name: str, index: IndexOption = None) -> None:
    """Make an earlier generation serve again."""
    generations.use(_root(index), name)
    console().print(f"{name} serves now", markup=False)


@app.command("prune")
def prune_generations(
    index: IndexOption = None,
    keep: Annotated[int, typer.Option(min=0, help="How many of those built last stay.")] = KEEP,
    days: Annotated[
        float, typer.Option(min=0, help="Those that served in the last so many days stay.")
    ] = DAYS,
    *,
    vectors: Annotated[
        bool, typer.Option("--vectors", help="Also cached vectors that no generation left uses.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove old generations; the one that serves always stays."""
    root = _root(index)
    generations.current(root)
    pruned = prune(root, Rule(keep, days), datetime.now(UTC), is_dry=dry_run)
    unused = health.vectors(root, shrink=not dry_run).unused if vectors else None
    if as_json:
        print_json({"pruned": pruned, "unused_vectors": unused, "dry_run": dry_run})
        return
    verb = "would go" if dry_run else "gone"
    for name in pruned.generations:
        console().print(f"{name} {verb}", markup=False)
    console().print(f"generations: {megabytes(pruned.bytes)} {verb}", markup=False)
    if unused:
        console().print(
            f"vectors: {unused.vectors}, {megabytes(unused.bytes)} {verb}", markup=False
        )


def _root(index: Path | None) -> Path:
    return index or load_settings().index
