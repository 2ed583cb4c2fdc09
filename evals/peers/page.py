"""The peers as a Markdown page: one table, the best of each column in bold, whoever it is."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from evals.peers.bench import WARM_UP, Conditions, Entry
from evals.peers.cell import FIGURES, TITLES, Cell, cells
from evals.peers.roster import SANAD
from evals.peers.task import K, Task
from evals.runfolder import Environment
from evals.table import markdown

Row = Mapping[str, Cell]

_INTRODUCTION = """# Sanad among its peers

Written by `make bench-peers`; what is edited here is lost.

All get the same passages, questions and weights. Each has an environment of its own, in each round
a process of its own, and answers a text with its {k} best passages; who comes first changes from
round to round. A figure is the median of {rounds} rounds, then the least and the greatest. Quality
is a mean over the questions with its 95 % interval, questions about one sheet drawn together. The
best of a column is bold, whoever it is.

- `load`: from the first import until the model can embed. `ingest`: passages a second, from text
  until they can be found. `p50`, `p95`: one query, text in and passages out, after {warm_up} that
  do not count. `resident` and `peak`: memory after the last query, and at most, ingestion included.
  `install`: the packages of the environment, and Sanad's own code for Sanad.
- `sanad` reads its corpus itself and embeds every statement, and every question filed with one:
  what it ships with, and more work for a passage than anyone else does. `sanad-passages` gets what
  the others get, and makes one vector of a passage as they do.
- Sanad runs the weights as it ships them, in ONNX Runtime and in 8 bits where their vectors agree
  with the original's; the others run them in PyTorch, in 32 bits, as they do unless told otherwise.
- Sanad's environment is that of the whole product: server, language model, readers of files. The
  others hold what finding passages takes.
- `bare` is sentence-transformers and a flat FAISS index with nothing around them.
"""
_COMMANDS = """    make bench-peers
    make bench-peers PEERS="langchain bare" PEERS_ROUNDS=1 PEERS_SHEETS=20   # a part of it

What each of them installs is pinned in `evals/peers/requirements/`.
"""


def page(
    entries: Sequence[Entry],
    task: Task,
    conditions: Conditions,
    environment: Environment,
    commit: str | None,
) -> str:
    """The table, who is ahead of Sanad in what, ratios, failures, and where it was measured."""
    rows = {entry.peer.name: cells(entry, task) for entry in entries}
    rounds = max((len(entry.runs) for entry in entries), default=0)
    parts = [
        _INTRODUCTION.format(k=K, rounds=rounds, warm_up=WARM_UP),
        _size(task),
        table(rows),
        *_failures(entries),
        "### Who is ahead of Sanad",
        "\n".join(ahead(rows)),
        "### Sanad as a multiple of the others",
        "The median of the ratios of each round; above 1 is more seconds, bytes or passages.",
        _ratios(entries),
        "## Where it was measured",
        _where(entries, conditions, environment, commit),
        "## Again",
        _COMMANDS,
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def table(rows: Mapping[str, Row]) -> str:
    """One row a subject; a dash stands for what was not measured."""
    return markdown(
        ["system", *TITLES],
        [[name, *(_shown(title, row, rows) for title in TITLES)] for name, row in rows.items()],
    )


def ahead(rows: Mapping[str, Row]) -> Iterator[str]:
    """A line for each other subject that has a better figure than Sanad, with both figures."""
    own, found = rows[SANAD], False
    if len(own) < len(TITLES):
        yield "Sanad was not measured in full: see what failed."
        return
    for name, row in rows.items():
        better = [
            f"{title} ({row[title].short} against {own[title].short})"
            for title in TITLES
            if title in row and row[title].beats(own[title])
        ]
        if better:
            found = True
            yield f"- {name}: {', '.join(better)}"
    if not found:
        yield "Nobody, in nothing."


def _shown(title: str, row: Row, rows: Mapping[str, Row]) -> str:
    cell = row.get(title)
    if cell is None:
        return "-"
    rivals = [other[title] for other in rows.values() if title in other]
    best = not any(rival.beats(cell) for rival in rivals)
    value = f"**{cell.short}**" if best else cell.short
    return f"{value} {cell.spread}".strip()


def _ratios(entries: Sequence[Entry]) -> str:
    """Round by round, for what slows the machine in one round slows both."""
    own = {run.round: run for entry in entries if entry.peer.name == SANAD for run in entry.runs}
    rows = []
    for entry in entries:
        pairs = [(own[run.round], run) for run in entry.runs if run.round in own]
        if pairs and entry.peer.name != SANAD:
            medians = [
                median(figure.of(mine) / figure.of(other) for mine, other in pairs)
                for figure in FIGURES
            ]
            rows.append([entry.peer.name, *(f"{value:.2f}" for value in medians)])
    return markdown(["against", *(figure.title for figure in FIGURES)], rows)


def _size(task: Task) -> str:
    passages, questions = len(task.passages), len(task.questions)
    return f"## {task.documents} documents, {passages} passages, {questions} questions"


def _failures(entries: Sequence[Entry]) -> Iterator[str]:
    failures = [failure for entry in entries for failure in entry.failures]
    if failures:
        yield "### What failed"
        yield "".join(f"- {one.peer}, {one.when}: {one.reason}\n" for one in failures)


def _where(
    entries: Sequence[Entry],
    conditions: Conditions,
    environment: Environment,
    commit: str | None,
) -> str:
    model = conditions.model
    made = {
        entry.peer.name: ", ".join(f"{key} {value}" for key, value in run.versions.items())
        for entry in entries
        for run in entry.runs[:1]
    }
    rows = {
        "machine": environment.machine,
        "Python": environment.python,
        "code": commit or "-",
        "conditions": f"{conditions.threads} processors, {conditions.batch} texts a batch",
        "weights": f"{model.name}, sha256 {model.fingerprint[:16]}",
        **made,
    }
    return "".join(f"- {name}: {value}\n" for name, value in rows.items())
