"""Composers measured on the same questions: what each costs and gives, and who is the default.

The rule stands in ADR 0027 and was written before any run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from assistant.winner import Winner
from evals.benchmark import Entry, Section
from evals.compare import Delta
from evals.metrics import share
from evals.record import Record
from evals.runfolder import RunMismatchError
from evals.score import Drafted, Result
from evals.summary import ALL
from ingest.figures import find_figures, supports

QUESTIONS = 60
MARGIN = 0.03
FIRST_SECONDS, TOTAL_SECONDS = 5.0, 15.0


class Criterion(Record):
    """One condition of the rule: what is wanted, what was measured, and whether it is met."""

    name: str
    wanted: str
    measured: str
    met: bool


@dataclass(frozen=True, slots=True)
class Drop:
    """A draft that verification held back, with the question and the words it cited."""

    question: str
    language: str
    drafted: Drafted
    cited: tuple[str, ...]

    @property
    def unproven_figures(self) -> bool:
        """Whether it says a figure, date or number that the cited words do not."""
        known = [figure for words in self.cited for figure in find_figures(words)]
        said = find_figures(self.drafted.text)
        return not all(any(supports(one, figure) for one in known) for figure in said)


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over the questions that were answered by it; None where nothing was told."""

    first_citation: float | None
    first_token: float | None
    first_sentence: float | None
    total: float | None
    prompt_tokens: float | None
    output_tokens: float | None
    words: float | None
    words_a_sentence: float | None
    generated: float


def contest(section: Section) -> dict[str, tuple[Criterion, ...]]:
    """The rule applied to every composer but the first, by label.

    Raises RunMismatchError when the first one is not the extractive one.
    """
    if section.reference.config.composer != "extractive":
        raise RunMismatchError(
            f"{section.reference.label} is compared with, and is not extractive. Give the run made "
            "with SANAD_LLM=none over the same questions first."
        )
    return {
        entry.label: tuple(_criteria(entry, section.deltas[entry.label]))
        for entry in section.entries[1:]
    }


def winner(section: Section, verdicts: dict[str, tuple[Criterion, ...]], day: date) -> Winner:
    """Of the composers that meet every condition the one with the best crag, else extractive."""
    passed = [
        entry
        for entry in section.entries[1:]
        if all(criterion.met for criterion in verdicts[entry.label])
    ]
    best = max(
        passed, key=lambda entry: entry.summary.groups[ALL].means["crag"].value, default=None
    )
    asked = f"{len(section.reference.results)} questions of {section.gold}"
    if best is None:
        failed = "; ".join(
            f"{label} fails {', '.join(one.name for one in criteria if not one.met)}"
            for label, criteria in verdicts.items()
        )
        because = f"{asked}, by the rule of ADR 0027: {failed or 'no model was measured'}"
        return Winner(composer="extractive", model=None, day=day, because=because)
    because = f"{asked}: {best.label} meets every condition of ADR 0027"
    return Winner(composer="llm", model=best.config.model, day=day, because=because)


def cost(entry: Entry) -> Cost:
    """What an answer of this composer takes, in milliseconds, tokens and words."""
    answers = [result.answer for result in entry.results if result.answer]
    sentences = [sentence for answer in answers for sentence in answer.sentences]
    return Cost(
        first_citation=_median([row.ms.get("citations") for row in entry.timings]),
        first_token=_median([row.ms.get("token") for row in entry.timings]),
        first_sentence=_median([row.ms.get("sentence") for row in entry.timings]),
        total=_median([row.ms.get("total") for row in entry.timings]),
        prompt_tokens=_median([result.prompt_tokens for result in entry.results]),
        output_tokens=_median([result.output_tokens for result in entry.results]),
        words=_median([len(answer.text.split()) for answer in answers if answer.sentences]),
        words_a_sentence=_median([len(sentence.text.split()) for sentence in sentences]),
        generated=share(sum(one.mode == "generated" for one in sentences), len(sentences)),
    )


def drops(results: Sequence[Result]) -> list[Drop]:
    """Every draft that was held back, in the order of the questions."""
    return [
        Drop(result.item.question, result.item.language, drafted, _cited(result, drafted))
        for result in results
        for drafted in result.drafts
        if drafted.reason
    ]


def _criteria(entry: Entry, deltas: Sequence[Delta]) -> Iterator[Criterion]:
    of = {delta.metric: delta for delta in deltas if delta.slice == ALL}
    n = len(entry.results)
    yield Criterion(name="size", wanted=f"n >= {QUESTIONS}", measured=str(n), met=n >= QUESTIONS)
    for metric in ("crag", "fact_recall"):
        yield _no_loss(metric, of.get(metric))
    yield _at_most("false_answer", of.get("false_answer"))
    figures = entry.summary.groups[ALL].means["figure_precision"].value
    yield Criterion(name="figures", wanted="1.00", measured=f"{figures:.4f}", met=figures == 1)
    gains = [of[m] for m in ("crag", "fact_recall") if m in of and of[m].turn == "better"]
    yield Criterion(
        name="gain",
        wanted="crag or fact_recall better beyond chance",
        measured=", ".join(delta.metric for delta in gains) or "neither",
        met=bool(gains),
    )
    spent = cost(entry)
    yield _in_time("first sentence", spent.first_sentence, FIRST_SECONDS)
    yield _in_time("whole answer", spent.total, TOTAL_SECONDS)


def _no_loss(metric: str, delta: Delta | None) -> Criterion:
    return Criterion(
        name=metric,
        wanted=f"95 % interval of the delta above -{MARGIN}",
        measured=f"{delta.delta:+.3f} [{delta.low:+.3f}, {delta.high:+.3f}]" if delta else "-",
        met=delta is not None and delta.low > -MARGIN,
    )


def _at_most(metric: str, delta: Delta | None) -> Criterion:
    """Where no question was unanswerable there is nothing to answer falsely."""
    return Criterion(
        name=metric,
        wanted="not higher",
        measured=f"{delta.delta:+.3f}" if delta else "not asked",
        met=delta is None or delta.delta <= 0,
    )


def _in_time(name: str, ms: float | None, seconds: float) -> Criterion:
    return Criterion(
        name=name,
        wanted=f"median within {seconds:g} s",
        measured="-" if ms is None else f"{ms / 1000:.2f} s",
        met=ms is not None and ms <= seconds * 1000,
    )


def _cited(result: Result, drafted: Drafted) -> tuple[str, ...]:
    citations = result.answer.citations if result.answer else ()
    return tuple(one.quote for one in citations if one.n in drafted.evidence)


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
