"""`sanad corpus`: is what we know well-formed, how much is it, what is old, what changed."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import IndexOption
from api.commands.output import JsonOption, console, print_json
from assistant.polarity import negated
from assistant.settings import load_settings
from index.diff import AttributeChange, FigureKey, GenerationDiff, StatementChange, diff_generations
from ingest.check import check_corpus
from ingest.corpus import load_corpus
from ingest.errors import CorpusError
from ingest.stale import Stale, StaleKind
from ingest.stale import stale as find_stale
from ingest.stats import corpus_stats

app = typer.Typer(help="The corpus: check, stats, stale, diff.", no_args_is_help=True)


@app.command("check")
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the corpus.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Name every problem with file and line; exit code 4 if there is one."""
    chosen = folder or load_settings().corpus
    problems = check_corpus(chosen)
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            console().print(str(problem), markup=False)
        console().print(f"{chosen}: {len(problems)} problems", markup=False)
    if problems:
        sys.exit(CorpusError.exit_code)


@app.command("stats")
def stats(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the corpus.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Count sheets, statements, sources, languages, conflicts, procedures and contacts."""
    counted = corpus_stats(load_corpus(folder or load_settings().corpus))
    if as_json:
        print_json(counted)
        return
    for name, value in asdict(counted).items():
        parts = value.items() if isinstance(value, dict) else ()
        detail = " (" + ", ".join(f"{part} {count}" for part, count in parts) + ")" if parts else ""
        total = sum(count for _, count in parts) if parts else value
        console().print(f"| {name.replace('_', ' ')} | {total}{detail} |", markup=False)


@app.command("stale")
def stale(
    folder: Annotated[Path | None, typer.Argument(help="Folder of the corpus.")] = None,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="What is stale on this day.")
    ] = None,
    kind: Annotated[StaleKind | None, typer.Option(help="List only what is stale so.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List, by topic and owner, what is past, ends soon, or rests on old or undated sources."""
    day = (today or datetime.now(tz=UTC)).date()
    everything = find_stale(load_corpus(folder or load_settings().corpus), day)
    found = [one for one in everything if kind in {None, one.kind}]
    if as_json:
        print_json(found)
        return
    for (topic, owner), rows in groupby(found, key=lambda one: (one.topic, one.owner)):
        console().print(f"{topic} · {owner or 'no owner'}", markup=False)
        for line in _stale_lines(list(rows)):
            console().print(f"  {line}", markup=False)
    counts = Counter(one.kind for one in found)
    detail = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    console().print(f"{day}: {detail or 'nothing is stale'}", markup=False)


@app.command("diff")
def diff(
    before: Annotated[str, typer.Argument(help="Name of the earlier generation.")],
    after: Annotated[str, typer.Argument(help="Name of the later generation.")],
    index: IndexOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell what changed in meaning between two generations, apart from what was reworded."""
    compared = diff_generations(index or load_settings().index, before, after, negated)
    if as_json:
        print_json(compared)
        return
    for line in _diff_lines(compared):
        console().print(line, markup=False)


def _stale_lines(rows: Sequence[Stale]) -> Iterator[str]:
    """One line for all statements of a sheet that are stale for the same reason."""
    reasons: dict[tuple[str, str, str | None, tuple[str, ...]], list[str]] = {}
    for row in rows:
        anchors = reasons.setdefault((row.sheet, row.kind, row.date, row.sources), [])
        anchors += [f"#{row.anchor}"] if row.anchor else []
    for (sheet, kind, day, sources), anchors in reasons.items():
        why = " ".join(part for part in (kind, day, ", ".join(sources)) if part)
        yield f"{sheet}: {why}" + (f": {' '.join(anchors)}" if anchors else "")


_MARKS = {"added": "+", "removed": "-", "changed": "~", "wording": "="}


def _diff_lines(compared: GenerationDiff) -> Iterator[str]:
    for name in compared.documents_removed:
        yield f"- {name}"
    for name in compared.documents_added:
        yield f"+ {name}"
    for document in compared.documents_changed:
        yield f"~ {document.id}: {'; '.join(map(_attribute, document.attributes))}"
    for statement in compared.statements:
        yield f"{_address(statement)}: {'; '.join(_reasons(statement))}".removesuffix(": ")
        for text in (statement.before, statement.after):
            if text is not None:
                yield f"    « {text} »"
    for statement in compared.wording:
        yield _address(statement)
    yield (
        f"{compared.before} → {compared.after}: {len(compared.documents_added)} documents added, "
        f"{len(compared.documents_removed)} removed, {len(compared.documents_changed)} changed; "
        f"{len(compared.statements)} statements changed in meaning, {len(compared.wording)} only "
        "in words"
    )


def _address(change: StatementChange) -> str:
    return f"{_MARKS[change.change]} {change.family} [{change.language}] #{change.anchor}"


def _reasons(change: StatementChange) -> Iterator[str]:
    if change.change != "changed":
        return
    if change.figures_gone or change.figures_new:
        yield f"{_figures(change.figures_gone)} → {_figures(change.figures_new)}"
    if change.figures_moved:
        yield "figures in another order"
    yield from map(_attribute, change.attributes)


def _figures(keys: Sequence[FigureKey]) -> str:
    return ", ".join(" ".join(part for part in key if part) for key in keys) or "—"


def _attribute(change: AttributeChange) -> str:
    return f"{change.name} {change.before or '—'} → {change.after or '—'}"
