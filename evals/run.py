"""A run: every question of a gold file asked once, measured, and summed up."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer, Reason, Status
from assistant.question import Language, Question
from evals import metrics
from evals.claims import claims, said, shown
from evals.gold import ANSWERING, Gold, GoldItem, Kind
from ingest.document import Document
from ingest.errors import DocumentMissingError, SanadError, StorageError

ALL = "all"

Advance = Callable[[int, int], None]
Clock = Callable[[], float]


class Asked(Protocol):
    """Whoever answers; `assistant.assistant.Assistant` does."""

    def ask(self, question: Question) -> Answer:
        """Answer, or raise SanadError."""
        ...


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scores(_Frozen):
    """The measures of one question, defined in `evals.metrics`.

    None means that a measure is not asked of this question: `false_answer` belongs to the
    unanswerable ones, `false_refusal`, `fact_recall` (facts that must be there), `fact_recall_all`,
    `cited` and `quotes_exact` to the answerable ones, where withholding the answer scores 0.
    """

    crag: float
    status_ok: float
    status_best: float
    language_ok: float
    figure_precision: float
    fact_recall: float | None = None
    fact_recall_all: float | None = None
    cited: float | None = None
    quotes_exact: float | None = None
    false_refusal: float | None = None
    false_answer: float | None = None


class Result(_Frozen):
    """One question, what came back, and its scores.

    `error` is the code and message of a SanadError, and then `status` is None. `missing` names by
    their first form the facts that must be said and are not; `forbidden` what was said and must not
    be; `unsupported` the figures without a quote that says them; `altered` counts quotes that do
    not stand in their document. Only `latency_ms`, the time to the whole answer, varies from run
    to run.
    """

    id: str
    language: Language
    kind: Kind
    question: str
    expect: tuple[Status, ...]
    answerable: bool
    status: Status | None = None
    reason: Reason | None = None
    error: str | None = None
    text: str = ""
    cited: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()
    altered: int = 0
    scores: Scores
    latency_ms: float


class Group(_Frozen):
    """The questions of one language, or all: counts, and means of the scores that apply.

    `silent_crag` is what an assistant that withholds everything would score: any other must beat
    it. `p50_ms` and `p95_ms` are latencies to the whole answer.
    """

    n: int
    answerable: int
    errors: int
    unsupported: int
    altered: int
    forbidden: int
    means: dict[str, float | None]
    silent_crag: float
    p50_ms: float
    p95_ms: float


class Summary(_Frozen):
    """A run in numbers, with what it takes to know what was measured."""

    gold: str
    gold_sha256: str
    generation: str
    composer: str
    model: str | None
    groups: dict[str, Group]


class Run(_Frozen):
    """Summary and results, as `--json` prints them."""

    summary: Summary
    questions: tuple[Result, ...]


def evaluate(
    gold: Gold,
    assistant: Asked,
    document: Callable[[str], Document],
    *,
    generation: str,
    composer: str,
    model: str | None,
    advance: Advance | None = None,
) -> Run:
    """Ask every question of the gold; `document` raises DocumentMissingError.

    `advance(done, total)` is called after each question. An error of the assistant is an outcome,
    scored as the worst one.
    """
    results: list[Result] = []
    for item in gold.items:
        results.append(ask(item, assistant, document))
        if advance:
            advance(len(results), len(gold.items))
    summary = Summary(
        gold=gold.name,
        gold_sha256=gold.sha256,
        generation=generation,
        composer=composer,
        model=model,
        groups=groups(results),
    )
    return Run(summary=summary, questions=tuple(results))


def ask(
    item: GoldItem,
    assistant: Asked,
    document: Callable[[str], Document],
    clock: Clock = perf_counter,
) -> Result:
    """One question of the gold, asked without telling its language, and measured."""
    question = Question(question=item.question, history=item.history)
    started = clock()
    try:
        answer = assistant.ask(question)
    except SanadError as error:
        return _failed(item, error, _since(started, clock))
    return measure(item, answer, document, _since(started, clock))


def measure(
    item: GoldItem, answer: Answer, document: Callable[[str], Document], latency_ms: float
) -> Result:
    """The scores of one answer."""
    find = _finder(document)
    pieces = claims(answer, find)
    words = said(answer)
    spoiling = metrics.forbidden_hits(item, shown(answer)) + metrics.stale_hits(item, pieces)
    must = [fact for fact in item.facts if fact.must]
    return Result(
        id=item.id,
        language=item.language,
        kind=item.kind,
        question=item.question,
        expect=item.expect,
        answerable=item.answerable,
        status=answer.status,
        reason=answer.reason,
        text=answer.text,
        cited=tuple(dict.fromkeys(citation.document_id for citation in answer.citations)),
        missing=tuple(fact.any[0] for fact in metrics.missing_facts(must, words)),
        forbidden=spoiling,
        unsupported=metrics.unsupported_figures(pieces),
        altered=len(metrics.altered_quotes(answer.citations, find)),
        scores=_scores(
            item,
            answer,
            find,
            precision=metrics.figure_precision(pieces),
            spoiled=bool(spoiling),
        ),
        latency_ms=latency_ms,
    )


def groups(results: Sequence[Result]) -> dict[str, Group]:
    """One group a language, worst `crag` first, then all of them."""
    languages = {result.language for result in results}
    by_language = {
        language: _group([result for result in results if result.language == language])
        for language in sorted(languages)
    }
    ranked = sorted(by_language.items(), key=lambda entry: (entry[1].means["crag"] or 0, entry[0]))
    return {**dict(ranked), ALL: _group(results)}


def save(folder: Path, run: Run) -> None:
    """Write `per_question.jsonl` and `summary.json` into `folder`; raises StorageError."""
    lines = "".join(result.model_dump_json() + "\n" for result in run.questions)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "per_question.jsonl").write_text(lines, encoding="utf-8")
        summary = run.summary.model_dump_json(indent=2) + "\n"
        (folder / "summary.json").write_text(summary, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"Could not write the results into {folder}: {error.strerror}. Choose another folder "
            "with --out."
        ) from error


def _scores(
    item: GoldItem,
    answer: Answer,
    document: Callable[[str], Document | None],
    *,
    precision: float,
    spoiled: bool,
) -> Scores:
    words, status = said(answer), answer.status
    accepted = metrics.status_ok(item, status, spoiled=spoiled)
    recall = metrics.fact_recall([fact for fact in item.facts if fact.must], words)
    general = Scores(
        crag=metrics.crag(
            item, status, accepted=accepted, recall=recall, precision=precision, spoiled=spoiled
        ),
        status_ok=accepted,
        status_best=status == item.best,
        language_ok=metrics.language_ok(item.language, answer.text),
        figure_precision=precision,
    )
    if not item.answerable:
        false_answer = metrics.false_answer(item, status, accepted=accepted)
        return general.model_copy(update={"false_answer": float(false_answer)})
    answers = status in ANSWERING
    return general.model_copy(
        update={
            "fact_recall": answers * recall,
            "fact_recall_all": answers * metrics.fact_recall(item.facts, words),
            "cited": answers * metrics.cited_share(answer.sentences, answer.citations),
            "quotes_exact": answers * metrics.quotes_exact(answer.citations, document),
            "false_refusal": float(metrics.false_refusal(item, status, accepted=accepted)),
        }
    )


def _failed(item: GoldItem, error: SanadError, latency_ms: float) -> Result:
    worst = Scores(
        crag=-1, status_ok=0, status_best=0, language_ok=0, figure_precision=0, false_answer=1
    )
    if item.answerable:
        worst = Scores(
            crag=-1, status_ok=0, status_best=0, language_ok=0, figure_precision=0,
            fact_recall=0, fact_recall_all=0, cited=0, quotes_exact=0, false_refusal=1,
        )  # fmt: skip
    return Result(
        id=item.id,
        language=item.language,
        kind=item.kind,
        question=item.question,
        expect=item.expect,
        answerable=item.answerable,
        error=f"{error.code}: {error}",
        missing=tuple(fact.any[0] for fact in item.facts if fact.must),
        scores=worst,
        latency_ms=latency_ms,
    )


def _group(results: Sequence[Result]) -> Group:
    answerable = sum(result.answerable for result in results)
    latencies = [result.latency_ms for result in results]
    return Group(
        n=len(results),
        answerable=answerable,
        errors=sum(result.error is not None for result in results),
        unsupported=sum(len(result.unsupported) for result in results),
        altered=sum(result.altered for result in results),
        forbidden=sum(len(result.forbidden) for result in results),
        means={name: _mean(results, name) for name in Scores.model_fields},
        silent_crag=round(metrics.share(len(results) - answerable, len(results)), 4),
        p50_ms=metrics.percentile(latencies, 50),
        p95_ms=metrics.percentile(latencies, 95),
    )


def _mean(results: Iterable[Result], name: str) -> float | None:
    scores = [getattr(result.scores, name) for result in results]
    value = metrics.mean(score for score in scores if score is not None)
    return None if value is None else round(value, 4)


def _finder(document: Callable[[str], Document]) -> Callable[[str], Document | None]:
    def find(document_id: str) -> Document | None:
        try:
            return document(document_id)
        except DocumentMissingError:
            return None

    return find


def _since(started: float, clock: Clock) -> float:
    return round((clock() - started) * 1000, 1)
