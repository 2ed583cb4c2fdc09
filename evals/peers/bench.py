"""The rounds: every subject once in each, one process at a time, another one first each time.

So what else the machine does, and how warm it is, meets all of them alike.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.metrics import percentile
from evals.peers.install import Installed, PeerFailedError, install
from evals.peers.process import PATIENCE, Found, Ingested, Loaded, start
from evals.peers.roster import Peer
from evals.peers.subjects.loop import Job
from evals.peers.task import K, Task
from index.embedding import LocatedModel

WARM_UP = 5
Advance = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is the same for all: weights with their prefixes, processors, and texts a batch."""

    model: LocatedModel
    threads: int
    batch: int = 32
    patience: float = PATIENCE

    def job(self, scratch: str) -> Job:
        """What a subject is told."""
        return Job(
            model=str(self.model.folder.resolve()),
            query_prefix=self.model.query_prefix,
            passage_prefix=self.model.passage_prefix,
            batch=self.batch,
            scratch=scratch,
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One subject in one round.

    `load` is in seconds, `ingest` in passages a second, `p50` and `p95` of a query are in
    milliseconds, `resident` and `peak` in bytes after the last query. `found` are the ids of the
    passages for each question.
    """

    peer: str
    round: int
    load: float
    ingest: float
    p50: float
    p95: float
    resident: int
    peak: int
    found: Mapping[str, tuple[str, ...]]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Failure:
    """A subject that could not be installed, or did not finish a round, and why."""

    peer: str
    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A subject with all that came of it."""

    peer: Peer
    installed: Installed | None
    runs: tuple[Run, ...]
    failures: tuple[Failure, ...]


class Bench:
    """Subjects, their environments under `root`, and what came of them so far.

    Whoever fails is kept with the reason, and the others go on. `advance(what, done, total)` is
    called before each installation and each run.
    """

    def __init__(
        self,
        peers: Sequence[Peer],
        task: Task,
        conditions: Conditions,
        *,
        root: Path,
        advance: Advance,
    ) -> None:
        self._peers = peers
        self._task = task
        self._conditions = conditions
        self._root = root
        self._advance = advance
        self._passages = root / "passages.jsonl"
        self._installed: dict[str, Installed] = {}
        self._runs: list[Run] = []
        self._failures: list[Failure] = []

    def rounds(self, count: int) -> Iterator[tuple[Entry, ...]]:
        """Install what is missing, then measure; after each round, all there is."""
        for place, peer in enumerate(self._peers):
            self._advance(f"installing {peer.name}", place, len(self._peers))
            with self._kept(peer, "installation"):
                self._installed[peer.name] = install(peer, self._root)
        self._task.write(self._passages)
        present = [peer for peer in self._peers if peer.name in self._installed]
        for number in range(1, count + 1):
            for place, peer in enumerate(turned(present, number - 1)):
                done = (number - 1) * len(present) + place
                self._advance(f"measuring {peer.name}", done, count * len(present))
                with self._kept(peer, f"round {number}"):
                    self._runs.append(self.measure(peer, number))
            yield tuple(self._entry(peer) for peer in self._peers)

    def measure(self, peer: Peer, number: int) -> Run:
        """Load, ingest, warm up, and ask every question once; raises PeerFailedError."""
        conditions, questions = self._conditions, self._task.questions
        with (
            TemporaryDirectory(prefix="sanad-peer-") as scratch,
            start(
                self._installed[peer.name].python,
                peer.module,
                self._root / f"{peer.name}.log",
                threads=conditions.threads,
                patience=conditions.patience,
            ) as process,
        ):
            job = asdict(conditions.job(scratch))
            loaded = process.ask(Loaded, {"do": "load", "job": job, "packages": peer.packages})
            ingested = process.ask(Ingested, {"do": "ingest", "file": str(self._passages)})
            asked = [
                process.ask(Found, {"do": "query", "text": question.text, "k": K})
                for question in (*questions[:WARM_UP], *questions)
            ][-len(questions) :]
        times = [one.seconds * 1000 for one in asked]
        return Run(
            peer=peer.name,
            round=number,
            load=loaded.seconds,
            ingest=ingested.passages / ingested.seconds,
            p50=percentile(times, 50),
            p95=percentile(times, 95),
            resident=asked[-1].resident,
            peak=asked[-1].peak,
            found={one.id: found.found for one, found in zip(questions, asked, strict=True)},
            versions=loaded.versions,
        )

    @contextmanager
    def _kept(self, peer: Peer, when: str) -> Iterator[None]:
        try:
            yield
        except PeerFailedError as error:
            self._failures.append(Failure(peer.name, when, str(error)))

    def _entry(self, peer: Peer) -> Entry:
        return Entry(
            peer=peer,
            installed=self._installed.get(peer.name),
            runs=tuple(run for run in self._runs if run.peer == peer.name),
            failures=tuple(one for one in self._failures if one.peer == peer.name),
        )


def turned(peers: Sequence[Peer], by: int) -> list[Peer]:
    """The peers in their order, starting so many places later."""
    first = by % len(peers) if peers else 0
    return [*peers[first:], *peers[:first]]
