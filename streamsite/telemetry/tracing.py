"""OpenTelemetry's SDK behind ``spans``, with the exporter of OTLP over HTTP. Needs ``requirements-otel.txt``.

The SDK itself reads ``OTEL_*``. A thread of its own sends what has ended: a collector that is slow or away costs spans,
never a request.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from django.conf import settings
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.re import parse_env_headers

from streamsite import __version__, logs
from streamsite.telemetry import spans
from streamsite.telemetry.spans import Attributes, Kind

logger = logging.getLogger("streamsite.telemetry")

SERVICE = "streamsite"
KINDS = {
    Kind.SERVER: trace.SpanKind.SERVER,
    Kind.CLIENT: trace.SpanKind.CLIENT,
    Kind.CONSUMER: trace.SpanKind.CONSUMER,
}
_HEADER = "traceparent"
_propagator = TraceContextTextMapPropagator()


class SdkSpan:
    """A span of the SDK as the site's own ``Span``."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def describe(self, attributes: Attributes, *, name: str = "") -> None:
        """Add attributes, and rename the span when a name is given."""
        self._span.set_attributes(dict(attributes))
        if name:
            self._span.update_name(name)

    def fail(self, kind: str) -> None:
        """Mark the work as failed, by a class of errors or a code alone: messages may hold what people typed."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(trace.StatusCode.ERROR)

    def end(self) -> None:
        """End the span."""
        self._span.end()


class SdkTracing:
    """Makes the site's spans with a provider."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer(SERVICE, __version__)

    @contextmanager
    def root(self, name: str, kind: Kind, attributes: Attributes, *, link: str) -> Iterator[SdkSpan]:
        """Begin a trace for the block, linked to the span that ``link`` names."""
        links = [trace.Link(context)] if (context := _parse(link)) is not None else []
        span = self._tracer.start_span(
            name, context=Context(), kind=KINDS[kind], attributes=dict(attributes), links=links
        )
        token = logs.trace_id.set(
            f"{span.get_span_context().trace_id:032x}" if span.is_recording() else logs.NONE
        )
        made = SdkSpan(span)
        try:
            with trace.use_span(
                span, end_on_exit=True, record_exception=False, set_status_on_exception=False
            ):
                try:
                    yield made
                except BaseException as error:
                    made.fail(type(error).__name__)
                    raise
        finally:
            logs.trace_id.reset(token)

    def child(self, name: str, kind: Kind, attributes: Attributes) -> SdkSpan | None:
        """Begin a span within the current one; ``None`` without a current one that is recorded."""
        if not trace.get_current_span().is_recording():
            return None
        return SdkSpan(self._tracer.start_span(name, kind=KINDS[kind], attributes=dict(attributes)))

    def aside(self) -> AbstractContextManager[object]:
        """Make no spans in the block."""
        return trace.use_span(trace.INVALID_SPAN)

    def fail_current(self, kind: str) -> None:
        """Mark the current span as failed."""
        SdkSpan(trace.get_current_span()).fail(kind)

    def reference(self) -> str:
        """Return the current span as a ``traceparent``, "" without one that is recorded."""
        if not trace.get_current_span().is_recording():
            return ""
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        return carrier.get(_HEADER, "")


def _parse(reference: str) -> trace.SpanContext | None:
    if not reference:
        return None
    found = _propagator.extract({_HEADER: reference}, context=Context())
    context = trace.get_current_span(found).get_span_context()
    return context if context.is_valid else None


class QuietExporter(SpanExporter):
    """Passes spans on, and says once that they cannot be delivered, and once that they can be again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._is_failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Deliver the spans."""
        result = self._exporter.export(spans)
        is_failing = result is not SpanExportResult.SUCCESS
        if is_failing and not self._is_failing:
            logger.warning("traces cannot be delivered (OTEL_EXPORTER_OTLP_ENDPOINT); they are dropped")
        elif self._is_failing and not is_failing:
            logger.info("traces are delivered again")
        self._is_failing = is_failing
        return result

    def shutdown(self) -> None:
        """End the exporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Deliver what the exporter itself keeps."""
        return self._exporter.force_flush(timeout_millis)


def resource(role: str) -> Resource:
    """Return what all spans of this process say about it; ``OTEL_RESOURCE_ATTRIBUTES`` has the last word."""
    given = OTELResourceDetector().detect().attributes
    own = {
        "service.name": SERVICE,
        "service.version": __version__,
        "streamsite.process": role,
    }
    return Resource.create({name: value for name, value in own.items() if name not in given})


def build_exporter() -> SpanExporter:
    """Return the exporter to the collector of the settings."""
    headers = settings.OTEL_EXPORTER_OTLP_HEADERS
    return OTLPSpanExporter(headers=parse_env_headers(headers, liberal=True) if headers else None)


def start(role: str, exporter: SpanExporter | None = None) -> TracerProvider:
    """Trace this process from now on. Return the provider, whose ``shutdown`` delivers what is left.

    Call it in the process that is to be traced, not in one that forks it.
    """
    provider = TracerProvider(resource=resource(role), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(QuietExporter(exporter or build_exporter())))
    spans.install(SdkTracing(provider))
    return provider


def send_test() -> str:
    """Send a trace of one span now; return why it was not taken, "" when it was. The sampler has no say."""
    kept = InMemorySpanExporter()
    provider = TracerProvider(sampler=ALWAYS_ON, resource=resource("command"), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    provider.get_tracer(SERVICE, __version__).start_span("test").end()
    exporter = build_exporter()
    try:
        is_taken = exporter.export(kept.get_finished_spans()) is SpanExportResult.SUCCESS
    finally:
        exporter.shutdown()
    return "" if is_taken else "no answer, or a refusal; is it OTLP over HTTP, at this address?"
