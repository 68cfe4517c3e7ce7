"""Receivers in memory."""

from __future__ import annotations

import io
import json
import logging

import pytest
import sentry_sdk
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sentry_sdk.transport import Transport

from streamsite.logs import JsonFormatter, TextFormatter
from streamsite.telemetry import sentry, spans, tracing

DSN = "https://0a1b2c@sentry.example.org/1"


class Inbox(Transport):
    """Keeps what would be sent to Sentry."""

    def __init__(self) -> None:
        super().__init__()
        self.envelopes: list[bytes] = []

    def capture_envelope(self, envelope):
        self.envelopes.append(envelope.serialize())

    def reports(self):
        """The reports, in their order."""
        lines = [json.loads(line) for raw in self.envelopes for line in raw.splitlines() if line]
        return [line for line in lines if "level" in line]

    def text(self) -> str:
        """All that was sent."""
        return b"\n".join(self.envelopes).decode()


@pytest.fixture
def inbox(settings):
    """What a web process reports."""
    settings.SENTRY_DSN = DSN
    made = Inbox()
    end = sentry.start("web", made)
    yield made
    end()
    sentry_sdk.get_global_scope().set_client(None)


class Traces:
    """What was traced."""

    def __init__(self, provider, exporter) -> None:
        self._provider, self._exporter = provider, exporter

    def all(self):
        """The spans that have ended, in the order of their ends."""
        self._provider.force_flush()
        return list(self._exporter.get_finished_spans())

    def text(self) -> str:
        """All that was sent."""
        return "\n".join(span.to_json() for span in self.all())


@pytest.fixture
def traces(settings):
    """What a web process traces."""
    settings.OTEL_TRACES = True
    exporter = InMemorySpanExporter()
    provider = tracing.start("web", exporter)
    yield Traces(provider, exporter)
    spans.install(None)
    provider.shutdown()


@pytest.fixture
def json_lines():
    """The lines of the log as objects."""
    (handler,) = (
        one
        for one in logging.getLogger().handlers
        if isinstance(getattr(one, "formatter", None), TextFormatter)
    )
    stream, formatter = io.StringIO(), handler.formatter
    before = handler.setStream(stream)
    handler.setFormatter(JsonFormatter())
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    handler.setFormatter(formatter)
    handler.setStream(before)
