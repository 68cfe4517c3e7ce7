"""A short-lived cache of documents that requests name by key: the channels of a list, the video of a page.

Lists of one page name the same channels, and so do the requests of the next second. Inside of ``reading``, plain reads
(see ``rows``) take the documents of models with ``kept_while_reading`` from here if they are named by the primary key
or by another unique column. Each query makes its own rows, so nobody sees another's changes of an object.

A document may be used for ``seconds`` by work that has the same mark as the work that read it. The application renews
the mark whenever such a collection may have changed: ``watching_writes`` tells it that work did. Nothing is taken from
here outside of ``reading``, inside ``bypass``, in transactions, and in work that has written to such a collection.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps
from pymongo import monitoring

from .commands import Document

MAX_DOCUMENTS = 2_000
WRITES = {"insert", "update", "delete", "findAndModify"}

Fields = frozenset[str] | None
# A collection, a unique column, and a value of it.
Name = tuple[str, str, Any]


class Work:
    """What is done for one request. ``has_written`` says that it wrote to a collection whose documents are kept.

    ``mark`` is ``None`` for work that uses no kept documents; ``seconds`` is how long the others may use them.
    """

    def __init__(self, mark: bytes | None, seconds: float) -> None:
        self.mark, self.seconds = mark, seconds
        self.has_written = False


class Generation:
    """Documents that were read while ``mark`` was current, with the fields that they have, ``None`` for all."""

    def __init__(self, mark: bytes) -> None:
        self.mark = mark
        self.begun = time.monotonic()
        self.documents: dict[Name, tuple[Fields, Document]] = {}

    def serves(self, work: Work) -> bool:
        """Return whether the work may still use it."""
        return self.mark == work.mark and time.monotonic() - self.begun < work.seconds


_current: ContextVar[Work | None] = ContextVar("work", default=None)
_is_bypassed: ContextVar[bool] = ContextVar("bypass", default=False)
_generation = Generation(b"")


@contextmanager
def reading(mark: bytes | None, seconds: float) -> Iterator[Work]:
    """Let plain reads of this context use kept documents; with ``None`` as the mark, they do not."""
    work = Work(mark, seconds)
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)


def watching_writes() -> AbstractContextManager[Work]:
    """Notice writes to collections whose documents are kept, in work that uses none of them."""
    return reading(None, 0)


@contextmanager
def bypass() -> Iterator[None]:
    """Read from the server what decides about a person, such as the account that a password is checked for."""
    token = _is_bypassed.set(True)
    try:
        yield
    finally:
        _is_bypassed.reset(token)


def current_mark() -> bytes | None:
    """Return the mark of the reading that is under way, ``None`` outside of one and after a write in it."""
    work = _usable()
    return None if work is None else work.mark


def _usable() -> Work | None:
    """Return the work that is under way if it may use kept documents."""
    work = _current.get()
    if work is None or work.mark is None or work.has_written or _is_bypassed.get():
        return None
    return work


def find(table: str, column: str, values: Iterable[Any], fields: Fields) -> dict[Any, Document]:
    """Return the kept documents with these values of a unique column that have these fields, by value."""
    work, generation = _usable(), _generation
    if work is None or not generation.serves(work):
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
    work, generation = _usable(), _generation
    if work is None or work.mark is None:
        return
    if not generation.serves(work):
        _generation = generation = Generation(work.mark)
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
    """Notices writes to collections whose documents are kept, and drops the kept ones of this process."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Drop them before the write, and note it for the work that is under way."""
        table = _written_collection(event)
        if table is None or table not in _kept_tables():
            return
        forget_all()
        work = _current.get()
        if work is not None:
            work.has_written = True

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Do nothing: the write was noted when it began."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Do nothing: the write was noted when it began."""


@cache
def _kept_tables() -> frozenset[str]:
    """Return the collections whose documents are kept."""
    models = apps.get_models()
    return frozenset(
        str(model._meta.db_table) for model in models if getattr(model, "kept_while_reading", False)
    )


def _written_collection(event: monitoring.CommandStartedEvent) -> str | None:
    """Return the collection that a command writes to, ``None`` for one that reads."""
    name = event.command_name
    if name in WRITES:
        return str(event.command.get(name))
    stages = event.command.get("pipeline") if name == "aggregate" else None
    if not stages:
        return None
    target = stages[-1].get("$merge") or stages[-1].get("$out")
    into = target.get("into", target.get("coll")) if isinstance(target, Mapping) else target
    return into.get("coll") if isinstance(into, Mapping) else into
