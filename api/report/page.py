"""A run as a page to read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from api.html.page import render_page
from api.report import overview
from api.report.card import Card, card
from api.report.charts import latency_chart, reliability_chart, risk_coverage_chart
from api.report.measured import VERDICTS, Measured
from evals.compare import Comparison, compare
from evals.runfolder import Config, totals
from evals.score import Library
from evals.summary import ALL, HEADLINE, LOWER_IS_BETTER

MEASURES = {
    "crag": ("CRAG", "right +1, partly +0.5, withheld 0, wrong -1"),
    "fact_recall": ("facts", "the facts that a right answer must hold, said"),
    "figure_precision": ("figures", "the figures said that a cited quote says too"),
    "cit_recall": ("proved", "the sentences that their citations prove"),
    "cit_precision": ("needed", "the citations that their sentence needs"),
    "false_answer": ("false answers", "answered though the documents do not say it"),
    "false_refusal": ("false refusals", "withheld though the documents say it"),
    "recall_10": ("recall@10", "the gold evidence among the ten best passages"),
}


def render(now: Measured, library: Library, before: Measured | None = None) -> str:
    """The report of one run, or of what changed since `before`.

    `library` holds the documents of the index that `now` was measured on. Raises RunMismatchError
    when the two runs do not ask the same questions.
    """
    compared = compare(before.results, now.results) if before else None
    runs = {"before": before, "after": now} if before else {"this run": now}
    certain = overview.certainties(runs)
    earlier = {result.id: result for result in before.results} if before else {}
    cards = [card(result, earlier.get(result.id), library) for result in now.results]
    return render_page(
        "api.report",
        "report",
        now=now,
        before=before,
        runs=runs,
        measures={name: MEASURES[name] for name in HEADLINE},
        lower=LOWER_IS_BETTER,
        verdict_names=VERDICTS,
        few=overview.FEW,
        config_fields=list(Config.model_fields),
        languages=overview.languages(now.summary),
        worst=overview.worst(now.summary),
        total=now.summary.groups[ALL],
        confusion=overview.confusion(now.results),
        verdicts=overview.verdicts(now.results),
        turned=overview.turned(before, now) if before else {},
        compared=compared,
        flips=_flips(compared, cards),
        certainty=certain.get(list(runs)[-1]),
        charts=_charts(certain, runs),
        steps=overview.steps(now.timings),
        cards=cards,
        choices=_choices(cards),
    )


def _charts(
    certain: Mapping[str, overview.Certainty], runs: Mapping[str, Measured]
) -> dict[str, Markup]:
    """The curves that there is something to draw from; the run of the report comes first."""
    latest_first = list(reversed(list(runs)))
    shown = {name: certain[name] for name in latest_first if name in certain}
    times = {name: totals(runs[name].timings) for name in latest_first}
    timed = {name: values for name, values in times.items() if values}
    charts = {}
    if shown:
        charts["risk"] = risk_coverage_chart(shown)
        charts["reliability"] = reliability_chart(shown)
    if timed:
        charts["latency"] = latency_chart(timed)
    return charts


def _flips(compared: Comparison | None, cards: Sequence[Card]) -> dict[str, list[Card]]:
    if compared is None:
        return {}
    by_id = {one.item.id: one for one in cards}
    flips = {"now right": compared.gained, "no longer right": compared.lost}
    return {name: [by_id[flip.id] for flip in found] for name, found in flips.items()}


def _choices(cards: Sequence[Card]) -> dict[str, list[tuple[str, int]]]:
    """The values of each filter with the number of their questions, the most frequent first."""
    fields: dict[str, Iterable[str]] = {
        "verdict": (one.now.verdict for one in cards),
        "before": (one.before.verdict for one in cards if one.before),
        "language": (one.item.language for one in cards),
        "kind": (one.item.kind for one in cards),
        "tag": (tag for one in cards for tag in one.item.tags),
        "best": (one.item.best for one in cards),
        "outcome": (one.now.result.outcome for one in cards),
    }
    counted = {name: Counter(values).most_common() for name, values in fields.items()}
    return {name: values for name, values in counted.items() if values}
