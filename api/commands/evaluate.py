"""`sanad eval`: how good are the answers, did this change make them worse, and for whom."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from api.client import open_remote
from api.commands.adapt import adapt
from api.commands.askspeed import ask_speed
from api.commands.attacks import attacks
from api.commands.composers import composers
from api.commands.crowd import crowd
from api.commands.fit import GOLD, fit
from api.commands.growth import growth
from api.commands.ingestspeed import ingest_speed
from api.commands.kills import kills
from api.commands.labels import app as labels_app
from api.commands.loadspeed import load_speed
from api.commands.output import JsonOption, Report, console, print_json, progress
from api.commands.pagespeed import page_speed
from api.commands.peers import peers
from api.commands.qa import qa
from api.commands.redteam import REDTEAM, redteam
from api.commands.repair import repair
from api.commands.report import report as write_report
from api.commands.retrieval import retrieval
from api.commands.startspeed import start_speed
from api.commands.streamspeed import stream_speed
from api.commands.tables import tables
from api.commands.transcripts import transcripts
from assistant.settings import Settings, load_settings
from assistant.state import today
from evals import gate as gates
from evals import goldcheck, table
from evals.baselines import SANAD, SYSTEMS, Subject, open_subject
from evals.citations import WordSupport
from evals.compare import Comparison, compare
from evals.gold import Gold, read_gold
from evals.redteam import read_redteam, run_redteam
from evals.run import InFull, in_order, run, run_into
from evals.runfolder import RunFolder, write_whole
from evals.sample import sample
from evals.score import Library, Scorer
from evals.summary import HEADLINE
from evals.support import open_support
from evals.system import Answering
from ingest.corpus import load_corpus
from ingest.errors import InputError
from ingest.problem import listing

BASELINE = Path("evals/baseline.json")

app = typer.Typer(help="Measure: answers over a gold file, retrieval.", no_args_is_help=True)
gold_app = typer.Typer(help="The gold questions themselves.", no_args_is_help=True)
app.add_typer(gold_app, name="gold")
app.add_typer(labels_app, name="labels")
app.command("qa")(qa)
app.command("redteam")(redteam)
app.command("attacks")(attacks)
app.command("repair")(repair)
app.command("retrieval")(retrieval)
app.command("adapt")(adapt)
app.command("fit")(fit)
app.command("tables")(tables)
app.command("composers")(composers)
app.command("transcripts")(transcripts)
app.command("report")(write_report)
app.command("ingest")(ingest_speed)
app.command("kills")(kills)
app.command("ask")(ask_speed)
app.command("growth")(growth)
app.command("load")(load_speed)
app.command("crowd")(crowd)
app.command("start")(start_speed)
app.command("stream")(stream_speed)
app.command("page")(page_speed)
app.command("peers")(peers)

Jobs = Annotated[int, typer.Option(min=1, max=64, help="Questions asked at a time.")]


@app.command("run")
def run_gold(
    gold: Annotated[Path, typer.Argument(help="Questions with their gold, one JSON a line.")] = (
        GOLD / "dev.jsonl"
    ),
    *,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run; an interrupted one goes on there.")
    ] = None,
    system: Annotated[str, typer.Option(help=f"Who is asked: {', '.join(SYSTEMS)}.")] = SANAD,
    url: Annotated[
        str | None, typer.Option(help="Ask the Sanad that serves at this address instead.")
    ] = None,
    sampled: Annotated[
        int | None,
        typer.Option("--sample", min=1, help="Only N questions, languages in proportion."),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that questions are about; today."),
    ] = None,
    standalone: Annotated[
        bool,
        typer.Option("--standalone", help="Ask what follow-ups mean, as the gold words it."),
    ] = False,
    jobs: Jobs = 1,
    as_json: JsonOption = False,
) -> None:
    """Ask every question of a gold file and measure the answers; errors count as wrong."""
    questions = read_gold(gold)
    if sampled:
        questions = sample(questions, sampled)
    name = f"{'remote' if url else system}{'-standalone' if standalone else ''}-{gold.stem}"
    folder = RunFolder(out or Path("var/evals") / name)
    settings = load_settings()
    with progress() as report, _subject(system, url, settings, report) as opened:
        subject = _in_full(opened, questions) if standalone else opened
        goldcheck.require_fit(questions, subject.library)
        support = open_support(settings)
        summary = run_into(
            folder,
            subject.config(questions, support, day.date() if day else today()),
            questions.items,
            subject.system,
            Scorer(subject.library, support),
            jobs=jobs,
            advance=lambda done, total: report("asking", done, total),
        )
    if as_json:
        print_json(summary)
    else:
        shown = table.render(summary, folder.results(), table.percentiles(folder.timings()))
        console().print(f"{shown}\n{folder.path}", markup=False)


@app.command("compare")
def compare_runs(
    before: Annotated[Path, typer.Argument(help="Folder of the first run.")],
    after: Annotated[Path, typer.Argument(help="Folder of the second run.")],
    metric: Annotated[
        list[str] | None, typer.Option(help="A measure to compare, as summary.json names it.")
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Put two runs over the same questions side by side: deltas, their certainty, what flipped."""
    first, second = RunFolder(before), RunFolder(after)
    differing = first.config().differing(second.config())
    compared = compare(first.results(), second.results(), metric or HEADLINE)
    if as_json:
        print_json({"differing": differing, **compared.model_dump()})
    else:
        shown = f"differing in: {', '.join(differing) or 'nothing'}\n\n{_comparison(compared)}"
        console().print(shown, markup=False)


@app.command("gate")
def gate(
    gold: Annotated[Path, typer.Argument(help="Questions with their gold.")] = GOLD / "dev.jsonl",
    baseline: Annotated[Path, typer.Option(help="Scores of the last accepted build.")] = BASELINE,
    attacks_in: Annotated[
        Path, typer.Option("--redteam", help="Folder of the attacks; their smoke set is tried.")
    ] = REDTEAM,
    jobs: Jobs = 2,
    *,
    accept: Annotated[bool, typer.Option("--accept", help="Make this build the baseline.")] = False,
) -> None:
    """Fail when a hard rule is broken or a measure fell significantly; extractive, offline."""
    questions = read_gold(gold)
    team = read_redteam(attacks_in, smoke=True)
    known = None if accept else gates.read_baseline(baseline)
    if known:
        gates.require_same_gold(questions, known)
    day = known.day if known else today()
    settings = load_settings(llm="none", rerank_model=None)
    with open_subject("sanad", settings) as subject, progress() as report:
        goldcheck.require_fit(questions, subject.library)
        scorer = Scorer(subject.library, WordSupport())
        rows = run(
            questions.items,
            subject.system,
            scorer,
            day,
            jobs=jobs,
            advance=lambda done, total: report("asking", done, total),
        )
        results = in_order(questions.items, [result for result, _ in rows])
        tried = run_redteam(
            team,
            Answering(subject.system),
            advance=lambda done, total: report("attacking", done, total),
        )
    failed = list(gates.breaches(questions, results, known) if known else gates.broken(results))
    failed += gates.injections(tried)
    if failed:
        raise gates.GateError("The gate is closed:\n" + "\n".join(map(str, failed)))
    if accept:
        gates.write_baseline(baseline, gates.accept(questions, day, results))
    console().print(
        f"The gate is open: {len(results)} questions, {len(tried.attempts)} probes.", markup=False
    )


@gold_app.command("check")
def check_gold(
    files: Annotated[list[Path] | None, typer.Argument(help="Gold files; dev and test.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check gold files against the corpus, and tell what they are made of."""
    golds = [read_gold(path) for path in files or (GOLD / "dev.jsonl", GOLD / "test.jsonl")]
    library = _corpus_library()
    problems = goldcheck.check(golds, library)
    made = {gold.name: goldcheck.composition(gold.items, library) for gold in golds}
    if as_json:
        print_json({"problems": problems, "composition": made})
    else:
        console().print(_compositions(made), markup=False)
    if problems:
        raise gates.GateError(f"{len(problems)} problems in the gold:\n{listing(problems)}")


@gold_app.command("locate")
def locate_gold(
    file: Annotated[Path, typer.Argument(help="Gold file to write anew.")],
) -> None:
    """Write the offsets that the evidence has now, after sheets were edited and read again."""
    gold, library = read_gold(file), _corpus_library()
    items = [goldcheck.relocate(item, library) for item in gold.items]
    lines = "".join(f"{item.model_dump_json(exclude_defaults=True)}\n" for item in items)
    write_whole(file, lines)
    moved = sum(new != old for new, old in zip(items, gold.items, strict=True))
    console().print(f"{moved} of {len(items)} questions have evidence that moved.", markup=False)


def _subject(
    system: str, url: str | None, settings: Settings, report: Report
) -> AbstractContextManager[Subject]:
    if url is None:
        return open_subject(system, settings, partial(report, "embedding"))
    if system != SANAD:
        raise InputError(f"--url asks a Sanad; {system!r} runs here only, so leave out one of both")
    return open_remote(url, settings)


def _in_full(subject: Subject, gold: Gold) -> Subject:
    name, system = f"{subject.name}-standalone", InFull(subject.system, gold.items)
    return replace(subject, name=name, system=system)


def _corpus_library() -> Library:
    return Library.of(load_corpus(load_settings().corpus).documents)


def _comparison(compared: Comparison) -> str:
    header = [
        "slice", "measure", "n", "before", "after", "delta", "95 %", "p", "Holm", "detectable", "",
    ]  # fmt: skip
    rows = [
        [
            delta.slice, delta.metric, str(delta.n), f"{delta.before:.3f}", f"{delta.after:.3f}",
            f"{delta.delta:+.3f}", f"[{delta.low:+.3f}, {delta.high:+.3f}]", f"{delta.p:.4f}",
            f"{delta.adjusted:.4f}", f"{delta.detectable:.3f}", delta.turn or "",
        ]
        for delta in compared.deltas
    ]  # fmt: skip
    lines = [table.aligned([header, *rows])]
    for name, flips in (("now right", compared.gained), ("no longer right", compared.lost)):
        lines += ["", f"{len(flips)} {name}"]
        lines += [
            f"  {flip.id}  {flip.before:+.1f} {flip.after:+.1f}  {flip.question}" for flip in flips
        ]
    return "\n".join(lines)


def _compositions(made: dict[str, goldcheck.Composition]) -> str:
    lines = []
    for name, part in made.items():
        lines.append(f"{name}: {part.n} questions, {part.n - part.answerable} not answerable")
        for what, counts in (
            ("languages", part.languages), ("kinds", part.kinds), ("tags", part.tags),
        ):  # fmt: skip
            shares = ", ".join(f"{key} {n} ({n / part.n:.0%})" for key, n in counts.items())
            lines.append(f"  {what}: {shares}")
        deciles = " ".join(f"{value:.2f}" for value in part.overlaps)
        lines.append(f"  words shared with the evidence, deciles: {deciles}")
    return "\n".join(lines)
