"""Makes spans of the commands that are sent to MongoDB: command and collection, never what they ask for."""

from __future__ import annotations

import threading

from pymongo import monitoring

from streamsite.metrics.commands import NO_COLLECTION, collection_name
from streamsite.telemetry.spans import Attributes, Kind, Span, begin


class CommandSpans(monitoring.CommandListener):
    """Makes a span of each command within a request or a job. pymongo calls it in the thread that sends the command."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Begin the span."""
        name, collection = event.command_name, collection_name(event)
        attributes: dict[str, str] = {
            "db.system.name": "mongodb",
            "db.operation.name": name,
            "db.namespace": event.database_name,
        }
        shown = name
        if collection != NO_COLLECTION:
            attributes["db.collection.name"] = collection
            shown = f"{name} {collection}"
        given: Attributes = attributes
        self._of_thread.span = begin(shown, Kind.CLIENT, given)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """End the span of a command that was answered."""
        if (span := self._take()) is not None:
            span.end()

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """End the span of a command that was refused or interrupted."""
        if (span := self._take()) is not None:
            span.fail(str(event.failure.get("code") or event.failure.get("errtype") or "error"))
            span.end()

    def _take(self) -> Span | None:
        span: Span | None = getattr(self._of_thread, "span", None)
        self._of_thread.span = None
        return span


def start() -> None:
    """Make spans of the commands of every client that this process makes from now on."""
    monitoring.register(CommandSpans())
