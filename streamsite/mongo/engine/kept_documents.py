"""A short-lived cache of documents that requests name by key: the channels of a list, the video of a page.

Lists of one page name the same channels, and so do the requests of the next second. Inside of ``reading``, plain reads
(see ``rows``) take the documents of models with ``kept_while_reading`` from here if they are named by the primary key
or by another unique column. Rows are made anew for every query, so nobody sees another's changes of an object.

A document is used for some seconds while the mark is the one that was read before the document was, and until this
process writes to such a collection. Outside of ``reading``, in transactions, and from the first such write in a context
on, nothing is taken from here.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pymongo import monitoring

from .commands import Document

MAX_DOCUMENTS = 2_000
WRITES = {"insert", "update", "delete", "findAndModify"}

Fields = frozenset[str] | None
# A collection, a unique column, and a value of it.
Name = tuple[str, str, Any]


class Reading:
    """Work that changes nothing, such as answering a GET. ``has_written`` says that it did change something.

    ``seconds`` is how long its documents may be used.
    """

    def __init__(self, mark: bytes, seconds: float) -> None:
        self.mark, self.seconds = mark, seconds
        self.has_written = False


class Generation:
    """Documents that were read while ``mark`` was current, with the fields that they have, ``None`` for all."""

    def __init__(self, mark: bytes) -> None:
        self.mark = mark
        self.begun = time.monotonic()
        self.documents: dict[Name, tuple[Fields, Document]] = {}

    def serves(self, scope: Reading) -> bool:
        """Return whether work may still use it."""
        return self.mark == scope.mark and time.monotonic() - self.begun < scope.seconds


_current: ContextVar[Reading | None] = ContextVar("reading", default=None)
_generation = Generation(b"")
_tables: set[str] = set()


@contextmanager
def reading(mark: bytes | None, seconds: float) -> Iterator[Reading | None]:
    """Let plain reads of this context use kept documents; with ``None`` as the mark, they do not."""
    scope = None if mark is None else Reading(mark, seconds)
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def current_mark() -> bytes | None:
    """Return the mark of the reading that is under way, ``None`` outside of one and after a write in it."""
    scope = _current.get()
    return None if scope is None or scope.has_written else scope.mark


def find(table: str, column: str, values: Iterable[Any], fields: Fields) -> dict[Any, Document]:
    """Return the kept documents with these values of a unique column that have these fields, by value."""
    scope, generation = _current.get(), _generation
    if scope is None or scope.has_written or not generation.serves(scope):
        return {}
    found = {}
    for value in values:
        known, document = generation.documents.get((table, column, value), (frozenset[str](), None))
        if document is not None and (known is None or (fields is not None and fields <= known)):
            found[value] = document
    return found


def keep(table: str, columns: Iterable[str], fields: Fields, documents: Iterable[Document]) -> None:
    """Keep documents that were read in this context, by their values of unique columns."""
    global _generation
    scope, generation = _current.get(), _generation
    if scope is None or scope.has_written:
        return
    if not generation.serves(scope):
        _generation = generation = Generation(scope.mark)
    _tables.add(table)
    for document in documents:
        if len(generation.documents) >= MAX_DOCUMENTS:
            return
        for column in columns:
            generation.documents[table, column, document[column]] = fields, document


def forget_all() -> None:
    """Drop every kept document of this process."""
    global _generation
    _generation = Generation(b"")


class WriteWatcher(monitoring.CommandListener):
    """Drops the kept documents when this process writes to one of their collections."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Drop them before the write, and keep none of what this context reads from now on."""
        if _written_collection(event) not in _tables:
            return
        forget_all()
        scope = _current.get()
        if scope is not None:
            scope.has_written = True

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Do nothing: the write was noted when it began."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Do nothing: the write was noted when it began."""


def _written_collection(event: monitoring.CommandStartedEvent) -> object:
    """Return the collection that a command writes to, ``None`` for one that reads."""
    name = event.command_name
    if name in WRITES:
        return event.command.get(name)
    stages = event.command.get("pipeline") if name == "aggregate" else None
    if not stages:
        return None
    target = stages[-1].get("$merge") or stages[-1].get("$out")
    into = target.get("into", target.get("coll")) if isinstance(target, Mapping) else target
    return into.get("coll") if isinstance(into, Mapping) else into
