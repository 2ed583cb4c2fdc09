"""`/v1/evaluation`: runs, what changed between two, and whose answer people find better.

What reads runs is loaded when somebody asks for one: whoever only answers needs none of it.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api import problems
from api.access.caller import Caller, require
from api.masking import Masking
from assistant.answer import Answer
from ingest.errors import (
    CrossSiteError,
    DatasetError,
    InputError,
    RecordMissingError,
)

if TYPE_CHECKING:
    from api.runs import Listed, Runs
    from evals.blindpairs import Pair
    from evals.score import Result

router = APIRouter(prefix="/v1/evaluation", tags=["evaluation"])
Evaluator = Annotated[Caller, Depends(require("evaluator"))]
RunName = Annotated[str, Field(min_length=1, max_length=300)]
Judged = Literal["right", "partly", "withheld", "wrong"]
Choice = Literal["left", "right", "both", "neither"]

NOTE_LIMIT = 1_000
_READ = problems.documented(
    *problems.STAFF, RecordMissingError, InputError, *problems.RECORDS, DatasetError
)
_KEPT = problems.documented(
    *problems.STAFF, CrossSiteError, RecordMissingError, InputError, *problems.RECORDS, DatasetError
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class MeanEntry(_Frozen):
    """A mean over `n` questions with its 95 % interval."""

    value: float
    n: int
    low: float | None = None
    high: float | None = None


class RunEntry(_Frozen):
    """A run; one without `means` is not finished, and of one with a `problem` nothing is known."""

    name: str
    system: str | None = None
    gold: str | None = None
    day: str | None = None
    generation: str | None = None
    composer: str | None = None
    model: str | None = None
    commit: str | None = None
    questions: int | None = None
    errors: int | None = None
    means: dict[str, MeanEntry] = Field(default_factory=dict)
    problem: str | None = None


class RunList(_Frozen):
    """The runs, those of the newest day first."""

    runs: tuple[RunEntry, ...]


class SliceEntry(_Frozen):
    """A part of the questions, such as those in a language."""

    field: str
    value: str
    n: int
    errors: int
    means: dict[str, MeanEntry]


class Report(_Frozen):
    """A run: how its questions came out, and its measures in every slice, the worst first."""

    run: RunEntry
    outcomes: dict[Judged, int]
    slices: tuple[SliceEntry, ...]


class QuestionEntry(_Frozen):
    """One question of a run: what was expected, and what came back."""

    id: str
    language: str
    kind: str
    question: str
    expected: str
    outcome: str
    judged: Judged
    answer: str | None
    citations: tuple[str, ...]
    missing: tuple[str, ...]
    forbidden: tuple[str, ...]
    error: str | None
    scores: dict[str, float]


class QuestionList(_Frozen):
    """One page, the worst first; `total` counts all that were asked for.

    `outcomes` counts them by how they came out, whichever of these was asked for.
    """

    questions: tuple[QuestionEntry, ...]
    total: int
    outcomes: dict[Judged, int]


class DeltaEntry(_Frozen):
    """One measure of one slice, before and after; `turn` is null while chance explains it."""

    slice: str
    metric: str
    n: int
    before: float
    after: float
    delta: float
    low: float
    high: float
    adjusted: float
    turn: Literal["better", "worse"] | None


class FlipEntry(_Frozen):
    """A question that came out right in one of two runs only."""

    before: QuestionEntry
    after: QuestionEntry


class Compared(_Frozen):
    """What changed: measures, questions that are right now, and that were."""

    before: RunEntry
    after: RunEntry
    deltas: tuple[DeltaEntry, ...]
    gained: tuple[FlipEntry, ...]
    lost: tuple[FlipEntry, ...]


class Shown(_Frozen):
    """An answer as a grader sees it."""

    answer: str
    quotes: str


class BlindPair(_Frozen):
    """Two answers to one question; which run gave which is not told."""

    question_id: str
    language: str
    question: str
    history: str
    left: Shown
    right: Shown


class Next(_Frozen):
    """The next pair that this grader has not seen, null when none is left."""

    pair: BlindPair | None
    graded: int
    total: int


class VerdictGiven(_Frozen):
    """Which of the two answers of a pair is better; both or neither when none is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: RunName
    second: RunName
    question_id: Annotated[str, Field(min_length=1, max_length=300)]
    choice: Choice
    note: Annotated[str | None, Field(max_length=NOTE_LIMIT)] = None


class BetweenEntry(_Frozen):
    """Cohen's kappa of two graders over the `n` pairs that both graded, with its 95 % interval.

    `observed` is the share on which they agree.
    """

    graders: tuple[str, str]
    n: int
    observed: float
    kappa: float
    low: float
    high: float


class TallyEntry(_Frozen):
    """How often people found the first run's answer better, the second's, both or neither.

    `p` is the exact McNemar test over the pairs with a better one; `agreement` is that of every
    two graders with a pair in common.
    """

    first: int
    second: int
    both: int
    neither: int
    graders: int
    p: float
    agreement: tuple[BetweenEntry, ...] = ()


First = Annotated[str, Query(min_length=1, max_length=300, description="Name of a run.")]
Second = Annotated[str, Query(min_length=1, max_length=300, description="Name of another.")]


def runs(request: Request) -> "Runs":
    """The runs of this application."""
    from api.runs import Runs  # noqa: PLC0415

    if not hasattr(request.app.state, "runs"):
        request.app.state.runs = Runs(request.app.state.settings.runs)
    found: Runs = request.app.state.runs
    return found


@router.get("/runs", responses=problems.documented(*problems.STAFF, *problems.RECORDS))
def list_runs(request: Request, _evaluator: Evaluator) -> RunList:
    """The runs that there are."""
    return RunList(runs=tuple(map(_entry, runs(request).listed())))


@router.get("/report", responses=_READ)
def read_report(request: Request, _evaluator: Evaluator, run: First) -> Report:
    """One run in numbers."""
    from evals.summary import HEADLINE  # noqa: PLC0415

    there = runs(request)
    measured = there.read(run)
    return Report(
        run=_named(there, run),
        outcomes=_outcomes(measured.results),
        slices=tuple(
            SliceEntry(
                field=name.partition(":")[0],
                value=name.partition(":")[2],
                n=group.n,
                errors=group.errors,
                means={
                    metric: MeanEntry.model_validate(group.means[metric])
                    for metric in HEADLINE
                    if metric in group.means
                },
            )
            for name, group in measured.summary.groups.items()
        ),
    )


@router.get("/questions", responses=_READ)
def list_questions(
    request: Request,
    _evaluator: Evaluator,
    run: First,
    *,
    judged: Annotated[Judged | None, Query()] = None,
    language: Annotated[str | None, Query(max_length=20)] = None,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> QuestionList:
    """The questions of a run with what came back, the worst first."""
    from api.report.measured import verdict  # noqa: PLC0415
    from api.runs import chosen  # noqa: PLC0415

    there = chosen(runs(request).read(run), language=language, kind=kind)
    found = [one for one in there if judged is None or verdict(one) == judged]
    return QuestionList(
        questions=tuple(map(_question, found[offset : offset + limit])),
        total=len(found),
        outcomes=_outcomes(there),
    )


@router.get("/comparison", responses=_READ)
def compare_runs(request: Request, _evaluator: Evaluator, before: First, after: Second) -> Compared:
    """What changed between two runs over the same questions, and which ones flipped."""
    there = runs(request)
    found = there.compared(before, after)
    earlier = {one.id: one for one in there.read(before).results}
    later = {one.id: one for one in there.read(after).results}

    def flips(ids: Iterable[str]) -> tuple[FlipEntry, ...]:
        return tuple(
            FlipEntry(before=_question(earlier[one]), after=_question(later[one])) for one in ids
        )

    return Compared(
        before=_named(there, before),
        after=_named(there, after),
        deltas=tuple(map(DeltaEntry.model_validate, found.deltas)),
        gained=flips(one.id for one in found.gained),
        lost=flips(one.id for one in found.lost),
    )


@router.get("/pairs", responses=_READ)
def next_pair(request: Request, evaluator: Evaluator, first: First, second: Second) -> Next:
    """Two answers to a question that this grader has not graded, without their runs."""
    there = runs(request)
    pairs = there.pairs(first, second)
    mine = {one.question for one in there.graded(first, second) if one.grader == evaluator.actor}
    left = [pair for pair in pairs if pair.id not in mine]
    return Next(
        pair=_blind(left[0]) if left else None,
        graded=len(pairs) - len(left),
        total=len(pairs),
    )


@router.post("/verdicts", status_code=201, responses=_KEPT)
def give_verdict(request: Request, evaluator: Evaluator, given: VerdictGiven) -> TallyEntry:
    """Keep what somebody thinks of a pair; the last word of a grader on it counts."""
    from evals.blindpairs import Verdict, keep, side  # noqa: PLC0415

    there = runs(request)
    pairs = {pair.id: pair for pair in there.pairs(given.first, given.second)}
    if given.question_id not in pairs:
        raise RecordMissingError("These runs do not differ on such a question; take the next pair.")
    keep(
        there.grades,
        Verdict(
            first=given.first,
            second=given.second,
            question=given.question_id,
            better=side(pairs[given.question_id], given.choice),
            note=Masking().prose(given.note) or "",
            grader=evaluator.actor,
            at=datetime.now(UTC),
        ),
    )
    return _tally(there, given.first, given.second)


@router.get("/verdicts", responses=_READ)
def read_verdicts(
    request: Request, _evaluator: Evaluator, first: First, second: Second
) -> TallyEntry:
    """What people thought of two runs."""
    return _tally(runs(request), first, second)


def _tally(there: "Runs", first: str, second: str) -> TallyEntry:
    from evals.agreement import between  # noqa: PLC0415
    from evals.blindpairs import tally  # noqa: PLC0415

    graded = there.graded(first, second)
    return TallyEntry.model_validate(tally(graded)).model_copy(
        update={"agreement": tuple(map(BetweenEntry.model_validate, between(graded)))}
    )


def _named(there: "Runs", name: str) -> RunEntry:
    return next(_entry(one) for one in there.listed() if one.name == name)


def _entry(one: "Listed") -> RunEntry:
    from evals.summary import ALL, HEADLINE  # noqa: PLC0415

    group = one.summary.groups[ALL] if one.summary else None
    config = one.config
    return RunEntry(
        name=one.name,
        system=config and config.system,
        gold=config and config.gold,
        day=config and config.day.isoformat(),
        generation=config and config.generation,
        composer=config and config.composer,
        model=config and config.model,
        commit=config and config.commit,
        questions=group and group.n,
        errors=group and group.errors,
        means={
            metric: MeanEntry.model_validate(group.means[metric])
            for metric in HEADLINE
            if group and metric in group.means
        },
        problem=one.problem,
    )


def _outcomes(results: Iterable["Result"]) -> dict[Judged, int]:
    """How many came out how, those that none did too."""
    from api.report.measured import VERDICTS, verdict  # noqa: PLC0415

    counts = Counter(map(verdict, results))
    return {judged: counts[judged] for judged in VERDICTS}


def _question(one: "Result") -> QuestionEntry:
    from api.report.measured import verdict  # noqa: PLC0415
    from evals.summary import HEADLINE  # noqa: PLC0415

    answer: Answer | None = one.answer
    return QuestionEntry(
        id=one.id,
        language=one.item.language,
        kind=one.item.kind,
        question=one.item.question,
        expected=one.item.best,
        outcome=one.outcome,
        judged=verdict(one),
        answer=answer.text if answer else None,
        citations=tuple(cited.quote for cited in answer.citations) if answer else (),
        missing=one.missing,
        forbidden=one.forbidden,
        error=one.error,
        scores={
            name: value for name in HEADLINE if (value := getattr(one.scores, name)) is not None
        },
    )


def _blind(pair: "Pair") -> BlindPair:
    return BlindPair(
        question_id=pair.id,
        language=pair.left.language,
        question=pair.left.question,
        history=pair.left.history,
        left=Shown(answer=pair.left.answer, quotes=pair.left.quotes),
        right=Shown(answer=pair.right.answer, quotes=pair.right.quotes),
    )
