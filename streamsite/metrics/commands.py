"""Times the commands that are sent to MongoDB, and names the slow ones in the log: never what they ask for."""

from __future__ import annotations

import logging
import threading

from django.conf import settings
from pymongo import monitoring

from streamsite.metrics import instruments
from streamsite.metrics.instruments import BoundedLabels

logger = logging.getLogger("streamsite.mongodb")

NO_COLLECTION = "-"
MAX_LABELS = 1_000


def collection_name(event: monitoring.CommandStartedEvent) -> str:
    """Return the collection that a command is about, ``NO_COLLECTION`` for one of a database."""
    name = event.command_name
    found = event.command.get("collection" if name == "getMore" else name)
    return found if isinstance(found, str) else NO_COLLECTION


class CommandTimes(monitoring.CommandListener):
    """Counts the commands of a process of this role. pymongo calls it in the thread that sends the command."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._of_thread = threading.local()
        self._seconds = BoundedLabels(instruments.COMMAND_SECONDS, MAX_LABELS)
        self._failures = BoundedLabels(instruments.COMMAND_FAILURES, MAX_LABELS)
        self._slow_micros = settings.SLOW_COMMAND_MS * 1000 or float("inf")

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Note the collection, which the events of the end do not name."""
        self._of_thread.collection = collection_name(event)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Count a command that was answered."""
        collection, micros = self._of_thread.collection, event.duration_micros
        self._seconds.find(self._role, collection, event.command_name).observe(micros / 1e6)
        if micros >= self._slow_micros:
            _log_slow(collection, event.command_name, micros, is_failed=False)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Count a command that was refused or interrupted."""
        collection, micros = self._of_thread.collection, event.duration_micros
        self._failures.find(self._role, collection, event.command_name).inc()
        if micros >= self._slow_micros:
            _log_slow(collection, event.command_name, micros, is_failed=True)


def _log_slow(collection: str, command: str, micros: int, *, is_failed: bool) -> None:
    fields = {"collection": collection, "command": command, "duration_ms": round(micros / 1000, 1)}
    ending = " (failed)" if is_failed else ""
    line = f"slow command: {command} {collection} {fields['duration_ms']} ms{ending}"
    logger.warning("%s", line, extra={"fields": fields | {"failed": is_failed}})


def start(role: str) -> None:
    """Time the commands of every client that this process makes from now on."""
    monitoring.register(CommandTimes(role))
