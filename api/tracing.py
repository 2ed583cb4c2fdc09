"""Tracing: requests, and the steps of the answers they got, as OpenTelemetry spans.

Imported only where traces are wanted, see `api.instruments`.
"""

from collections.abc import Iterator
from importlib.metadata import version
from time import time_ns

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from api.watch import Exchange, Observer
from assistant.answer import Answer

_PATH = "/v1/traces"
_PATIENCE = 5.0
"""Seconds that a collector has to take a batch; spans are dropped before anybody waits for them."""

Attributes = dict[str, str | int | float | bool]


class Tracing(Observer):
    """Sends a span for each request, one within it for its answer, and one for each step of that.

    The spans of steps are drawn from the times that the answer carries, one after the other: a step
    that ran once for each part of a question is one span. No span holds words of a caller.

    `endpoint` is the address of a collector that takes OTLP over HTTP; without one the variables of
    OpenTelemetry itself say where, and with what headers.
    """

    def __init__(self, endpoint: str | None) -> None:
        address = None
        if endpoint:
            address = endpoint if endpoint.endswith(_PATH) else f"{endpoint.rstrip('/')}{_PATH}"
        named = {SERVICE_NAME: "sanad", SERVICE_VERSION: version("sanad")}
        self._provider = TracerProvider(resource=Resource.create(named))
        exporter = OTLPSpanExporter(endpoint=address, timeout=_PATIENCE)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("sanad")
        self._parents = TraceContextTextMapPropagator()

    def answered(self, exchange: Exchange, answer: Answer) -> None:
        """An answer that came when the response was over, to be taken up by another request."""
        if exchange.over:
            self._answer(exchange, answer, time_ns(), Context())

    def ended(self, exchange: Exchange) -> None:
        """Make the spans of a request that is over."""
        parent = None
        if exchange.traceparent:
            parent = self._parents.extract({"traceparent": exchange.traceparent})
        end = time_ns()
        begin = end - int(exchange.seconds * 1e9)
        span = self._tracer.start_span(
            f"{exchange.method} {exchange.route}",
            context=parent or Context(),
            kind=trace.SpanKind.SERVER,
            attributes=_of_request(exchange),
            start_time=begin,
        )
        if exchange.status >= 500:
            span.set_status(trace.StatusCode.ERROR)
        if exchange.answer:
            told = begin + int((exchange.answered_at - exchange.started) * 1e9)
            self._answer(exchange, exchange.answer, told, trace.set_span_in_context(span))
        span.end(end)

    def close(self) -> None:
        """Send what is left; gives up after a few seconds."""
        self._provider.shutdown()

    def _answer(self, exchange: Exchange, answer: Answer, end: int, context: Context) -> None:
        steps = dict(answer.timings_ms)
        begin = end - int(steps.pop("total", 0.0) * 1e6)
        span = self._tracer.start_span(
            "answer",
            context=context,
            attributes=dict(_of_answer(exchange, answer)),
            start_time=begin,
        )
        inner = trace.set_span_in_context(span)
        for name, spent in steps.items():
            step = self._tracer.start_span(
                name, context=inner, attributes={"sanad.ms": spent}, start_time=begin
            )
            begin += int(spent * 1e6)
            step.end(begin)
        span.end(end)


def _of_request(exchange: Exchange) -> Attributes:
    told: Attributes = {
        "http.request.method": exchange.method,
        "http.route": exchange.route,
        "http.response.status_code": exchange.status,
        "sanad.request_id": exchange.request_id,
        "sanad.caller": exchange.caller,
    }
    return {**told, "error.type": exchange.problem} if exchange.problem else told


def _of_answer(exchange: Exchange, answer: Answer) -> Iterator[tuple[str, str | int | float]]:
    yield "sanad.request_id", exchange.request_id
    yield "sanad.answer.id", answer.id
    yield "sanad.answer.status", answer.status
    yield "sanad.answer.reason", answer.reason or ""
    yield "sanad.answer.language", answer.language
    yield "sanad.answer.composer", answer.engine.composer
    yield "sanad.answer.generation", answer.engine.generation
    if answer.engine.model:
        yield "gen_ai.request.model", answer.engine.model
        yield "sanad.answer.prompt", answer.engine.prompt or ""
    meter = exchange.meter
    if meter is None:
        return
    yield "sanad.drafts", len(meter.judged)
    for reason, number in meter.dropped().items():
        yield f"sanad.drafts.dropped.{reason}", number
    for name, measured in (
        ("gen_ai.usage.input_tokens", meter.prompt_tokens),
        ("gen_ai.usage.output_tokens", meter.output_tokens),
        ("sanad.first_draft_ms", meter.first_draft_ms),
    ):
        if measured is not None:
            yield name, measured
