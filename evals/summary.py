"""A run in numbers: means with their intervals, for all questions and for every slice of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from assistant.answer import ANSWERING
from evals import abstention
from evals.abstention import Outcome
from evals.gold import GoldItem
from evals.metrics import mean, share
from evals.record import Record
from evals.score import SHOWN, Result, Scores
from evals.spans import language_pair
from evals.statistics import SEED, mean_interval

ALL = "all"
HEADLINE = (
    "crag", "fact_recall", "figure_precision", "cit_recall", "cit_precision", "false_answer",
    "false_refusal", "recall_10",
)  # fmt: skip
"""The measures that a run is judged by; intervals are worked out for these."""

MEETINGS = ("evidence", "pair")
"""The fields of slices that tell where questions meet their evidence (`evals.spans.meeting`)."""

LOWER_IS_BETTER = frozenset({"false_answer", "false_refusal", "unguarded_wrong"})


class Mean(Record):
    """A mean over the `n` questions that the measure is asked of, with its 95 % interval."""

    value: float
    n: int
    low: float | None = None
    high: float | None = None


class Group(Record):
    """The questions of one slice.

    `silent_crag` is what withholding every answer would score: any assistant must beat it.
    `refusal_precision` and `refusal_recall` are shares of refusals that were right and of the
    unanswerable that was refused. `aurc` and `coverage_at_5` (the share that can be answered at a
    risk of 5 %) are None where the system shows no support.
    """

    n: int
    answerable: int
    clusters: int
    errors: int
    unsupported: int
    altered: int
    forbidden: int
    means: dict[str, Mean]
    silent_crag: float
    refusal_precision: float
    refusal_recall: float
    aurc: float | None
    coverage_at_5: float | None


class Summary(Record):
    """Slices by name: `all`, `language:fr`, `kind:number`, `tag:followup`, and by where a question
    meets its evidence `evidence:same`, `evidence:across`, `pair:ary-ar` (`evals.spans.meeting`).
    """

    groups: dict[str, Group]


def cluster(item: GoldItem) -> str:
    """What an item succeeds or fails with: the first sheet it is about, else itself."""
    return item.sheets[0] if item.sheets else item.id


def summarise(results: Sequence[Result], seed: int = SEED) -> Summary:
    """All slices; the worst `crag` first within languages, kinds and tags.

    What a system does not show is no measure of it, though an error scores the worst in it.
    """
    given = {name for result in results if result.error is None for name in _given(result)}
    names = [name for name in Scores.model_fields if name in given or name not in SHOWN]
    return Summary(
        groups={name: _group(members, names, seed) for name, members in slices(results).items()}
    )


def slices(results: Sequence[Result]) -> dict[str, list[Result]]:
    """The questions of each slice, in the order in which a summary lists them."""
    found: dict[str, list[Result]] = {ALL: list(results)}
    found |= _worst_first("language", results, lambda result: [result.item.language])
    found |= _worst_first("kind", results, lambda result: [result.item.kind])
    found |= _worst_first("tag", results, lambda result: result.item.tags)
    found |= _worst_first("evidence", results, _reach)
    found |= _worst_first("pair", results, lambda result: [result.pair] if result.pair else [])
    return found


def named(slices: Iterable[str], *fields: str) -> list[str]:
    """The names of the slices of these fields, such as `language`, field by field."""
    names = list(slices)
    return [name for field in fields for name in names if name.startswith(f"{field}:")]


def _worst_first(
    field: str, results: Iterable[Result], values: Callable[[Result], Iterable[str]]
) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for result in results:
        for value in values(result):
            found.setdefault(f"{field}:{value}", []).append(result)
    return dict(sorted(found.items(), key=lambda entry: (_crag(entry[1]), entry[0])))


def _reach(result: Result) -> list[str]:
    if result.pair is None:
        return []
    own = language_pair(result.item.language, result.item.language)
    return ["same" if result.pair == own else "across"]


def _crag(results: Iterable[Result]) -> float:
    return mean(result.scores.crag for result in results) or 0.0


def _given(result: Result) -> Iterator[str]:
    return (name for name, value in result.scores if value is not None)


def _group(results: Sequence[Result], names: Sequence[str], seed: int) -> Group:
    answerable = sum(result.item.answerable for result in results)
    outcomes = [_outcome(result) for result in results]
    ranked = ranking(results)
    return Group(
        n=len(results),
        answerable=answerable,
        clusters=len({cluster(result.item) for result in results}),
        errors=sum(result.error is not None for result in results),
        unsupported=sum(len(result.unsupported) for result in results),
        altered=sum(quote != "supported" for result in results for quote in result.quotes),
        forbidden=sum(len(result.forbidden) for result in results),
        means=dict(_means(results, names, seed)),
        silent_crag=round(share(len(results) - answerable, len(results)), 4),
        refusal_precision=round(abstention.refusal_precision(outcomes), 4),
        refusal_recall=round(abstention.refusal_recall(outcomes), 4),
        aurc=round(abstention.aurc(*ranked), 4) if ranked else None,
        coverage_at_5=round(abstention.coverage_at_risk(*ranked), 4) if ranked else None,
    )


def ranking(results: Sequence[Result]) -> tuple[list[float], list[bool]] | None:
    """The support of every question and whether a forced answer is wrong; None if not shown.

    Without evidence there is no support, nor is there any for an error, which is wrong: these rank
    last.
    """
    known = [result.support for result in results if result.support is not None]
    if not known:
        return None
    last = min(known) - 1
    supports = [last if result.support is None else result.support for result in results]
    return supports, [bool(result.scores.unguarded_wrong) for result in results]


def _outcome(result: Result) -> Outcome:
    answered = None if result.answer is None else result.answer.status in ANSWERING
    return Outcome(answerable=result.item.answerable, answered=answered)


def _means(
    results: Sequence[Result], names: Sequence[str], seed: int
) -> Iterator[tuple[str, Mean]]:
    for name in names:
        rows = [
            (value, cluster(result.item))
            for result in results
            if (value := getattr(result.scores, name)) is not None
        ]
        if rows:
            values, clusters = [value for value, _ in rows], [where for _, where in rows]
            yield name, _mean(values, clusters, seed, with_interval=name in HEADLINE)


def _mean(
    values: Sequence[float], clusters: Sequence[str], seed: int, *, with_interval: bool
) -> Mean:
    value = round(mean(values) or 0.0, 4)
    if not with_interval:
        return Mean(value=value, n=len(values))
    interval = mean_interval(values, clusters, seed=seed)
    low, high = round(interval.low, 4), round(interval.high, 4)
    return Mean(value=value, n=len(values), low=min(low, value), high=max(high, value))
