"""`sanad doctor`: what is here, what is missing, and how fast it is."""

import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter
from typing import Annotated, Any

import typer

from api.commands.lastrun import read_last_run
from api.commands.options import IndexOption
from api.commands.output import JsonOption, console, megabytes, print_json
from api.memory.database import open_database
from api.memory.status import status
from assistant.assistant import (
    Assistant,
    configured_model,
    open_assistant,
    open_configured_reranker,
)
from assistant.modelcheck import check_model, where_questions_go
from assistant.relevance import Relevance, made_for
from assistant.settings import Settings, load_settings, unknown_variables
from evals.support import open_support
from index import health
from index.encoder import is_optimised
from index.generation import current
from index.history import history
from index.modelstore import ModelStore
from index.onnxmodel import read_settings
from ingest.check import check_corpus
from ingest.errors import (
    CorpusError,
    ExtractError,
    IndexDamagedError,
    ModelMissingError,
    SanadError,
)

_QUESTIONS = (
    "Quels sont les objectifs chiffrés du programme de commerce extérieur ?",
    "ما رقم هاتف مديرية العلاقات التجارية الدولية؟",
    "chno hiya TijarIA o lmen dayra?",
    "Which countries buy Moroccan handicrafts?",
    "شكون كيشري الزليج المغربي بزاف؟",
)
_ROUNDS = 8
_SHOWN = 5


def doctor(
    index: IndexOption = None,
    *,
    bench: Annotated[
        bool, typer.Option("--bench", help="Also time search, answer and start.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check settings, corpus, models and index. Exit code 1 if something is wrong."""
    settings = load_settings(index=index)
    findings = [_finding(name, check, settings) for name, check in _CHECKS]
    times = _bench(settings) if bench else {}
    if as_json:
        print_json({"findings": findings, "bench": times})
    else:
        for finding in findings:
            mark = "ok " if finding["ok"] else "BAD"
            console().print(f"{mark} {finding['name']}: {finding['detail']}", markup=False)
        for name, row in times.items():
            console().print(f"    {name}: {row}", markup=False)
    if not all(finding["ok"] for finding in findings):
        sys.exit(1)


@dataclass(frozen=True, slots=True)
class _Named:
    """A sentence that shows a few names, and all of them for programs (`names` in the JSON)."""

    detail: str
    names: dict[str, tuple[str, ...]]


_Check = Callable[[Settings], str | _Named]


def _finding(name: str, check: _Check, settings: Settings) -> dict[str, Any]:
    try:
        told = check(settings)
    except SanadError as error:
        return {"name": name, "ok": False, "detail": str(error)}
    if isinstance(told, str):
        return {"name": name, "ok": True, "detail": told}
    return {"name": name, "ok": True, "detail": told.detail, "names": told.names}


def _program(_settings: Settings) -> str:
    return f"sanad {version('sanad')}, Python {platform.python_version()}, {platform.machine()}"


def _settings(settings: Settings) -> str:
    unknown = "".join(f"{name} is no setting and changes nothing, " for name in unknown_variables())
    return unknown + ", ".join(f"{name}={value}" for name, value in settings.model_dump().items())


def _corpus(settings: Settings) -> str:
    problems = check_corpus(settings.corpus)
    if problems:
        raise CorpusError(
            f"{settings.corpus} has {len(problems)} problems; `sanad corpus check` names them."
        )
    return f"{settings.corpus}: 0 problems"


def _models(settings: Settings) -> str:
    here = [s.entry.id for s in ModelStore(settings.models).status() if s.state == "present"]
    if not here:
        raise ModelMissingError(f"{settings.models} holds no model. Run `sanad models pull`.")
    return f"{settings.models}: {', '.join(here)}"


def _encoder(settings: Settings) -> str:
    """How the embedding model runs, and why not faster."""
    model = configured_model(settings)
    if not is_optimised(model):
        return f"sentence-transformers on {settings.embedding_device}, {model.folder}"
    made = read_settings(model.folder)
    why = f"; 32 bits because of {made.why}" if made.why else ""
    return (
        f"onnxruntime {made.precision}, cosine {made.least:.4f} at least with {made.against}, "
        f"{settings.embedding_threads} threads{why}"
    )


def _reranker(settings: Settings) -> str:
    reranker = open_configured_reranker(settings)
    return reranker.name if reranker else "none; SANAD_RERANK_MODEL names its folder"


def _proof(settings: Settings) -> str:
    support = open_support(settings)
    return support.name if settings.nli_model else "words; SANAD_NLI_MODEL names a model's folder"


def _index(settings: Settings) -> str:
    """Without the reranker, which has its own line."""
    with open_assistant(settings.model_copy(update={"rerank_model": None})) as sanad:
        manifest = sanad.generation.manifest
        composer = sanad.composer.model or sanad.composer.name
        fitted = Relevance.load(made_for(manifest.embedder)).embedder
        return (
            f"generation {current(settings.index)}, {manifest.documents} documents, "
            f"{manifest.passages} passages, composer {composer}, "
            f"relevance {'fitted' if fitted else 'by strength; `sanad eval fit` fits it'}"
        )


def _generations(settings: Settings) -> str:
    current(settings.index)
    found = history(settings.index)
    damaged = [one.name for one in found if one.state == "damaged"]
    if damaged:
        raise IndexDamagedError(
            f"{', '.join(damaged)} cannot serve any more; `sanad index list` says why, `sanad "
            "index prune` removes old ones."
        )
    outdated = sum(one.state == "outdated" for one in found)
    if outdated:
        return f"{len(found)}, {outdated} of older formats; `sanad index prune` removes old ones"
    return f"{len(found)}, all whole"


def _documents(settings: Settings) -> _Named:
    found = health.documents(settings.index)
    detail = (
        f"{found.count}, {len(found.undated)} without date{_first(found.undated)}, "
        f"{len(found.same_as)} near-duplicates of others{_first(found.same_as)}"
    )
    is_cut = max(len(found.undated), len(found.same_as)) > _SHOWN
    return _Named(
        f"{detail}; `sanad doctor --json` names all" if is_cut else detail,
        {"undated": found.undated, "same_as": found.same_as},
    )


def _vectors(settings: Settings) -> str:
    found = health.vectors(settings.index)
    return (
        f"{found.missing} missing in the cache; {found.unused.vectors} cached that no generation "
        f"uses ({megabytes(found.unused.bytes)}; `sanad index prune --vectors` removes them)"
    )


def _last_ingest(settings: Settings) -> str:
    run = read_last_run(settings.index)
    if run is None:
        return "no report; `sanad ingest` writes one"
    report = run.report
    if report.failures:
        files = tuple(dict.fromkeys(failure.file for failure in report.failures))
        raise ExtractError(
            f"of {run.finished}: failed {report.failed}; quarantined {report.quarantined}"
            f"{_first(files)}; `sanad ingest` says why"
        )
    return f"{run.finished}, no failure"


def _records(settings: Settings) -> str:
    with closing(open_database(settings)) as database:
        found = status(database)
        if not found.is_usable:
            database.check()
    rows = ", ".join(f"{count} {table}" for table, count in found.records.items() if count)
    return f"{found.place}: {found.state}{', ' if rows else ''}{rows}"


def _first(names: Sequence[str]) -> str:
    """The first few of many, in brackets."""
    more = ", …" if len(names) > _SHOWN else ""
    return f" ({', '.join(names[:_SHOWN])}{more})" if names else ""


_CHECKS: tuple[tuple[str, _Check], ...] = (
    ("program", _program),
    ("settings", _settings),
    ("corpus", _corpus),
    ("models", _models),
    ("encoder", _encoder),
    ("language model", check_model),
    ("questions", where_questions_go),
    ("reranker", _reranker),
    ("proof in evals", _proof),
    ("index", _index),
    ("generations", _generations),
    ("documents", _documents),
    ("vectors", _vectors),
    ("last ingest", _last_ingest),
    ("records", _records),
)


def _bench(settings: Settings) -> dict[str, str]:
    """Times in milliseconds, and each as a multiple of the bare work: encode + FAISS search."""
    started = perf_counter()
    with open_assistant(settings.model_copy(update={"llm": "none"})) as sanad:
        start = (perf_counter() - started) * 1000
        works = {"bare": _bare, "search": _search, "ask": _ask}
        times: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(_ROUNDS):
            for question in _QUESTIONS:
                for name, work in works.items():
                    times[name].append(_milliseconds(work, sanad, question))
    bare = statistics.median(times["bare"])
    rows = {name: _row(values, bare) for name, values in times.items()}
    return {**rows, "start": f"{start:.0f} ms once, imports apart = {start / bare:.0f} × bare"}


def _row(values: list[float], bare: float) -> str:
    ordered = sorted(values)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    median = statistics.median(ordered)
    return (
        f"median {median:.1f} ms, min {ordered[0]:.1f}, p95 {p95:.1f}, n {len(ordered)} "
        f"= {median / bare:.2f} × bare"
    )


def _milliseconds(
    work: Callable[[Assistant, str], object], sanad: Assistant, question: str
) -> float:
    started = perf_counter()
    work(sanad, question)
    return (perf_counter() - started) * 1000


def _bare(sanad: Assistant, question: str) -> object:
    return sanad.retriever.bare_search(question, k=10)


def _search(sanad: Assistant, question: str) -> object:
    return sanad.search(question, 10)


def _ask(sanad: Assistant, question: str) -> object:
    return sanad.ask(question)
