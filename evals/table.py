"""Measures as plain text: aligned columns for a terminal, Markdown for a page."""

from collections.abc import Iterable, Mapping, Sequence

from evals.metrics import percentile
from evals.runfolder import Timing, totals
from evals.score import Result
from evals.summary import ALL, MEETINGS, Group, Mean, Summary, named

COLUMNS = {
    "crag": "crag",
    "facts": "fact_recall",
    "figures": "figure_precision",
    "cit rec": "cit_recall",
    "cit prec": "cit_precision",
    "false ans": "false_answer",
    "false ref": "false_refusal",
    "recall@10": "recall_10",
}
_MORE = {
    "status": "status_ok",
    "lang": "language_ok",
    "gold cited": "gold_cite_recall",
    "lead": "lead",
}
_COUNTS = ("errors", "unsupported", "altered", "forbidden")


def render(summary: Summary, results: Sequence[Result], latencies: Mapping[str, str]) -> str:
    """One row a language, the worst first, then all, then the questions that went wrong."""
    chosen = [*named(summary.groups, "language"), ALL]
    rows = [[name.removeprefix("language:"), *_row(summary.groups[name])] for name in chosen]
    wrong = sorted(
        (result for result in results if result.scores.crag < 1),
        key=lambda result: (result.scores.crag, result.scores.fact_recall or 0, result.id),
    )
    return paragraphs(
        listed(["", "n", *COLUMNS, *_MORE, *_COUNTS], rows),
        silence(summary, latencies),
        listed(["evidence", "n", "recall@10"], _recalls(summary.groups)),
        listed(["crag", "id", "lang", "kind", "status", "why"], [_question(one) for one in wrong]),
    )


def percentiles(timings: Iterable[Timing]) -> dict[str, str]:
    """The median and the 95th percentile of the time that an answer took, by their names."""
    times = totals(timings)
    return {f"p{percent}": f"{percentile(times, percent):.0f} ms" for percent in (50, 95)}


def silence(summary: Summary, latencies: Mapping[str, str]) -> str:
    """What withholding every answer would score, and how long the answers took."""
    scored = f"withholding every answer scores crag {summary.groups[ALL].silent_crag:+.2f}"
    return "; ".join([scored, *(f"{name} {value}" for name, value in latencies.items())])


def listed(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows below their header, aligned; nothing where there are none."""
    return aligned([header, *rows]) if rows else ""


def paragraphs(*parts: str) -> str:
    """The parts that are not empty, a blank line between them."""
    return "\n\n".join(filter(None, parts)) + "\n"


def interval(mean: Mean | None) -> str:
    """`0.81 [0.76, 0.86]`, or a dash for what was not measured."""
    if mean is None:
        return "-"
    if mean.low is None or mean.high is None:
        return f"{mean.value:.2f}"
    return f"{mean.value:.2f} [{mean.low:.2f}, {mean.high:.2f}]"


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column holds names, the others numbers."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, two spaces apart; the last one is left ragged."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _recalls(groups: Mapping[str, Group]) -> list[list[str]]:
    """Recall within a language and across, then by pair of languages; see `evals.spans.meeting`."""
    chosen = {name: groups[name].means.get("recall_10") for name in named(groups, *MEETINGS)}
    return [
        [name.partition(":")[2], str(mean.n), interval(mean)]
        for name, mean in chosen.items()
        if mean
    ]


def _row(group: Group) -> list[str]:
    means = [group.means.get(name) for name in (*COLUMNS.values(), *_MORE.values())]
    counts = [group.errors, group.unsupported, group.altered, group.forbidden]
    shown = ["-" if mean is None else f"{mean.value:.2f}" for mean in means]
    return [str(group.n), *shown, *map(str, counts)]


def _question(result: Result) -> list[str]:
    item = result.item
    return [
        f"{result.scores.crag:+.1f}", item.id, item.language, item.kind, result.outcome,
        _why(result),
    ]  # fmt: skip


def _why(result: Result) -> str:
    reasons = [result.error] if result.error else []
    if result.answer and not result.scores.status_ok:
        reasons.append(f"expected {' or '.join(result.item.expect)}")
    named = {
        "missing": result.missing,
        "forbidden": result.forbidden,
        "unsupported": result.unsupported,
    }
    reasons += [f"{what} {', '.join(values)}" for what, values in named.items() if values]
    return "; ".join(reasons)
