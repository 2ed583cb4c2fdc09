"""Measures as plain text: aligned columns for a terminal, Markdown for a page."""

from collections.abc import Iterable, Mapping, Sequence

from evals.score import Result
from evals.summary import ALL, Group, Mean, Summary

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
_MORE = {"status": "status_ok", "lang": "language_ok", "gold cited": "gold_cite_recall"}
_COUNTS = ("errors", "unsupported", "altered", "forbidden")


def render(summary: Summary, results: Sequence[Result], latencies: Mapping[str, str]) -> str:
    """One row a language, the worst first, then all, then the questions that went wrong."""
    chosen = [name for name in summary.groups if name.startswith("language:")] + [ALL]
    total = summary.groups[ALL]
    rows = [[name.removeprefix("language:"), *_row(summary.groups[name])] for name in chosen]
    lines = [
        aligned([["", "n", *COLUMNS, *_MORE, *_COUNTS], *rows]),
        "",
        f"withholding every answer scores crag {total.silent_crag:+.2f}; "
        + "; ".join(f"{name} {value}" for name, value in latencies.items()),
    ]
    wrong = sorted(
        (result for result in results if result.scores.crag < 1),
        key=lambda result: (result.scores.crag, result.scores.fact_recall or 0, result.id),
    )
    if wrong:
        header = ["crag", "id", "lang", "kind", "status", "why"]
        lines += ["", aligned([header, *(_question(result) for result in wrong)])]
    return "\n".join(lines) + "\n"


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
