"""`sanad eval repair`: what the repair of Arabic does to a collection, and how often it errs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json
from evals.repair import Draw, Drawn, RoundTrip, Survey, draw, round_trip, survey


def repair(
    path: Annotated[Path, typer.Argument(help="Folder or file of documents.")],
    draws: Annotated[int, typer.Option("--draw", min=0, help="Draw words to read.")] = 0,
    of: Annotated[Drawn, typer.Option(help="Which words are drawn.")] = "repaired",
    seed: Annotated[int, typer.Option(help="The same seed draws the same words.")] = 0,
    *,
    is_round_trip: Annotated[
        bool, typer.Option("--round-trip", help="Break healthy documents and repair them.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Count what is repaired, kept in doubt and held back; or draw words; or break and repair."""
    if draws:
        _show(draw(path, of, draws, seed), as_json=as_json)
    elif is_round_trip:
        _show(round_trip(path), as_json=as_json)
    else:
        _show(survey(path), as_json=as_json)


def _show(found: Survey | RoundTrip | list[Draw], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for line in _drawn(found) if isinstance(found, list) else _counted(found):
        console().print(line, markup=False)


def _drawn(draws: list[Draw]) -> Iterator[str]:
    for number, one in enumerate(draws, 1):
        yield f"{number}. {one.before} → {one.after} | {one.document}:{one.line} | {one.text}"


def _counted(found: Survey | RoundTrip) -> Iterator[str]:
    rows = found.rows()
    width = max(len(name) for name, _ in rows)
    yield from (f"{name:<{width}}  {count}" for name, count in rows)
