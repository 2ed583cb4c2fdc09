"""`sanad eval labels`: answers for people to grade, and what their grades say."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json
from api.commands.report import ReportExtraMissingError
from evals.agreement import Agreement, Calibration, Kappa, agreement, calibration
from evals.labels import Row, blind, read_labels, require_run, require_two, sheet
from evals.runfolder import RunFolder, write_whole
from evals.statistics import SEED
from evals.table import aligned

app = typer.Typer(help="People grade answers, blind.", no_args_is_help=True)

RunArgument = Annotated[Path, typer.Argument(help="Folder of a finished run.")]
Sample = Annotated[int, typer.Option(min=1, help="How many answers, languages in proportion.")]
Seed = Annotated[int, typer.Option(help="Decides which answers, and their order.")]

_LIBRARIES = frozenset({"jinja2", "markupsafe"})


@app.command("sheet")
def write_sheet(
    run: RunArgument,
    out: Annotated[Path, typer.Option(help="CSV file to write.")] = Path("labels.csv"),
    sample: Sample = 200,
    seed: Seed = SEED,
) -> None:
    """Write a blind sheet: questions, answers and quotes, with blank columns for the grades."""
    _write(out, sheet(blind(RunFolder(run).results(), sample, seed)))


@app.command("page")
def write_page(
    run: RunArgument,
    out: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("labels.html"),
    sample: Sample = 200,
    seed: Seed = SEED,
) -> None:
    """Write the same sheet as one page that keeps the grades and saves them as CSV."""
    render = _renderer()
    _write(out, render(blind(RunFolder(run).results(), sample, seed)))


@app.command("agree")
def agree(
    first: Annotated[Path, typer.Argument(help="The graded sheet of one person.")],
    second: Annotated[Path, typer.Argument(help="That of another.")],
    run: Annotated[
        Path | None, typer.Option(help="The run they graded: also tells how its measures agree.")
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell how far two graders agree and, with --run, how far the automatic measures do."""
    graders = read_labels(first), read_labels(second)
    require_two(*graders)
    results = RunFolder(run).results() if run else ()
    for labels in graders if run else ():
        require_run(labels, results)
    between, measured = agreement(*graders), calibration(results, graders)
    if as_json:
        names = [labels.grader for labels in graders]
        print_json({"graders": names, "agreement": between, "calibration": measured})
        return
    shown = [f"{graders[0].grader} and {graders[1].grader}", "", _agreements(between)]
    if measured:
        shown += ["", "automatic measures and people", "", _calibrations(measured)]
    console().print("\n".join(shown), markup=False)


def _renderer() -> Callable[[Sequence[Row]], str]:
    try:
        from api.labels.page import render  # noqa: PLC0415  (optional, and slow to import)
    except ModuleNotFoundError as error:
        if error.name not in _LIBRARIES:
            raise
        raise ReportExtraMissingError(
            f"The page needs {error.name}; install it with `pip install 'sanad[report]'`, or use "
            "`sanad eval labels sheet`."
        ) from error
    return render


def _write(path: Path, text: str) -> None:
    write_whole(path, text)
    console().print(str(path), markup=False)


def _agreements(found: Sequence[Agreement]) -> str:
    header = [
        "question",
        "slice",
        "first",
        "second",
        *_KAPPA,
        "yes-yes",
        "yes-no",
        "no-yes",
        "no-no",
    ]
    rows = [
        [one.criterion, _named(one.slice), str(one.first), str(one.second), *_kappa(one.kappa),
         *_counts(one.kappa)]
        for one in found
    ]  # fmt: skip
    return aligned([header, *rows])


def _calibrations(found: Sequence[Calibration]) -> str:
    header = [
        "measure", "slice", *_KAPPA, "disputed", "yes: prec", "rec", "no: prec", "rec", "measured",
        "corrected 95 %",
    ]  # fmt: skip
    rows = [
        [one.measure, _named(one.slice), *_kappa(one.kappa), str(one.disputed), *_classes(one),
         f"{one.measured:.2f}", _rate(one)]
        for one in found
    ]  # fmt: skip
    return aligned([header, *rows])


_KAPPA = ("n", "agree", "kappa 95 %")


def _kappa(found: Kappa | None) -> list[str]:
    if found is None:
        return ["0", "-", "-"]
    interval = f"{found.kappa:.2f} [{found.low:.2f}, {found.high:.2f}]"
    return [str(found.n), f"{found.observed:.2f}", interval]


def _counts(found: Kappa | None) -> list[str]:
    counts = (found.yes_yes, found.yes_no, found.no_yes, found.no_no) if found else (0, 0, 0, 0)
    return [str(count) for count in counts]


def _classes(one: Calibration) -> list[str]:
    return [
        f"{values[verdict]:.2f}" if values else "-"
        for verdict in ("yes", "no")
        for values in (one.precision, one.recall)
    ]


def _rate(one: Calibration) -> str:
    rate = one.rate
    return f"{rate.value:.2f} [{rate.low:.2f}, {rate.high:.2f}]" if rate else "-"


def _named(name: str) -> str:
    return name.removeprefix("language:")
