"""Relevance: how probable it is that a statement answers, and that the question can be answered.

Both are logistic regressions over a handful of signals that anyone can read, fitted on the dev
questions by `sanad eval fit`; `relevance.json` holds what it found.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.resources import files
from math import exp, log
from typing import Any

from index.embedding import EmbedderIdentity
from index.store import StoredSentence

FILE = "relevance.json"
SHARE = 0.2
GAP_SHARE = 0.3
GAP_LEAST = 0.05
LIMIT = 6
GAPS = 1
MOST = 15.0
ENOUGH = 3.2
_STEEP = 3.0
_KIND = 0.25
_STEEPEST = 50.0
_LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for or against one statement. Strengths are in `bounded` spreads above chance.

    `strength` is that of the score, `behind` how far it stays behind the best one's; `nearest` and
    `asked` are those of its cosines (see `index.retriever.Match`), `cosine` is the nearest itself:
    a question about something else has no near one, however much the best stands out. `words` and
    `coverage` are the shares of the question's word weight that it holds in the index, and in title
    and words alone.
    `kind` is 1 if it holds the kind of figure that is asked for, -1 if it does not, 0 if none is.
    `crowd` is that of the match (see `assistant.guides` for that of a guide).
    The others are 1 or 0: `gap` for what the sources do not tell, `past` for what no longer holds,
    `sheet` for a statement of the best one's sheet.
    """

    strength: float
    behind: float
    nearest: float
    asked: float
    cosine: float
    words: float
    coverage: float
    gap: float
    sheet: float
    kind: float = 0.0
    past: float = 0.0
    crowd: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement in the language it was found in, and how probable it is that it answers."""

    found: StoredSentence
    signals: Signals
    relevance: float

    @property
    def is_gap(self) -> bool:
        """Whether it says what the sources do not tell."""
        return self.found.status == "unknown"


@dataclass(frozen=True, slots=True)
class Ground:
    """What speaks for or against answering.

    `best` is the relevance of the most relevant fact, as log odds, `strength` that of the strongest
    one, in `bounded` spreads above chance. `gap`, `gap_strength` and
    `gap_asked` are how far the strongest gap leads the strongest fact in relevance, strength and
    nearness to what people ask; they are negative when it stays behind. `asked` is 1 when a kind of
    figure is asked for, and `kind` how far the most relevant fact that holds one stays behind
    `best`: the right topic without the price is no answer to what it costs. `cosine` is the nearest
    of the facts, `level` what the question scores by chance.
    """

    best: float
    strength: float
    gap: float
    gap_strength: float
    gap_asked: float
    asked: float
    kind: float
    cosine: float
    level: float


@dataclass(frozen=True, slots=True)
class Logistic:
    """`1 / (1 + e^-(bias + weights · values))`."""

    bias: float
    weights: Mapping[str, float]

    def of(self, values: Mapping[str, float]) -> float:
        """The probability; a value without a weight counts for nothing."""
        total = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + exp(-max(-_STEEPEST, min(_STEEPEST, total))))


def made_for(identity: EmbedderIdentity) -> str:
    """The embedding model as `relevance.json` names it."""
    return f"{identity.name} {identity.fingerprint[:12]}"


def bounded(top: float) -> float:
    """What to multiply the strengths of a question with, for the best score's to be at most MOST.

    A small collection shows no chance: all that is found there stands out by tens or hundreds of
    spreads, and any probability would be 1. What then tells statements apart are their shares.
    """
    return min(1.0, MOST / top) if top > 0 else 1.0


def kept(ranked: Iterable[Candidate]) -> list[Candidate]:
    """What is worth reading of candidates, the most relevant first.

    The facts within SHARE of the best one's relevance, and with them at most GAPS gaps that come
    within GAP_SHARE of it; LIMIT in all. Where nothing is relevant, a gap less probable than
    GAP_LEAST explains nothing. Nothing is read behind the first that stays below all of these.
    """
    near = list(_within_share(ranked))
    facts = [candidate for candidate in near if not candidate.is_gap]
    best = facts[0].relevance if facts else 0.0
    least = max(GAP_LEAST, GAP_SHARE * best)
    gaps = [one for one in near if one.is_gap and one.relevance >= least][:GAPS]
    return [*facts[: LIMIT - len(gaps)], *gaps]


def _within_share(ranked: Iterable[Candidate]) -> Iterator[Candidate]:
    """Those down to SHARE of the best fact's relevance, which is less than any gap needs."""
    best = 0.0
    for candidate in ranked:
        if candidate.relevance < SHARE * best:
            return
        if not candidate.is_gap:
            best = best or candidate.relevance
        yield candidate


def ground(ranked: Sequence[Candidate], *, level: float) -> Ground:
    """What candidates, the most relevant first, give to decide on."""
    facts = [candidate for candidate in ranked if not candidate.is_gap]
    gaps = [candidate for candidate in ranked if candidate.is_gap]
    best = _log_odds(_largest(one.relevance for one in facts))
    return Ground(
        best=best,
        strength=_largest(one.signals.strength for one in facts),
        gap=_log_odds(_largest(one.relevance for one in gaps)) - best,
        gap_strength=_lead(gaps, facts, "strength"),
        gap_asked=_lead(gaps, facts, "asked"),
        asked=float(any(one.signals.kind for one in facts)),
        kind=_log_odds(_largest(one.relevance for one in facts if one.signals.kind >= 0)) - best,
        cosine=_largest(one.signals.cosine for one in facts),
        level=level,
    )


def _lead(gaps: Sequence[Candidate], facts: Sequence[Candidate], signal: str) -> float:
    first, second = (
        _largest(getattr(one.signals, signal) for one in group) for group in (gaps, facts)
    )
    return first - second


def _values(of: Signals | Ground) -> dict[str, float]:
    """What `dataclasses.asdict` gives, which copies deeply and took longer than the regression."""
    return {field.name: getattr(of, field.name) for field in fields(of)}


def _largest(values: Iterable[float]) -> float:
    return max(values, default=0.0)


def _log_odds(probability: float) -> float:
    kept = min(max(probability, _LEAST), 1 - _LEAST)
    return log(kept / (1 - kept))


class Relevance:
    """The fitted regressions and the probability from which a question is answered.

    `embedder` is the model that they were fitted for, None for the plain rule.
    """

    def __init__(
        self, statement: Logistic, answer: Logistic, threshold: float, *, embedder: str | None
    ) -> None:
        self._statement = statement
        self._answer = answer
        self.threshold = threshold
        self.embedder = embedder

    @classmethod
    def unfitted(cls) -> "Relevance":
        """Knows nothing yet: everything is as probable as not."""
        return cls(Logistic(0.0, {}), Logistic(0.0, {}), 0.0, embedder=None)

    @classmethod
    def by_strength(cls) -> "Relevance":
        """A plain rule for embedding models that nothing was fitted for.

        A statement is as likely as not when it stands ENOUGH spreads above chance, and near the
        best one when it is hardly behind it. To hold all words of the question is worth one spread,
        the right kind of figure _KIND: whoever asks when does not want to hear how much.
        """
        weights = {"strength": 1.0, "behind": -1.0, "coverage": 1.0, "kind": _KIND}
        statement = Logistic(
            -_STEEP * ENOUGH, {name: _STEEP * weight for name, weight in weights.items()}
        )
        return cls(statement, Logistic(0.0, {"best": 1.0}), 0.5, embedder=None)

    @classmethod
    def load(cls, embedder: str) -> "Relevance":
        """What was fitted last, if it was for this embedding model; else `by_strength`.

        `embedder` is `made_for` of its identity: cosines of another model mean something else.
        """
        return cls.read(files("assistant").joinpath(FILE).read_text("utf-8"), embedder)

    @classmethod
    def read(cls, text: str, embedder: str) -> "Relevance":
        """What `sanad eval fit` wrote, if it was for this embedding model; else `by_strength`."""
        data: Any = json.loads(text)
        if data["embedder"] != embedder:
            return cls.by_strength()
        statement, answer = Logistic(**data["statement"]), Logistic(**data["answer"])
        return cls(statement, answer, data["threshold"], embedder=embedder)

    def of(self, signals: Signals) -> float:
        """How probable it is that a statement is what was asked for."""
        return self._statement.of(_values(signals))

    def answerable(self, ground: Ground) -> float:
        """How probable it is that the question can be answered from this ground."""
        return self._answer.of(_values(ground))
