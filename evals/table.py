"""A run as plain text: one row a language, the worst first, then the questions that went wrong."""

from collections.abc import Sequence

from evals.run import ALL, Group, Result, Run

_MEANS = {
    "crag": "crag",
    "facts": "fact_recall",
    "figures": "figure_precision",
    "cited": "cited",
    "quotes": "quotes_exact",
    "status": "status_ok",
    "best": "status_best",
    "lang": "language_ok",
    "false-ans": "false_answer",
    "false-ref": "false_refusal",
}
_COUNTS = ("errors", "unsupported", "altered", "forbidden")


def render(run: Run) -> str:
    """The tables of a run; every mean is over all questions that its measure is asked of."""
    summary = run.summary
    total = summary.groups[ALL]
    wrong = sorted(
        (result for result in run.questions if result.scores.crag < 1),
        key=lambda result: (result.scores.crag, result.scores.fact_recall or 0, result.id),
    )
    headline = (
        f"{summary.gold}: {total.n} questions, generation {summary.generation}, "
        f"{summary.model or summary.composer}; withholding every answer scores crag "
        f"{total.silent_crag:+.2f}"
    )
    lines = [
        headline,
        "",
        _aligned([_header(), *(_row(name, group) for name, group in summary.groups.items())]),
    ]
    if wrong:
        header = ["crag", "id", "lang", "kind", "status", "why"]
        lines += ["", _aligned([header, *(_question(result) for result in wrong)])]
    return "\n".join(lines) + "\n"


def _header() -> list[str]:
    return ["", "n", *_MEANS, *_COUNTS, "p50 ms", "p95 ms"]


def _row(name: str, group: Group) -> list[str]:
    means = [group.means[field] for field in _MEANS.values()]
    counts = [group.errors, group.unsupported, group.altered, group.forbidden]
    return [
        name,
        str(group.n),
        *("-" if value is None else f"{value:.2f}" for value in means),
        *(str(count) for count in counts),
        f"{group.p50_ms:.0f}",
        f"{group.p95_ms:.0f}",
    ]


def _question(result: Result) -> list[str]:
    status = result.status or "error"
    return [
        f"{result.scores.crag:+.1f}", result.id, result.language, result.kind, status, _why(result)
    ]  # fmt: skip


def _why(result: Result) -> str:
    reasons = [result.error] if result.error else []
    if result.status is not None and not result.scores.status_ok:
        reasons.append(f"expected {' or '.join(result.expect)}")
    named = {
        "missing": result.missing,
        "forbidden": result.forbidden,
        "unsupported": result.unsupported,
    }
    reasons += [f"{what} {', '.join(values)}" for what, values in named.items() if values]
    return "; ".join(reasons)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, two spaces apart; the last one is left ragged."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
