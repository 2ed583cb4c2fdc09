"""Runs of several systems side by side: who is better at what, by how much, and how sure is that?

Runs over the same questions stand in one section, against the run of sanad over them. A run of
sanad over more questions is cut down to those, so that what is slow may be measured on a sample.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.baselines import SANAD
from evals.compare import Delta, paired, require_same_questions
from evals.metrics import percentile
from evals.runfolder import Config, Environment, RunFolder, RunMismatchError, Timing, totals
from evals.score import Result
from evals.statistics import holm
from evals.summary import ALL, LOWER_IS_BETTER, Summary, named, slices, summarise

_EQUAL = ("generation", "day", "support", "seed", "commit")
"""What runs in one table must share: another corpus, day, judge or code is another benchmark."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One run as a row: the system, with the language model it used if it used one."""

    label: str
    config: Config
    environment: Environment
    results: tuple[Result, ...]
    timings: tuple[Timing, ...]
    summary: Summary

    @property
    def is_reference(self) -> bool:
        """Whether it is a run of sanad itself."""
        return self.config.system == SANAD

    def latency(self, percent: float) -> float:
        """That percentile of the milliseconds that an answer took."""
        return percentile(totals(self.timings), percent)


@dataclass(frozen=True, slots=True)
class Section:
    """Runs over the same questions; the first is what the others are compared with.

    `deltas` are by label, from the first run to that one, over all questions and in each language;
    `adjusted` is Holm over all deltas of the section. A measure that only one has has none.
    """

    gold: str
    gold_sha256: str
    entries: tuple[Entry, ...]
    deltas: Mapping[str, tuple[Delta, ...]]

    @property
    def reference(self) -> Entry:
        """What the others are compared with."""
        return self.entries[0]

    def tests(self) -> int:
        """How many deltas the section tests."""
        return sum(len(deltas) for deltas in self.deltas.values())

    def ahead(self) -> Iterator[tuple[str, Delta]]:
        """Where another system is better than the reference, be it by chance."""
        for label, deltas in self.deltas.items():
            for delta in deltas:
                if is_better(delta.metric, delta.after, delta.before):
                    yield label, delta


def is_better(metric: str, value: float, other: float) -> bool:
    """Whether `value` is the better one of the two."""
    return value < other if metric in LOWER_IS_BETTER else value > other


def read_benchmark(paths: Sequence[Path]) -> tuple[Section, ...]:
    """The sections, the one with most questions first.

    Raises RunMismatchError for runs that do not belong in one table or without one of sanad, and
    PathMissingError for a run that was not finished.
    """
    entries = [_entry(RunFolder(path)) for path in paths]
    for path, entry in zip(paths, entries, strict=True):
        _require_alike(paths[0], entries[0], path, entry)
    by_gold: dict[str, list[Entry]] = {}
    for entry in entries:
        by_gold.setdefault(entry.config.gold_sha256, []).append(entry)
    groups = sorted(by_gold.values(), key=lambda group: -len(group[0].results))
    return tuple(_section(group, entries) for group in groups)


def _entry(folder: RunFolder) -> Entry:
    config, summary = folder.config(), folder.summary()
    return Entry(
        label=f"{config.system} + {config.model}" if config.model else config.system,
        config=config,
        environment=folder.environment(),
        results=folder.results(),
        timings=folder.timings(),
        summary=summary,
    )


def _require_alike(first_path: Path, first: Entry, path: Path, entry: Entry) -> None:
    differing = set(first.config.differing(entry.config)).intersection(_EQUAL)
    if differing:
        raise RunMismatchError(
            f"{first_path} and {path} differ in {', '.join(sorted(differing))}; one table of both "
            "would mislead. Run `make bench-answers` anew, or leave one out."
        )


def _section(group: Sequence[Entry], entries: Sequence[Entry]) -> Section:
    asked = {result.id: result.item for result in group[0].results}
    for entry in group:
        require_same_questions(group[0].results, entry.results)
    wider = [_cut(entry, asked.keys()) for entry in entries if _holds(entry, group[0])]
    found = sorted([*group, *wider], key=lambda entry: not entry.is_reference)
    labels = [entry.label for entry in found]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice or not found[0].is_reference:
        problem = f"{twice[0]} is there twice" if twice else f"no run of {SANAD} is there"
        raise RunMismatchError(
            f"Of the runs over {group[0].config.gold}, {problem}; give one run of each system."
        )
    config = group[0].config
    deltas = _deltas(found[0], found[1:])
    return Section(config.gold, config.gold_sha256, tuple(found), deltas)


def _holds(entry: Entry, other: Entry) -> bool:
    """Whether it is a run of sanad over these questions and more."""
    items = {result.id: result.item for result in entry.results}
    return (
        entry.is_reference
        and len(items) > len(other.results)
        and all(items.get(result.id) == result.item for result in other.results)
    )


def _cut(entry: Entry, ids: Collection[str]) -> Entry:
    results = tuple(result for result in entry.results if result.id in ids)
    return replace(
        entry,
        results=results,
        timings=tuple(timing for timing in entry.timings if timing.id in ids),
        summary=summarise(results, entry.config.seed),
    )


def _deltas(reference: Entry, others: Sequence[Entry]) -> dict[str, tuple[Delta, ...]]:
    parts = slices(reference.results)
    found = [
        (entry.label, delta)
        for entry in others
        for name in (ALL, *named(parts, "language"))
        for delta in paired(name, parts[name], entry.results, seed=reference.config.seed)
    ]
    adjusted = holm([delta.p for _, delta in found])
    made: dict[str, list[Delta]] = {entry.label: [] for entry in others}
    for (label, delta), one in zip(found, adjusted, strict=True):
        made[label].append(delta.model_copy(update={"adjusted": one.adjusted}))
    return {label: tuple(deltas) for label, deltas in made.items()}
