"""How many people at once a serving Sanad can answer, against what its bare encoder could do."""

import asyncio
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter

import httpx2

from assistant.question import Question
from evals.metrics import percentile
from index.embedding import Embedder

ASK = "/v1/ask"
TIMEOUT = 60.0
"""Seconds after which an answer counts as an error."""
KEPT = 2.0
"""Seconds that an unused connection is kept: less than servers do, who would hang up in between."""


@dataclass(frozen=True, slots=True)
class Load:
    """What became of the questions of one round.

    `times` are the milliseconds that answers took, ascending, as those who asked saw it; `shed`
    counts who was sent away with 429, `errors` everything else that is no answer.
    """

    users: int
    seconds: float
    times: tuple[float, ...]
    shed: int
    errors: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    @property
    def median(self) -> float:
        """The middle one of the times, 0 without any."""
        return statistics.median(self.times) if self.times else 0.0

    @property
    def p95(self) -> float:
        """What 95 of 100 answers stay under, 0 without any."""
        return percentile(self.times, 95)


@dataclass(frozen=True, slots=True)
class Round:
    """A load, and the texts a second that the bare encoder did just before: one by one, batched."""

    load: Load
    one_by_one: float
    batched: float


def measure_round(
    url: str, embedder: Embedder, questions: Sequence[Question], users: int, seconds: float
) -> Round:
    """The encoder alone, then the service alone: each has the machine for `seconds` seconds.

    The encoder has it in this process, where nothing else runs, and is given one text at a time,
    then as many as there are users: the most that anything built on it could reach.
    """
    texts = [question.question for question in questions]
    return Round(
        one_by_one=encoding_rate(embedder, texts, 1, seconds / 2),
        batched=encoding_rate(embedder, texts, users, seconds / 2),
        load=asyncio.run(besiege(url, questions, users, seconds)),
    )


def encoding_rate(embedder: Embedder, texts: Sequence[str], at_once: int, seconds: float) -> float:
    """Texts a second that are encoded, so many in each call."""
    source, done = cycle(texts), 0
    started = perf_counter()
    while perf_counter() - started < seconds:
        embedder.embed_queries([next(source) for _ in range(at_once)])
        done += at_once
    return done / (perf_counter() - started)


async def besiege(url: str, questions: Sequence[Question], users: int, seconds: float) -> Load:
    """Have `users` ask for `seconds` seconds, each the next question when it has its answer.

    Whoever is sent away comes back when told to. What was begun in time is waited for and counts.
    """
    limits = httpx2.Limits(max_connections=users, keepalive_expiry=KEPT)
    async with httpx2.AsyncClient(base_url=url, timeout=TIMEOUT, limits=limits) as client:
        crowd = _Crowd(client, cycle(question.model_dump_json() for question in questions), seconds)
        await asyncio.gather(*(crowd.ask() for _ in range(users)))
        return Load(
            users=users,
            seconds=perf_counter() - crowd.began,
            times=tuple(sorted(crowd.times)),
            shed=crowd.shed,
            errors=crowd.errors,
        )


class _Crowd:
    """People who ask the same service, and what they met."""

    def __init__(self, client: httpx2.AsyncClient, bodies: Iterator[str], seconds: float) -> None:
        self._client = client
        self._bodies = bodies
        self.began = perf_counter()
        self._end = self.began + seconds
        self.times: list[float] = []
        self.shed = self.errors = 0

    async def ask(self) -> None:
        """What one of them does."""
        while perf_counter() < self._end:
            wait = await self._once()
            await asyncio.sleep(max(0.0, min(wait, self._end - perf_counter())))

    async def _once(self) -> float:
        """Ask one question; how many seconds to stay away then."""
        started = perf_counter()
        headers = {"Content-Type": "application/json"}
        try:
            response = await self._client.post(ASK, content=next(self._bodies), headers=headers)
        except httpx2.HTTPError:
            self.errors += 1
            return 0.0
        if response.status_code == httpx2.codes.TOO_MANY_REQUESTS:
            self.shed += 1
            return float(response.headers["Retry-After"])
        if response.is_success:
            self.times.append((perf_counter() - started) * 1000)
        else:
            self.errors += 1
        return 0.0
