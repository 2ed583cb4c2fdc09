"""The page about what a crowd met: `docs/load.md`."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from evals.crowdrun import Sample, Summary, Times
from evals.runfolder import Environment
from evals.table import markdown

_PACKAGES = ("fastapi", "locust", "psycopg", "SQLAlchemy", "uvicorn")

_HEAD = """# {users} people at once

Written by `make bench-crowd`; what is edited here is lost.

A real `sanad serve --workers {workers}` over the index of the corpus, without a language model and
with its cache of answers, asked over loopback by {users} people whom locust plays, for {seconds}
seconds. Each asks one of {questions} questions that are filed with the corpus, thinks {think},
and asks the next; some questions are asked oftener than others, and one in five as a stream. After
one answer in ten they send feedback, after one in twenty a hand-off. Who is told to come back later
(429, or 503 where records cannot be kept) does so when told. Seed {seed}. Server, PostgreSQL and
locust share one machine.
"""

_LEGEND = """- An answer is *right* when it says what the same assistant says to the same
  question in a process of its own, with the same citations. *Lost* is a question without a right
  answer: a wrong one, a stream without its end, an error, or twenty times 429.
- *Acknowledged* feedback and hand-offs got 201. After the service had ended, the id of each was
  looked up in the database, and that of each answer in the audit log.
- Times are until the last byte, as whoever asked saw them. `fresh` answers were worked on, the
  others were remembered.
"""

_MEMORY = """All processes of the service. `own` is what belongs to no file (anonymous pages): a
leak would be there. The rest of PSS is files of the index, the model and the libraries, which the
machine may drop. Growth is the slope of `own` over the second half of the run. At first each
thread that answers gets a heap of its own; what fills after that has a bound in each worker:
answers (512), forms of words, documents read."""


def page(
    runs: Sequence[Summary],
    where: Environment,
    machine: str,
    *,
    day: str,
    seed: int,
    questions: int,
    think: tuple[float, float],
    notes: Sequence[str],
) -> str:
    """The page: how it was measured, what was met, memory, and where."""
    first = runs[0]
    low, high = think
    head = _HEAD.format(
        users=first.users,
        workers=first.workers,
        seconds=f"{first.seconds:.0f}",
        questions=questions,
        think=f"{low:g} to {high:g} seconds",
        seed=seed,
    )
    parts = [
        head,
        markdown(["", *(_title(run) for run in runs)], _rows(runs)),
        _LEGEND,
        "## Memory",
        _MEMORY,
        *(_memory(run) for run in runs),
        "## Where it was measured",
        _where(runs, where, machine, day),
        *(("".join(f"- {note}\n" for note in notes),) if notes else ()),
    ]
    return "\n".join(f"{part.strip(chr(10))}\n" for part in parts)


def _title(run: Summary) -> str:
    if not run.outages:
        return run.database
    return f"{run.database}, stopped {len(run.outages)} times"


def _rows(runs: Sequence[Summary]) -> list[list[str]]:
    rows: dict[str, Callable[[Summary], str]] = {
        "questions": lambda run: f"{run.questions:,}",
        "right answers": lambda run: f"{run.answered:,}",
        "**answers lost**": lambda run: f"**{run.lost}**",
        "· wrong answers": lambda run: _outcome(run, "wrong"),
        "· cut streams": lambda run: _outcome(run, "cut"),
        "· HTTP 500 and above, or no response": lambda run: _outcome(run, "failed"),
        "· gave up": lambda run: _outcome(run, "given_up"),
        "put off when time was up": lambda run: str(run.unfinished),
        "sent away with 429, came back": lambda run: _outcome(run, "shed"),
        "answers a second, median of the minutes (least, most)": _rate,
        "p50 / p95 / p99 / most, ms": lambda run: _times(run.times),
        "· fresh": lambda run: _times(run.fresh),
        "· streams": lambda run: _times(run.streams),
        "· while the database was away": lambda run: _times(run.away),
        "remembered answers": lambda run: f"{run.cached:.0%}",
        "languages": lambda run: _counts(run.languages),
        "database away, s": _outages,
        "feedback acknowledged": lambda run: str(run.acknowledged["feedback"]),
        "**of it lost**": lambda run: f"**{run.missing['feedback']}**",
        "· refused while the database was away, sent again": lambda run: str(
            run.refused["feedback"]
        ),
        "hand-offs acknowledged": lambda run: str(run.acknowledged["handoff"]),
        "**of them lost**": lambda run: f"**{run.missing['handoff']}**",
        "· refused while the database was away, asked again": lambda run: str(
            run.refused["handoff"]
        ),
        "**answers missing in the audit log**": lambda run: f"**{run.missing['answer']}**",
        "· entries (written twice)": lambda run: f"{run.entries:,} ({run.twice})",
        "· records that the service gave up": lambda run: str(run.dropped),
        "errors of any kind": lambda run: _counts(run.failures),
    }
    return [[name, *(read(run) for run in runs)] for name, read in rows.items()]


def _outcome(run: Summary, name: str) -> str:
    return str(run.outcomes.get(name, 0))


def _rate(run: Summary) -> str:
    return f"{median(run.rates):.1f} ({min(run.rates):.1f}, {max(run.rates):.1f})"


def _times(times: Times) -> str:
    if not times.n:
        return "-"
    return f"{times.p50:.0f} / {times.p95:.0f} / {times.p99:.0f} / {times.most:.0f}, n {times.n:,}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.items()) or "0"


def _outages(run: Summary) -> str:
    spent = [f"{one.ended - one.began:.1f} ({one.how})" for one in run.outages]
    return ", ".join(spent) or "0"


def _memory(run: Summary) -> str:
    rows = [[name, *_sizes(sample)] for name, sample in run.memory.items()]
    table = markdown([_title(run), "RSS, MB", "PSS, MB", "own, MB"], rows)
    return f"{table}\nGrowth: {run.growth:+.2f} MB a minute."


def _sizes(sample: Sample) -> list[str]:
    return [f"{sample.resident:.0f}", f"{sample.proportional:.0f}", f"{sample.own:.1f}"]


def _where(runs: Sequence[Summary], where: Environment, machine: str, day: str) -> str:
    packages = [f"{name} {where.packages[name]}" for name in _PACKAGES if name in where.packages]
    loads = "; ".join(f"{run.loads[0]:.1f} and {run.loads[1]:.1f}" for run in runs)
    rows = {
        "day": day,
        "machine": f"{machine}; {where.machine}",
        "Python": f"{where.python}; {', '.join(packages)}",
        "load average of a minute, before and after each run": loads,
    }
    return "".join(f"- {name}: {value}\n" for name, value in rows.items())
