"""What is measured, who may read it, and that no caller adds to what has to be kept."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.access.caller import ROLES
from api.app import create_app
from api.memory import keys
from api.memory.database import Database
from api.metrics import Metrics
from api.watch import OTHER, UNMATCHED, Exchange
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.meter import Judged, Meter
from assistant.question import Language
from assistant.settings import Settings
from ingest.errors import DatabaseDownError
from tests.conftest import REPOSITORY
from tests.misbehaviour import DELAY, DELAY_AR

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    """Every sample by its name and labels; fails where Prometheus could not read the text."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    """The sum of the samples of this name that bear these labels."""
    return sum(v for (n, some), v in found.items() if n == name and labels.items() <= set(some))


def local(app: FastAPI) -> TestClient:
    """Somebody on this machine."""
    return TestClient(
        app,
        base_url="http://localhost:8000",
        client=("127.0.0.1", 1),
        raise_server_exceptions=False,
    )


@pytest.fixture
def here(sanad: Assistant) -> TestClient:
    return local(create_app(sanad, Settings()))


@pytest.fixture
def read(here: TestClient) -> Callable[[], Samples]:
    """What the metrics of that application are now."""

    def scrape() -> Samples:
        response = here.get("/metrics")
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        return samples(response.text)

    return scrape


def test_answers_are_counted_by_what_they_were(
    here: TestClient, read: Callable[[], Samples]
) -> None:
    for question in (DELAY, DELAY_AR, DELAY_AR):
        here.post("/v1/ask", json={"question": question})
    here.post("/v1/ask/stream", json={"question": DELAY_AR})
    found = read()
    assert value(found, "sanad_answers_total") == 4
    asked = {"status": "answered", "composer": "extractive", "reason": ""}
    assert value(found, "sanad_answers_total", language="fr", cached="no", **asked) == 1
    assert value(found, "sanad_answers_total", language="ar", cached="no", **asked) == 1
    assert value(found, "sanad_answers_total", language="ar", cached="yes", **asked) == 2
    assert value(found, "sanad_step_seconds_count", step="retrieve") == 2
    assert value(found, "sanad_drafts_total", objection="") >= 2
    assert value(found, "sanad_http_requests_total", route="/v1/ask", status="200") == 3
    assert value(found, "sanad_http_request_seconds_count", route="/v1/ask/stream") == 1


def test_the_state_of_what_answers_is_told(
    sanad: Assistant, here: TestClient, read: Callable[[], Samples]
) -> None:
    found = read()
    labels = {"generation": sanad.generation.name, "composer": "extractive", "model": ""}
    assert value(found, "sanad_generation_info", **labels) == 1
    assert value(found, "sanad_resident_bytes") > 10_000_000
    assert value(found, "sanad_waiting") == value(found, "sanad_streams") == 0
    names = {name for name, _ in found}
    assert not names & {"sanad_model_up", "sanad_database_up", "sanad_records_waiting"}


class _Database:
    """A database that is there, or not."""

    def __init__(self) -> None:
        self.up = True

    def check(self) -> None:
        if not self.up:
            raise DatabaseDownError("down")


class _Recorder:
    """A recorder that has much to do."""

    waiting, dropped = 3, 5

    def answered(self, *_: object, **__: object) -> None:
        return


def test_database_and_recorder_are_watched(sanad: Assistant) -> None:
    database: Any = _Database()
    recorder: Any = _Recorder()
    client = local(create_app(sanad, Settings(), database=database, recorder=recorder))
    found = samples(client.get("/metrics").text)
    assert value(found, "sanad_database_up") == 1
    assert value(found, "sanad_records_waiting") == 3
    assert value(found, "sanad_records_dropped_total") == 5
    database.up = False
    recorder.dropped = 7
    found = samples(client.get("/metrics").text)
    assert value(found, "sanad_database_up") == 0
    assert value(found, "sanad_records_dropped_total") == 7


def test_errors_are_counted_by_their_code(here: TestClient, read: Callable[[], Samples]) -> None:
    here.post("/v1/ask", json={"question": ""})
    here.get("/v1/documents/nothing")
    here.get("/nothing")
    found = read()
    for code in ("question_empty", "document_missing", "path_unknown"):
        assert value(found, "sanad_problems_total", code=code) == 1


def test_no_caller_adds_a_series(here: TestClient, read: Callable[[], Samples]) -> None:
    def flood(prefix: str) -> None:
        for number in range(50):
            name = f"{prefix}{number}"
            here.get(f"/{name}")
            here.get(f"/v1/documents/{name}")
            here.get(f"/pages/{name}")
            here.request(name.upper(), f"/v1/{name}")
            here.get(f"/v1/search?q=safran&{name}=1")
            here.post("/v1/ask", json={"question": "safran ?", "language": name})
            here.get("/healthz", headers={"X-Request-ID": name, "User-Agent": name})

    flood("first")
    read()
    before = read()
    flood("second")
    assert set(read()) == set(before)
    assert value(before, "sanad_http_requests_total", route=UNMATCHED, method=OTHER) == 50
    assert value(before, "sanad_http_requests_total", route="/pages/{path}") == 50
    assert not any("first" in str(labels) for _, labels in before)


def test_labels_are_bounded_whatever_the_rooms_behind_say(sanad: Assistant) -> None:
    metrics = Metrics()
    answer = sanad.ask(DELAY)
    for number in range(200):
        exchange = Exchange("id", "GET", "", problem=f"code-{number}")
        exchange.meter = Meter(judged=[Judged("x", (1,), f"reason-{number}")])
        spent = {f"step-{number}": 1.0, "total": 1.0}
        odd = answer.model_copy(update={"language": f"l-{number}", "timings_ms": spent})
        metrics.answered(exchange, odd)
        metrics.ended(exchange)
    found = samples(metrics.exposition().decode())
    assert len(found) < 700
    assert value(found, "sanad_answers_total", language=OTHER) == 200
    assert value(found, "sanad_step_seconds_count") == 200
    assert value(found, "sanad_problems_total") == value(found, "sanad_drafts_total") == 200


@pytest.mark.parametrize("language", get_args(Language))
def test_every_language_is_counted_as_itself(language: str, sanad: Assistant) -> None:
    metrics = Metrics()
    answer: Answer = sanad.ask(DELAY).model_copy(update={"language": language})
    metrics.answered(Exchange("id", "POST", ""), answer)
    found = samples(metrics.exposition().decode())
    assert value(found, "sanad_answers_total", language=language) == 1


@pytest.mark.parametrize(
    ("base", "client", "headers"),
    [
        ("http://localhost", "203.0.113.9", {}),
        ("http://localhost", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("http://sanad.example", "127.0.0.1", {}),
        ("http://localhost", "127.0.0.1", {"X-Real-IP": "127.0.0.1"}),
    ],
)
def test_others_than_this_machine_need_to_be_somebody(
    base: str, client: str, headers: dict[str, str], sanad: Assistant
) -> None:
    app = create_app(sanad, Settings(trusted_proxies="127.0.0.1"))
    with TestClient(app, base_url=base, client=(client, 1)) as outside:
        refused = outside.get("/metrics", headers=headers)
    assert refused.status_code in {401, 403, 503}
    assert "sanad_answers" not in refused.text


def test_an_admin_s_key_reads_them_from_anywhere(sanad: Assistant, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/records.sqlite")
    now = datetime.now(UTC)
    with database.session() as session:
        made = {
            role: keys.add(session, name=role, role=role, expires=now + timedelta(days=1), now=now)
            for role in ROLES
        }
    statuses = {}
    with TestClient(create_app(sanad, Settings(), database=database)) as outside:
        for role, key in made.items():
            response = outside.get("/metrics", headers={"Authorization": f"Bearer {key}"})
            statuses[role] = response.status_code
        assert outside.get("/metrics").status_code == 401
    database.close()
    assert statuses == {"public": 403, "agent": 403, "evaluator": 403, "admin": 200}


def test_applications_of_one_process_count_apart(sanad: Assistant) -> None:
    first, second = (local(create_app(sanad, Settings())) for _ in range(2))
    first.post("/v1/ask", json={"question": DELAY_AR})
    assert value(samples(first.get("/metrics").text), "sanad_answers_total") == 1
    assert value(samples(second.get("/metrics").text), "sanad_answers_total") == 0


WORKER = """
import sys
from api.metrics import Metrics
from api.watch import Exchange
metrics = Metrics()
metrics.level("sanad_waiting", "Waiting.", lambda: 2)
metrics.state("sanad_generation_info", "Generation.", lambda: {"generation": "g"})
for _ in range(int(sys.argv[1])):
    metrics.ended(Exchange("id", "GET", "", route="/v1/ask", status=200, seconds=0.02))
metrics.look()
print("counted", flush=True)
for line in sys.stdin:
    print(metrics.exposition().decode() + "# EOF", flush=True)
"""


def test_workers_tell_their_sum_and_one_that_died_keeps_what_it_counted(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def worker(requests: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, str(requests)],
            cwd=REPOSITORY, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def scrape(process: subprocess.Popen[str]) -> Samples:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        return samples("".join(iter(process.stdout.readline, "# EOF\n")))

    with worker(3) as one, worker(4) as other:
        for process in (one, other):
            assert process.stdout is not None
            assert process.stdout.readline() == "counted\n"
        for process in (one, other):
            found = scrape(process)
            assert value(found, "sanad_http_requests_total", route="/v1/ask") == 7
            assert value(found, "sanad_http_request_seconds_count") == 7
            assert value(found, "sanad_waiting") == 4
            assert value(found, "sanad_generation_info", generation="g") == 1
        other.kill()
        other.wait()
        found = scrape(one)
        assert value(found, "sanad_http_requests_total", route="/v1/ask") == 7
        assert value(found, "sanad_waiting") == 2
        one.communicate()
