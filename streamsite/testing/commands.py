"""Counting what a request asks of MongoDB."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import monitoring

# Bookkeeping of the driver and of transactions; none of it is a query of ours.
NOT_QUERIES = {
    "hello",
    "ping",
    "endSessions",
    "commitTransaction",
    "abortTransaction",
    "saslStart",
    "saslContinue",
}


class CommandLog(monitoring.CommandListener):
    """Collects the commands of this process while it is told to."""

    def __init__(self) -> None:
        self.seen: list[str] | None = None
        self.documents: list[tuple[str, dict[str, Any]]] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Note a command as ``find videos_video``."""
        if self.seen is not None and event.command_name not in NOT_QUERIES:
            self.seen.append(f"{event.command_name} {event.command.get(event.command_name)}")
        if self.documents is not None and event.command_name not in NOT_QUERIES:
            self.documents.append((event.database_name, copy.deepcopy(dict(event.command))))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to note."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to note."""


LOG = CommandLog()


@contextmanager
def recorded() -> Iterator[list[str]]:
    """The commands sent within the block."""
    seen: list[str] = []
    LOG.seen = seen
    try:
        yield seen
    finally:
        LOG.seen = None


@contextmanager
def recorded_documents() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The commands sent within the block, whole: ``(database, command)``."""
    documents: list[tuple[str, dict[str, Any]]] = []
    LOG.documents = documents
    try:
        yield documents
    finally:
        LOG.documents = None
