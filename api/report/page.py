"""A run as a page: everything inside, nothing fetched, nothing of an answer ever run."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from api.report import overview
from api.report.card import Card, card
from api.report.charts import latency_chart, reliability_chart, risk_coverage_chart
from api.report.measured import VERDICTS, Measured
from evals.compare import Comparison, compare
from evals.runfolder import Config
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
_RTL = frozenset({"ar", "ary"})
_JOINTS = r".,:/\-–\u00a0\u202f "
_FIGURE = rf"\+?\d+(?:[{_JOINTS}]\d+)*%?"
_LATIN = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_WORDS = rf"\d*[{_LATIN}](?:[{_LATIN}\d{_JOINTS}@+_%&?=#'’]*[{_LATIN}\d%])?"
_FIGURES = re.compile(rf"(?P<figure>{_FIGURE})")
_FOREIGN = re.compile(rf"(?P<words>{_WORDS})|(?P<figure>{_FIGURE})")
_STRONG = re.compile(rf"[{_LATIN}]|(?P<arabic>[\u0620-\u064a\u0671-\u06d3])")


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
    style, script = _asset("report.css"), _asset("report.js")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            style=Markup(style),  # noqa: S704  (our own file)
            script=Markup(script),  # noqa: S704
            policy=_policy(style, script),
            now=now,
            before=before,
            runs=runs,
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
    )


def isolated(text: str, language: str | None = None) -> Markup:
    """Escaped text whose figures, and within Arabic whose Latin words, are isolated.

    Otherwise `NM 08.0.800` and telephone numbers come out back to front. Without a language the
    first letter decides, as it does for the direction of such text.
    """
    parts, place = [], 0
    for run in (_FOREIGN if _is_rtl(text, language) else _FIGURES).finditer(text):
        parts += [
            escape(text[place : run.start()]),
            Markup('<bdi dir="ltr" class="{}">{}</bdi>').format(run.lastgroup, run[0]),
        ]
        place = run.end()
    return Markup("").join([*parts, escape(text[place:])])


def _is_rtl(text: str, language: str | None) -> bool:
    if language is not None:
        return language in _RTL
    first = _STRONG.search(text)
    return first is not None and first["arabic"] is not None


def tongue(language: str) -> Markup:
    """The attributes that give an element its language and direction.

    Other languages than Arabic leave the direction to the first letter, for people mix.
    """
    tag = {"ary-latn": "ary-Latn"}.get(language, language)
    return Markup('lang="{}" dir="{}"').format(tag, "rtl" if language in _RTL else "auto")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api.report", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(isolated=isolated)
    environment.globals.update(
        tongue=tongue,
        measures={name: MEASURES[name] for name in HEADLINE},
        lower=LOWER_IS_BETTER,
        verdict_names=VERDICTS,
        few=overview.FEW,
    )
    return environment


def _asset(name: str) -> str:
    return files("api.report").joinpath("template", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing may be fetched, and only our own style and script, known by hash, apply."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _charts(
    certain: Mapping[str, overview.Certainty], runs: Mapping[str, Measured]
) -> dict[str, Markup]:
    """The curves that there is something to draw from; the run of the report comes first."""
    latest_first = list(reversed(list(runs)))
    shown = {name: certain[name] for name in latest_first if name in certain}
    times = {
        name: [timing.ms["total"] for timing in runs[name].timings if "total" in timing.ms]
        for name in latest_first
    }
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
