"""Metrics: what is counted and measured, as Prometheus reads it.

The values of a label are those of a fixed set, or fixed in number: a caller adds no series.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Lock, Thread
from time import sleep
from typing import get_args

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from api.tally import FOLDER
from api.watch import OTHER, Exchange, Observer
from assistant.answer import Answer
from assistant.question import Language

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_EVERY = 5.0
"""Seconds between two looks of a worker at its own levels; another one may be asked for them."""

_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_STEP_SECONDS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 15, 30)
_LANGUAGES: frozenset[str] = frozenset(get_args(Language))

Level = Callable[[], float]
State = Callable[[], float | Mapping[str, str] | None]


class Metrics(Observer):
    """Counts requests and answers, and looks at levels such as who waits; for one application.

    Several workers write into a folder that they share, and whichever is asked tells the sum. What
    cannot be summed, such as the generation, it tells of itself.
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._folder = os.environ.get(FOLDER)
        self._registry = registry = CollectorRegistry()
        self._own = _Own()
        self._levels: list[tuple[Gauge, Level]] = []
        self._totals: list[_Total] = []
        self._steps, self._codes, self._reasons = _Few(32), _Few(96), _Few(16)

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"sanad_{name}", about, labels, registry=registry)

        self._requests = counter("http_requests", "Requests.", "route", "method", "status")
        self._problems = counter("problems", "Errors that were a response, by code.", "code")
        self._answers = counter(
            "answers", "Answers.", "status", "reason", "language", "composer", "cached"
        )
        self._tokens = counter("model_tokens", "Tokens that the language model counted.", "kind")
        self._drafts = counter("drafts", "Drafts by what verification objected to.", "objection")
        self._seconds = Histogram(
            "sanad_http_request_seconds",
            "Time until the whole response was sent.",
            ["route"],
            buckets=_REQUEST_SECONDS,
            registry=registry,
        )
        self._spent = Histogram(
            "sanad_step_seconds",
            "Time that a step of an answer took.",
            ["step"],
            buckets=_STEP_SECONDS,
            registry=registry,
        )
        self.level("sanad_resident_bytes", "Memory held, shared pages included.", _resident)
        if self._folder:
            Thread(target=self._keep_looking, name="metrics", daemon=True).start()

    def level(self, name: str, about: str, read: Level) -> None:
        """Tell a level that goes up and down; of several workers, the sum."""
        gauge = Gauge(name, about, registry=self._registry, multiprocess_mode="livesum")
        self._levels.append((gauge, read))

    def total(self, name: str, about: str, read: Level) -> None:
        """Tell a number that somebody else counts, and that only grows."""
        self._totals.append(_Total(Counter(name, about, registry=self._registry), read))

    def state(self, name: str, about: str, read: State) -> None:
        """Tell a state of the process that is asked, when it is asked: a number, or labels of what
        is so; None is left out.
        """
        self._own.add(name, about, read)

    def ended(self, exchange: Exchange) -> None:
        """Count a request, and its problem if it ended in one."""
        self._requests.labels(exchange.route, exchange.method, str(exchange.status)).inc()
        self._seconds.labels(exchange.route).observe(exchange.seconds)
        if exchange.problem:
            self._problems.labels(self._codes.admit(exchange.problem)).inc()

    def answered(self, exchange: Exchange, answer: Answer) -> None:
        """Count an answer; its steps, tokens and drafts if it was worked on."""
        language = answer.language if answer.language in _LANGUAGES else OTHER
        cached = "cached" in answer.timings_ms
        self._answers.labels(
            answer.status,
            answer.reason or "",
            language,
            answer.engine.composer,
            "yes" if cached else "no",
        ).inc()
        for step, spent in answer.timings_ms.items():
            if not cached and step != "total":
                self._spent.labels(self._steps.admit(step)).observe(spent / 1000)
        if exchange.meter and not cached:
            self._tokens.labels("prompt").inc(exchange.meter.prompt_tokens or 0)
            self._tokens.labels("output").inc(exchange.meter.output_tokens or 0)
            for judged in exchange.meter.judged:
                self._drafts.labels(self._reasons.admit(judged.reason)).inc()

    def look(self) -> None:
        """Take the levels of this process as they are."""
        for gauge, read in self._levels:
            gauge.set(read())
        for total in self._totals:
            total.catch_up()

    def exposition(self) -> bytes:
        """All of it in Prometheus's text format."""
        self.look()
        counted: Collector = self._registry
        if self._folder:
            _forget_the_dead(Path(self._folder))
            counted = CollectorRegistry()
            MultiProcessCollector(counted, self._folder)  # type: ignore[no-untyped-call]
        return generate_latest(counted) + generate_latest(self._own)

    def _keep_looking(self) -> None:
        while True:
            sleep(_EVERY)
            self.look()


class _Few:
    """Admits the first `limit` values it sees; further ones are all `other`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._seen: set[str] = set()

    def admit(self, value: str) -> str:
        if value not in self._seen and len(self._seen) >= self._limit:
            return OTHER
        self._seen.add(value)
        return value


class _Total:
    """A counter that follows a number which is counted elsewhere."""

    def __init__(self, counter: Counter, read: Level) -> None:
        self._counter = counter
        self._read = read
        self._told = 0.0
        self._lock = Lock()

    def catch_up(self) -> None:
        with self._lock:
            now = self._read()
            self._counter.inc(max(0.0, now - self._told))
            self._told = now


class _Own(Collector):
    """The states of this process, read when they are asked for."""

    def __init__(self) -> None:
        self._states: list[tuple[str, str, State]] = []

    def add(self, name: str, about: str, read: State) -> None:
        self._states.append((name, about, read))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, about, read in self._states:
            value = read()
            if isinstance(value, Mapping):
                family = GaugeMetricFamily(name, about, labels=list(value))
                family.add_metric(list(value.values()), 1)
                yield family
            elif value is not None:
                yield GaugeMetricFamily(name, about, value=value)


def _resident() -> float:
    """Bytes of this process in memory, see proc_pid_statm(5)."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _forget_the_dead(folder: Path) -> None:
    """What a worker held is gone with it; what it counted stays counted."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists():
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
