"""`sanad eval growth`: what search costs as a collection grows, part by part."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from api.commands.options import IndexOption
from api.commands.output import JsonOption, console, print_json
from assistant.settings import load_settings
from evals.growth import Cost, measure_growth, measures

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def growth(
    sizes: Annotated[
        list[int] | None,
        typer.Argument(min=10, help="Rows of each collection; 1,000 to 1,000,000 without."),
    ] = None,
    index: IndexOption = None,
    questions: Annotated[int, typer.Option(min=1, help="Queries at each size.")] = 100,
    plot: Annotated[Path | None, typer.Option(help="Where to draw the cost against size.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make up collections of growing size, and time vectors, words and look-ups on each."""
    found: list[Cost] = []
    with TemporaryDirectory(prefix="sanad-growth-") as folder:
        chosen = measures(load_settings(index=index).index)
        for cost in measure_growth(chosen, sizes or SIZES, questions, Path(folder)):
            found.append(cost)
            if not as_json:
                console().print(line(cost, found), markup=False, soft_wrap=True)
    if plot:
        from api.report.charts import growth_picture  # noqa: PLC0415  (an extra)

        plot.write_text(growth_picture(found), encoding="utf-8")
    if as_json:
        print_json(found)


def line(cost: Cost, found: list[Cost]) -> str:
    """One row of the table, with the median as a multiple of the part's at its first size."""
    first = next(one for one in found if one.part == cost.part)
    recall = (
        f"{cost.recall.value:.3f} [{cost.recall.interval.low:.3f}, {cost.recall.interval.high:.3f}]"
        if cost.recall
        else "-"
    )
    return (
        f"| {cost.rows:>9,} | {cost.part:<8} | {'yes' if cost.chosen else 'no':<3} "
        f"| {cost.median:8.3f} | {cost.queries[0]:8.3f} | {cost.p95:8.3f} | {len(cost.queries):>4} "
        f"| {cost.median / first.median:7.2f} | {recall} | {cost.bytes_per_row:8.0f} "
        f"| {_seconds(cost.build)} | {_seconds(cost.change)} |"
    )


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
