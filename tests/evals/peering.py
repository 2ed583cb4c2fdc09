"""Peers, runs and tasks for tests."""

from pathlib import Path

from evals.peers.bench import Conditions, Entry, Run
from evals.peers.install import Installed
from evals.peers.roster import Peer
from evals.peers.subjects.loop import Passage
from evals.peers.task import Asked, Task
from evals.spans import GoldSpan, Span
from index.embedding import LocatedModel

FRENCH, ARABIC = "le délai du drawback est de deux ans", "أجل الدروباك سنتان"
TASK = Task(
    documents=2,
    passages=(
        Passage("delai.fr:0-36", "delai.fr", FRENCH),
        Passage("delai.ar:0-18", "delai.ar", ARABIC),
        Passage("autre.fr:5-20", "autre.fr", "une autre chose"),
    ),
    questions=(
        Asked("q1", "quel délai pour le drawback", (GoldSpan((Span("delai.fr", 0, 36),)),), "a"),
        Asked("q2", "ما هو أجل الدروباك", (GoldSpan((Span("delai.ar", 0, 18),)),), "b"),
    ),
)


def peer(name: str, module: str = "tests.wordpeer") -> Peer:
    return Peer(name, module, ("pytest",), Path(f"{name}.txt"))


def conditions(folder: Path, patience: float = 120) -> Conditions:
    model = LocatedModel("words", folder, "0" * 64, "query: ", "passage: ")
    return Conditions(model, threads=1, patience=patience)


def run(name: str, number: int = 1, **figures: float) -> Run:
    """A run with figures of its own, everything else the same for all; finds all there is."""
    plain = {"load": 1.0, "ingest": 10.0, "p50": 20.0, "p95": 30.0, "resident": 4e8, "peak": 5e8}
    chosen = {**plain, **figures}
    return Run(
        peer=name,
        round=number,
        load=chosen["load"],
        ingest=chosen["ingest"],
        p50=chosen["p50"],
        p95=chosen["p95"],
        resident=int(chosen["resident"]),
        peak=int(chosen["peak"]),
        found={"q1": ("delai.fr:0-36",), "q2": ("delai.ar:0-18",)},
        versions={"pytest": "9"},
    )


def entry(name: str, *runs: Run, size: int = 1_000_000_000) -> Entry:
    return Entry(peer(name), Installed(Path("python"), size), runs, ())
