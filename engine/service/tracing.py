"""Calls as OpenTelemetry traces, sent to a collector; needs the optional dependencies of `quotewright[otel]`."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from engine.service.observation import Call

TRACEPARENT = "traceparent"
TRACED_PARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-([0-9a-f]{2}).*")
SAMPLED = 0x01


class CallTracer:
    """Makes spans of calls after they ended, so that a call that is not traced costs nothing but the question."""

    def __init__(self, exporter: SpanExporter, share: float, versions: dict[str, str]) -> None:
        """A tracer.

        Args:
            exporter: takes the spans.
            share: of the calls whose callers do not say whether they trace, 0 to 1.
            versions: of rulebook and catalogue; every span tells them.
        """
        resource = Resource.create({"service.name": "quotewright", **versions})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("quotewright")
        self._share = share

    def wants(self, metadata: Sequence[tuple[str, str | bytes]]) -> bool:
        """As the caller decided where it traces itself, otherwise a share at random."""
        for name, value in metadata:
            if name == TRACEPARENT and isinstance(value, str):
                parent = TRACED_PARENT.fullmatch(value)
                return parent is not None and bool(int(parent[1], 16) & SAMPLED)
        return random.random() < self._share  # noqa: S311  # a share of calls, no secret

    def trace(self, call: Call) -> None:
        """Tell the collector, on a thread of its own."""
        texts = {name: value for name, value in call.metadata if isinstance(value, str)}
        parent = TraceContextTextMapPropagator().extract(texts)
        service, _, method = call.method.lstrip("/").partition("/")
        attributes = {
            "rpc.system": "grpc",
            "rpc.service": service,
            "rpc.method": method,
            "rpc.response.status_code": call.code,
            "quotewright.request_id": call.request_id,
        }
        span = self._tracer.start_span(
            call.method.lstrip("/"), parent, trace.SpanKind.SERVER, attributes, start_time=call.started_at
        )
        if call.code != "OK":
            span.set_status(trace.StatusCode.ERROR, call.code)
        inside = trace.set_span_in_context(span)
        at = call.started_at
        for name, nanoseconds in call.stages.items():
            self._tracer.start_span(name, inside, start_time=at).end(at + nanoseconds)
            at += nanoseconds
        span.end(call.started_at + call.took)

    def close(self) -> None:
        """Send what waits."""
        self._provider.shutdown()


def call_tracer(endpoint: str, share: float, versions: dict[str, str]) -> CallTracer:
    """A tracer that sends to a collector's OTLP address, for example "http://localhost:4318/v1/traces"."""
    return CallTracer(OTLPSpanExporter(endpoint=endpoint), share, versions)
