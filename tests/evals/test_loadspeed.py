"""What a crowd met is counted as it was: answered, sent away, or failed."""

import asyncio
from collections.abc import Sequence

import httpx2
import pytest

from assistant.question import Question
from evals.loadspeed import Load, besiege, encoding_rate
from index.embedding import Vectors
from tests.fakes import FakeEmbedder

QUESTIONS = (
    Question(question="Combien coûte le permis d'huile d'olive ?"),
    Question(question="كم تكلف رخصة زيت الزيتون؟"),
)


class _Service:
    """Answers with these statuses in turn, then with the last, and keeps what it was asked."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        self.asked: list[str] = []

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(Question.model_validate_json(request.content).question)
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        if status == 0:
            raise httpx2.ConnectError("away")
        await asyncio.sleep(0.001)
        return httpx2.Response(status, headers={"Retry-After": "0"}, json={})


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> _Service:
    """What answers instead of a network."""
    handler = _Service(200, 429, 500, 0, 200)
    plain = httpx2.AsyncClient

    def client(*, base_url: str, timeout: float, limits: httpx2.Limits) -> httpx2.AsyncClient:
        assert limits.max_connections == 2
        return plain(base_url=base_url, timeout=timeout, transport=httpx2.MockTransport(handler))

    monkeypatch.setattr("evals.loadspeed.httpx2.AsyncClient", client)
    return handler


def test_everything_that_was_asked_is_counted_once(service: _Service) -> None:
    load = asyncio.run(besiege("http://sanad.test", QUESTIONS, users=2, seconds=0.2))
    assert (load.users, load.shed, load.errors) == (2, 1, 2)
    assert len(load.times) + 3 == len(service.asked)
    assert list(load.times) == sorted(load.times)
    assert service.asked[:4] == [question.question for question in (*QUESTIONS, *QUESTIONS)]
    assert load.rate == pytest.approx(len(load.times) / load.seconds)


def test_the_spread_of_a_load() -> None:
    times = tuple(float(n) for n in range(1, 101))
    load = Load(users=50, seconds=10, times=times, shed=0, errors=0)
    assert (load.rate, load.median, load.p95) == (10, 50.5, 95.0)
    nothing = Load(users=50, seconds=10, times=(), shed=3, errors=0)
    assert (nothing.rate, nothing.median, nothing.p95) == (0, 0, 0)


@pytest.mark.parametrize("at_once", [1, 5])
def test_the_bare_encoder_is_given_so_many_at_once(at_once: int) -> None:
    embedder = _Recording()
    texts = [question.question for question in QUESTIONS]
    rate = encoding_rate(embedder, texts, at_once, seconds=0.05)
    assert rate > 0
    assert {len(batch) for batch in embedder.batches} == {at_once}
    assert {text for batch in embedder.batches for text in batch} == set(texts)


class _Recording(FakeEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.batches: list[tuple[str, ...]] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(tuple(texts))
        return super().embed_queries(texts)
