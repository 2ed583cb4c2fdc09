"""Spans of requests and answers: sent where an endpoint is set, and without anybody's words."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from api import instruments
from api.app import create_app
from api.tracing import Tracing
from api.watch import Exchange
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.meter import Judged, Meter
from assistant.settings import Settings
from tests.api.otlp import Collector, collecting
from tests.conftest import REPOSITORY
from tests.misbehaviour import DELAY_AR

SECRET = "amina.tazi@exemple.ma"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as opened:
        yield opened


@contextmanager
def asking(
    sanad: Assistant, settings: Settings, client: str = "testclient"
) -> Iterator[TestClient]:
    """Somebody who asks an application that sends traces; they are sent at the end."""
    app = create_app(sanad, settings)
    with TestClient(app, client=(client, 1), raise_server_exceptions=False) as opened:
        yield opened
    instruments.close(app)


def attributes(span: Span) -> dict[str, object]:
    return {
        pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in span.attributes
    }


@pytest.mark.parametrize("route", ["/v1/ask", "/v1/ask/stream"])
def test_a_request_its_answer_and_its_steps_are_spans(
    route: str, sanad: Assistant, collector: Collector
) -> None:
    with asking(sanad, Settings(otlp_endpoint=collector.address)) as client:
        response = client.post(route, json={"question": DELAY_AR})
    assert collector.paths == {"/v1/traces"}
    spans = collector.spans()
    request, answer = spans[f"POST {route}"], spans["answer"]
    assert request.kind == Span.SPAN_KIND_SERVER
    assert not request.parent_span_id
    assert (
        attributes(request).items()
        >= {
            "http.request.method": "POST",
            "http.route": route,
            "http.response.status_code": 200,
            "sanad.request_id": response.headers["x-request-id"],
        }.items()
    )
    assert answer.parent_span_id == request.span_id
    told = attributes(answer)
    assert told["sanad.answer.status"] == "answered"
    assert told["sanad.answer.language"] == "ar"
    assert told["sanad.answer.generation"] == sanad.generation.name
    assert {"normalise", "retrieve", "compose", "verify"} <= set(spans)
    for name in ("normalise", "retrieve", "verify"):
        step = spans[name]
        assert step.parent_span_id == answer.span_id
        assert answer.start_time_unix_nano <= step.start_time_unix_nano
        assert step.start_time_unix_nano <= step.end_time_unix_nano <= answer.end_time_unix_nano
    assert {span.trace_id for span in spans.values()} == {request.trace_id}


def test_no_span_holds_what_was_asked_or_answered(
    sanad: Assistant, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
    with asking(sanad, Settings(otlp_endpoint=f"{collector.address}/v1/traces")) as client:
        asked = {"question": f"{DELAY_AR} {SECRET}"}
        answer = Answer.model_validate(client.post("/v1/ask", json=asked).json())
        client.get(f"/v1/search?q={SECRET}", headers={"User-Agent": SECRET, "Referer": SECRET})
        client.get(f"/{SECRET}")
    sent = b"".join(collector.bodies)
    assert len(collector.spans()) > 5
    assert SECRET.encode() not in sent
    assert DELAY_AR.encode() not in sent
    assert answer.sentences
    for sentence in answer.sentences:
        assert sentence.text.encode() not in sent


def test_what_a_model_took_and_what_was_dropped_is_told(
    sanad: Assistant, collector: Collector
) -> None:
    tracing = Tracing(collector.address)
    answer = sanad.ask(DELAY_AR)
    meter = Meter(
        prompt_tokens=412,
        output_tokens=33,
        first_draft_ms=801.5,
        judged=[Judged("أ", (1,), ""), Judged("ب", (1,), "figure"), Judged("ج", (1,), "figure")],
    )
    exchange = Exchange("request-1", "POST", "", answer=answer, meter=meter, status=200)
    tracing.ended(exchange)
    tracing.close()
    told = attributes(collector.spans()["answer"])
    assert told["gen_ai.usage.input_tokens"] == 412
    assert told["gen_ai.usage.output_tokens"] == 33
    assert told["sanad.first_draft_ms"] == 801.5
    assert told["sanad.drafts"] == 3
    assert told["sanad.drafts.dropped.figure"] == 2


def test_an_answer_that_comes_after_its_response_is_told_too(
    sanad: Assistant, collector: Collector
) -> None:
    tracing = Tracing(collector.address)
    exchange = Exchange("request-1", "POST", "", status=200, over=True)
    tracing.ended(exchange)
    tracing.answered(exchange, sanad.ask(DELAY_AR))
    tracing.close()
    assert attributes(collector.spans()["answer"])["sanad.request_id"] == "request-1"


def test_a_failure_is_marked(sanad: Assistant, collector: Collector) -> None:
    with asking(sanad, Settings(otlp_endpoint=collector.address)) as client:
        client.post(
            "/v1/feedback",
            json={"answer_id": "4f6f2b0a-5c1d-4e3f-8a9b-0c1d2e3f4a5b", "verdict": "up"},
        )
        client.get("/nothing")
        client.post("/v1/ask", json={"question": ""})
    spans = collector.spans()
    assert attributes(spans["POST /v1/ask"])["error.type"] == "question_empty"
    assert spans["POST /v1/ask"].status.code == 0
    assert attributes(spans["GET (none)"])["http.response.status_code"] == 404


@pytest.mark.parametrize("trusted", [True, False])
def test_only_a_trusted_proxy_says_what_a_request_is_part_of(
    trusted: bool, sanad: Assistant, collector: Collector
) -> None:
    settings = Settings(
        otlp_endpoint=collector.address, trusted_proxies="10.0.0.1" if trusted else ""
    )
    with asking(sanad, settings, client="10.0.0.1") as client:
        client.get("/healthz", headers={"traceparent": PARENT})
    span = collector.spans()["GET /healthz"]
    assert (span.trace_id.hex() == PARENT.split("-")[1]) is trusted
    assert (span.parent_span_id.hex() == PARENT.split("-")[2]) is trusted


def test_the_variable_of_opentelemetry_does_as_well(
    sanad: Assistant, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
    with asking(sanad, Settings()) as client:
        client.get("/healthz")
    assert "GET /healthz" in collector.spans()


def test_a_collector_that_is_away_costs_nobody_an_answer(
    sanad: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with asking(sanad, Settings(otlp_endpoint=f"http://127.0.0.1:{port}")) as client:
        assert client.post("/v1/ask", json={"question": DELAY_AR}).status_code == 200
    assert any(record.name.startswith("opentelemetry") for record in caplog.records)


OFF = """
import sys
from types import SimpleNamespace as Some
from fastapi import FastAPI
from assistant.settings import Settings
from ingest.errors import SettingsError
if "--without" in sys.argv:
    sys.modules["opentelemetry.sdk"] = None
from api import instruments
app = FastAPI()
app.state.admission = app.state.recorder = app.state.database = app.state.serving = None
app.state.asking = Some(streams=Some(running=lambda: 0))
try:
    instruments.fit(app, Settings())
except SettingsError as error:
    print(error)
heavy = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto", "requests")
print("LOADED", *(name for name in sys.modules if name.startswith(heavy)))
"""


def run(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", OFF, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_an_endpoint_what_sends_is_not_even_imported() -> None:
    assert run().split() == ["LOADED"]


def test_without_the_extra_the_remedy_is_named() -> None:
    told = run("--without", SANAD_OTLP_ENDPOINT="http://127.0.0.1:4318")
    assert "pip install 'sanad[telemetry]'" in told
