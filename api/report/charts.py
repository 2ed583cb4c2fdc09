"""The curves as SVG that takes its colours from the page and carries no style of its own.

The page forbids styles that it does not know by hash, so those that matplotlib writes become
attributes, and its colours classes: `stroke-accent` is whatever accent the reader's page has.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from io import StringIO
from types import MappingProxyType

import matplotlib as mpl
import numpy as np
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from api.report.overview import Certainty
from evals.abstention import RISK, reliability, risk_coverage
from evals.growth import Cost
from evals.metrics import percentile

_PALETTE = MappingProxyType(
    {"ink": "#1b2220", "soft": "#55605c", "accent": "#0b5d4b", "warn": "#b06a00"}
)
_SERIES = ("accent", "warn")
_INCHES = (4.4, 3.0)


def risk_coverage_chart(series: Mapping[str, Certainty]) -> Markup:
    """The share wrong among the best supported; a dot where each system really stands."""
    with _drawing("risk"):
        figure, axes = _axes("share of questions answered", "share of answers wrong")
        for (name, one), colour in zip(series.items(), _SERIES, strict=False):
            risk = risk_coverage(one.supports, one.wrong)
            coverage = np.arange(1, len(risk) + 1) / len(risk)
            axes.plot(coverage, risk, color=_PALETTE[colour], label=name)
            axes.plot([one.coverage], [one.risk], "o", color=_PALETTE[colour])
        axes.axhline(RISK, color=_PALETTE["soft"], linestyle=":", linewidth=1)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
        _legend(axes, series)
        return _svg(figure, "Risk against coverage")


def reliability_chart(series: Mapping[str, Certainty]) -> Markup:
    """The share right in each tenth of support, with its interval; the diagonal is honesty."""
    chance = all(one.chance for one in series.values())
    with _drawing("reliability"):
        figure, axes = _axes("support" if chance else "rank of support", "share right")
        if chance:
            axes.plot([0, 1], [0, 1], color=_PALETTE["soft"], linestyle=":", linewidth=1)
        for (name, one), colour in zip(series.items(), _SERIES, strict=False):
            middle = [b.score for b in one.bins]
            right = [b.right for b in one.bins]
            ends = [
                [b.right - b.interval.low for b in one.bins],
                [b.interval.high - b.right for b in one.bins],
            ]
            axes.errorbar(
                middle, right, yerr=ends, fmt="o-", markersize=4, linewidth=1.2, capsize=2,
                color=_PALETTE[colour], label=name,
            )  # fmt: skip
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        _legend(axes, series)
        return _svg(figure, "Reliability of support")


def reliability_picture(supports: Sequence[float], right: Sequence[bool]) -> str:
    """The reliability of one system as an SVG file of its own, in fixed colours."""
    with _drawing("reliability"):
        figure, axes = _axes("support", "share right")
        bins = reliability(supports, right)
        ends = [
            [one.right - one.interval.low for one in bins],
            [one.interval.high - one.right for one in bins],
        ]
        axes.plot([0, 1], [0, 1], color=_PALETTE["soft"], linestyle=":", linewidth=1)
        axes.errorbar(
            [one.score for one in bins], [one.right for one in bins], yerr=ends, fmt="o-",
            markersize=4, linewidth=1.2, capsize=2, color=_PALETTE["accent"],
        )  # fmt: skip
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        text = StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        return text.getvalue()


def growth_picture(costs: Sequence[Cost]) -> str:
    """Milliseconds of a query against the size of the collection, in fixed colours."""
    with _drawing("growth"):
        figure, axes = _axes("rows of the collection", "milliseconds of a query, median")
        parts = {
            "nearest vectors": [one for one in costs if one.recall and one.chosen],
            "all vectors": [one for one in costs if one.part == "flat"],
            "words": [one for one in costs if one.part == "words"],
            "look-ups": [one for one in costs if one.part == "look-ups"],
        }
        colours = ("accent", "soft", "warn", "ink")
        for (name, some), colour in zip(parts.items(), colours, strict=True):
            rows, times = [one.rows for one in some], [one.median for one in some]
            axes.plot(rows, times, "o-", markersize=4, color=_PALETTE[colour], label=name)
        axes.set(xscale="log", yscale="log")
        _legend(axes, parts)
        text = StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        return text.getvalue()


def latency_chart(series: Mapping[str, Sequence[float]]) -> Markup:
    """How many questions were answered within a time; lines at the median and at 95 %."""
    with _drawing("latency"):
        figure, axes = _axes("milliseconds", "share of questions answered by then")
        for (name, times), colour in zip(series.items(), _SERIES, strict=False):
            axes.ecdf(times, color=_PALETTE[colour], label=name)
            for percent in (50, 95):
                place = percentile(times, percent)
                axes.plot([place, place], [0, percent / 100], linestyle=":", color=_PALETTE[colour])
                axes.annotate(
                    f"p{percent}", (place, 0.02), (4, 2), textcoords="offset points",
                    color=_PALETTE["soft"],
                )  # fmt: skip
        axes.set(ylim=(0, 1.02))
        axes.set_xlim(left=0)
        _legend(axes, series)
        return _svg(figure, "Distribution of latency")


def _drawing(name: str) -> AbstractContextManager[None]:
    """The look of all curves; `name` keeps the ids of one apart from those of the others."""
    return mpl.rc_context(
        {
            "font.family": "DejaVu Sans",
            "font.size": 10,
            "svg.fonttype": "none",
            "svg.hashsalt": name,
            "text.color": _PALETTE["ink"],
            "axes.labelcolor": _PALETTE["ink"],
            "axes.edgecolor": _PALETTE["soft"],
            "axes.spines.top": False,
            "axes.spines.right": False,
            "xtick.color": _PALETTE["soft"],
            "ytick.color": _PALETTE["soft"],
            "legend.frameon": False,
        }
    )


def _axes(across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=_INCHES, layout="constrained")
    axes = figure.subplots()
    axes.set(xlabel=across, ylabel=up)
    return figure, axes


def _legend(axes: Axes, series: Mapping[str, object]) -> None:
    if len(series) > 1:
        axes.legend(loc="best")


def _svg(figure: Figure, title: str) -> Markup:
    written = StringIO()
    figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    text = written.getvalue()
    box = re.search(r'viewBox="[^"]*"', text)
    inner = text[text.index("</metadata>") + len("</metadata>") :]
    inner = re.sub(r"<style.*?</style>", "", inner, flags=re.DOTALL)
    inner = re.sub(r'<g id="[^"]*"', "<g", inner)
    inner = re.sub(r' style="([^"]*)"', lambda found: _attributes(found[1]), inner)
    label = f'class="chart" role="img" aria-label="{escape(title)}"'
    return Markup(f"<svg {box[0] if box else ''} {label}>{inner}")  # noqa: S704  (no foreign text)


def _attributes(style: str) -> str:
    """The attributes that say what a `style` says; fonts are the page's."""
    names = {colour: name for name, colour in _PALETTE.items()}
    pairs = [part.partition(":")[::2] for part in style.split(";") if part.strip()]
    found = {name.strip(): value.strip() for name, value in pairs if name.strip() != "font-family"}
    classes = [f"{key}-{names[value]}" for key, value in found.items() if value in names]
    kept = [f'{key}="{value}"' for key, value in found.items() if value not in names]
    return "".join(
        f" {one}" for one in [*kept, *([f'class="{" ".join(classes)}"'] * bool(classes))]
    )
