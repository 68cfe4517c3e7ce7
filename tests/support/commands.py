"""Counting what a request asks of MongoDB."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Container, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from pymongo import monitoring

from tests.support.kills import WriteCounter

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


# Who asks, and how often.
IDENTITY_COLLECTIONS = {"auth_session", "django_session", "throttle"}
# The commands that write documents; an aggregate may, too.
DOCUMENT_WRITES = frozenset({"insert", "update", "delete", "findAndModify"})


def written_collections(event: monitoring.CommandStartedEvent) -> Iterator[tuple[str, str]]:
    """Yield ``(database, collection)`` for what a command writes documents to."""
    if event.command_name in DOCUMENT_WRITES:
        yield event.database_name, event.command[event.command_name]
    if event.command_name != "aggregate":
        return
    for stage in event.command.get("pipeline") or ():
        target = stage.get("$out") or stage.get("$merge", {}).get("into")
        if isinstance(target, dict):
            yield target.get("db", event.database_name), target["coll"]
        elif target:
            yield event.database_name, target


class CommandLog(monitoring.CommandListener):
    """Collects the commands of this process while it is told to."""

    def __init__(self) -> None:
        self.seen: list[str] | None = None
        self.documents: list[tuple[str, dict[str, object]]] | None = None
        self.before_command: Callable[[object], None] | None = None
        self.writes = WriteCounter()
        # (database, collection) of every write that was sent; whoever asks for what is new empties it first.
        self.written: set[tuple[str, str]] = set()
        # The same since documents were put back, and those documents.
        self.changed: set[tuple[str, str]] = set()
        self.put_back: object = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Note a command as ``find videos_video``; it is sent once this returns."""
        self.writes.started(event)
        written = set(written_collections(event))
        self.written |= written
        self.changed |= written
        if self.before_command is not None and event.command_name not in NOT_QUERIES:
            self.before_command(event.command.get(event.command_name))
        if self.seen is not None and event.command_name not in NOT_QUERIES:
            self.seen.append(f"{event.command_name} {event.command.get(event.command_name)}")
        if self.documents is not None and event.command_name not in NOT_QUERIES:
            self.documents.append((event.database_name, copy.deepcopy(dict(event.command))))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Count a write that the server has done."""
        self.writes.succeeded(event)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to note."""


LOG = CommandLog()


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Collect the commands sent within the block."""
    seen: list[str] = []
    LOG.seen = seen
    try:
        yield seen
    finally:
        LOG.seen = None


@contextmanager
def recorded_queries() -> Iterator[list[str]]:
    """Collect the commands sent within the block, but for the look-ups of sessions and limits.

    Whether those are made depends on how long ago the last ones were, which is no matter of what is asked.
    """
    queries: list[str] = []
    with recorded() as seen:
        try:
            yield queries
        finally:
            queries += [command for command in seen if command.partition(" ")[2] not in IDENTITY_COLLECTIONS]


@contextmanager
def record_writes() -> Iterator[set[str]]:
    """Collect the names of the collections that this process writes to within the block."""
    former, LOG.written = LOG.written, set()
    names: set[str] = set()
    try:
        yield names
    finally:
        names.update(name for _, name in LOG.written)
        LOG.written |= former


@contextmanager
def recorded_documents() -> Iterator[list[tuple[str, dict[str, object]]]]:
    """Collect the whole commands sent within the block: ``(database, command)``."""
    documents: list[tuple[str, dict[str, object]]] = []
    LOG.documents = documents
    try:
        yield documents
    finally:
        LOG.documents = None


@contextmanager
def interrupted(number: int, collections: Container[str], act: Callable[[], object]) -> Iterator[list[int]]:
    """Run ``act`` in another thread just before this thread's command ``number`` to one of ``collections``, from 0.

    Yields a list that holds the number of such commands so far. Where ``act`` waits for a transaction of this thread,
    it is left behind after a third of a second and ends when the transaction does; its errors are raised at the end.
    """
    count = [0]
    this = threading.get_ident()

    def before_command(collection: object) -> None:
        if threading.get_ident() != this or collection not in collections:
            return
        if count[0] == number:
            running.append(pool.submit(act))
            wait(running, timeout=0.3)
        count[0] += 1

    running: list[Future[object]] = []
    with ThreadPoolExecutor(1) as pool:
        LOG.before_command = before_command
        try:
            yield count
        finally:
            LOG.before_command = None
        for future in running:
            future.result()
