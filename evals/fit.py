"""Fitting `assistant/relevance.json` on the dev questions, and how well it holds on unseen sheets.

Two logistic regressions with an L2 penalty, on standardised signals (Hastie et al., 2009, 4.4).
Whatever is reported, and whatever the second learns from the first, comes from folds that keep all
questions about a sheet together: a probability is never measured on the sheet it was fitted on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.assistant import Assistant
from assistant.relevance import Candidate, Ground, Signals, ground
from assistant.state import State
from evals.gold import GoldItem
from evals.record import Record
from evals.summary import cluster

FOLDS = 5
READ = 40
NEARLY = 0.95
_PENALTY = 1.0
_UNASKED = frozenset({"unlawful", "legal_advice", "personal_data", "injection", "clarify"})
_RIGHT, _WRONG = 0.8, 2.0
"""What answering gains where there is an answer, and loses where there is none, in `crag`."""

Floats = NDArray[np.float64]
_Row = TypeVar("_Row", Signals, Ground)
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """A question as the assistant saw it: its candidates, and which of them the gold names."""

    item: GoldItem
    state: State
    candidates: tuple[Candidate, ...]
    relevant: tuple[bool, ...]


class Fitted(Record):
    """The content of `relevance.json`."""

    embedder: str
    statement: dict[str, Any]
    answer: dict[str, Any]
    threshold: float


@dataclass(frozen=True, slots=True)
class Held:
    """What the fit gives for questions about sheets it has not seen."""

    support: tuple[float, ...]
    answerable: tuple[bool, ...]


def collect(
    items: Sequence[GoldItem], bold: Assistant, advance: Callable[[int, int], None]
) -> list[Sample]:
    """Trace every question but those that are refused whatever the documents hold."""
    samples = []
    for done, item in enumerate(items, 1):
        advance(done, len(items))
        if item.kind in _UNASKED:
            continue
        state = bold.trace(item.asked()).state
        named = {(e.document.rpartition(".")[0], e.statement) for e in item.evidence}
        candidates = state.candidates[:READ]
        relevant = tuple((one.found.family, one.found.anchor) in named for one in candidates)
        samples.append(Sample(item, state, candidates, relevant))
    return samples


def fit(samples: Sequence[Sample], embedder: str) -> tuple[Fitted, Held]:
    """Regressions and threshold for an embedding model, and what they give when held out.

    What makes a statement relevant is learnt from facts, and holds for gaps as it stands: they are
    found by the same words. Learnt from both, gaps would count for less the more of them there are,
    whatever they say.
    """
    groups = [cluster(sample.item) for sample in samples]
    signals = [_table((one.signals for one in s.candidates), Signals) for s in samples]
    relevant = [np.array(sample.relevant, dtype=bool) for sample in samples]
    facts = [np.array([not one.is_gap for one in s.candidates], dtype=bool) for s in samples]
    relevance = _held_out(signals, relevant, groups, learn=facts)
    grounds = _table(
        (_ground(sample, odds) for sample, odds in zip(samples, relevance, strict=True)), Ground
    )
    answerable = np.array([sample.item.answerable for sample in samples])
    rows = [row[None, :] for row in grounds]
    support = np.concatenate(
        _held_out(rows, [answerable[i : i + 1] for i in range(len(rows))], groups)
    )
    learnt = np.concatenate(facts)
    fitted = Fitted(
        embedder=embedder,
        statement=_regression(
            np.concatenate(signals)[learnt], np.concatenate(relevant)[learnt], Signals
        ),
        answer=_regression(grounds, answerable, Ground),
        threshold=_threshold(support, answerable),
    )
    return fitted, Held(tuple(support.tolist()), tuple(answerable.tolist()))


def _ground(sample: Sample, relevance: Floats) -> Ground:
    ranked = sorted(
        (
            Candidate(one.found, one.signals, float(p))
            for one, p in zip(sample.candidates, relevance, strict=True)
        ),
        key=lambda one: -one.relevance,
    )
    return ground(ranked, level=sample.state.query.level if sample.state.query else 0.0)


def _table(rows: Iterable[_Row], kind: type[_Row]) -> Floats:
    values = [list(asdict(row).values()) for row in rows]
    return np.array(values, dtype=np.float64).reshape(-1, len(fields(kind)))


def _held_out(
    tables: Sequence[Floats],
    labels: Sequence[Flags],
    groups: Sequence[str],
    learn: Sequence[Flags] | None = None,
) -> list[Floats]:
    """Probabilities of each table's rows by a model that saw no table of its group.

    It learns from the rows of `learn`, or from all.
    """
    rows = learn or [np.ones(len(table), dtype=bool) for table in tables]
    result: list[Floats] = [np.zeros(len(table)) for table in tables]
    for train, test in GroupKFold(FOLDS).split(tables, groups=groups):
        model = _train(
            np.concatenate([tables[i][rows[i]] for i in train]),
            np.concatenate([labels[i][rows[i]] for i in train]),
        )
        for i in test:
            if len(tables[i]):
                result[i] = model.predict_proba(tables[i])[:, 1]
    return result


def _train(table: Floats, labels: Flags) -> Pipeline:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_PENALTY, max_iter=2_000))
    model.fit(table, labels)
    return model


def _regression(
    table: Floats, labels: Flags, names: type[Signals] | type[Ground]
) -> dict[str, Any]:
    """Bias and weights for signals as they are, the standardising folded in."""
    scaler, model = (step for _, step in _train(table, labels).steps)
    weights = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - (weights * scaler.mean_).sum())
    by_name = zip((field.name for field in fields(names)), weights, strict=True)
    return {
        "bias": round(bias, 4),
        "weights": {name: round(float(weight), 4) for name, weight in by_name},
    }


def _threshold(support: Floats, answerable: Flags) -> float:
    """The support from which answering gains more than it loses, over the questions held out.

    Gains within NEARLY of the largest differ by chance (with 40 wrong answers of 160, chance alone
    moves a gain of 190 by some 12); among them the one that answers most wins.
    """
    levels = np.unique(np.round(support, 2))
    gains = np.array(
        [
            _RIGHT * (answerable & (support >= level)).sum()
            - _WRONG * (~answerable & (support >= level)).sum()
            for level in levels
        ]
    )
    least = gains.max() - (1 - NEARLY) * abs(gains.max())
    return float(levels[np.flatnonzero(gains >= least)[0]])
