"""`sanad eval qa`: questions that an evaluator brings, asked over any index."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json, progress
from assistant.settings import load_settings
from assistant.state import today
from evals import table
from evals.baselines import SANAD, SYSTEMS, open_subject
from evals.citations import WordSupport
from evals.qa import read_qa
from evals.qascore import QaScorer, f1_means
from evals.run import run_into
from evals.runfolder import RunFolder
from evals.score import Result
from evals.summary import ALL, Group, Summary, named

COLUMNS = {
    "crag": "crag",
    "facts": "fact_recall",
    "figures": "figure_precision",
    "doc cited": "gold_document_recall",
    "doc@10": "hit_10",
    "false ans": "false_answer",
    "false ref": "false_refusal",
}


def qa(
    questions: Annotated[
        Path, typer.Argument(help="Questions and answers: JSON lines, or CSV with a header.")
    ],
    *,
    index: Annotated[Path | None, typer.Option(help="Folder of the index to ask.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run; an interrupted one goes on there.")
    ] = None,
    system: Annotated[str, typer.Option(help=f"Who is asked: {', '.join(SYSTEMS)}.")] = SANAD,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that questions are about; today."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Questions asked at a time.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Ask the questions of any collection and measure the answers; errors count as wrong."""
    settings = load_settings(index=index)
    folder = RunFolder(out or Path("var/evals") / f"qa-{system}-{questions.stem}")
    with progress() as report, open_subject(system, settings, partial(report, "embedding")) as one:
        gold, support = read_qa(questions, one.library), WordSupport()
        summary = run_into(
            folder,
            one.config(gold, support, day.date() if day else today()),
            gold.items,
            one.system,
            QaScorer(one.library, support),
            jobs=jobs,
            advance=lambda done, total: report("asking", done, total),
        )
    results = folder.results()
    if as_json:
        print_json({**summary.model_dump(), "token_f1": f1_means(results)})
    else:
        shown = render(summary, results, table.percentiles(folder.timings()))
        console().print(f"{shown}\n{folder.path}", markup=False)


def render(summary: Summary, results: Sequence[Result], latencies: Mapping[str, str]) -> str:
    """One row a language, the worst first, then all, then the questions that went wrong."""
    names, f1 = [*named(summary.groups, "language"), ALL], f1_means(results)
    header = ["", "n", "unanswerable", *COLUMNS, "token F1", "refusals right", "refused of them"]
    rows = [_cells(name, summary.groups[name], f1.get(name)) for name in names]
    wrong = sorted(
        (result for result in results if result.scores.crag < 1),
        key=lambda result: (result.scores.crag, result.id),
    )
    return table.paragraphs(
        table.listed(header, rows),
        table.silence(summary, latencies),
        table.listed(["crag", "id", "lang", "status", "why"], [_question(one) for one in wrong]),
    )


def _cells(name: str, group: Group, f1: float | None) -> list[str]:
    means = [group.means.get(measure) for measure in COLUMNS.values()]
    withheld = group.n > group.answerable
    return [
        name.removeprefix("language:"),
        str(group.n),
        str(group.n - group.answerable),
        *("-" if one is None else f"{one.value:.2f}" for one in means),
        "-" if f1 is None else f"{f1:.2f}",
        f"{group.refusal_precision:.2f}" if withheld else "-",
        f"{group.refusal_recall:.2f}" if withheld else "-",
    ]


def _question(result: Result) -> list[str]:
    item = result.item
    return [f"{result.scores.crag:+.1f}", item.id, item.language, result.outcome, _why(result)]


def _why(result: Result) -> str:
    if result.error:
        return result.error
    if not result.item.answerable:
        return "answered, though it cannot be"
    reasons = [f"missing {', '.join(result.missing)}"] if result.missing else []
    if result.unsupported:
        reasons.append(f"unsupported {', '.join(result.unsupported)}")
    if result.scores.gold_document_recall == 0:
        reasons.append(f"does not cite {result.item.sheets[0]}")
    return "; ".join(reasons)
