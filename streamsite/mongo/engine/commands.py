"""Commands to the server: joined to the transaction, limited in time, logged, errors translated."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pymongo

from .errors import DRIVER_ERRORS, raise_translated

if TYPE_CHECKING:
    from pymongo.client_session import ClientSession

    from .base import DatabaseWrapper
    from .transactions import Transaction

T = TypeVar("T")

# Documents of a result that is read whole anyway, before the server is asked for more; it stops at 16 MB by itself.
FIRST_BATCH = 10_000

Document = dict[str, Any]
Pipeline = list[Document]


@dataclass(frozen=True)
class Find:
    """A query over one collection; ``options`` are those of pymongo's ``find``."""

    table: str
    filter: Document
    options: Document = field(default_factory=dict)

    def open(self, connection: DatabaseWrapper, session: ClientSession | None, batch_size: int) -> Any:
        """Return a cursor over the result."""
        return connection.collection(self.table).find(
            self.filter,
            session=session,
            max_time_ms=connection.time_limit_ms,
            batch_size=batch_size,
            **self.options,
        )


@dataclass(frozen=True)
class Aggregate:
    """A query that joins, groups or computes."""

    table: str
    pipeline: Pipeline

    def open(self, connection: DatabaseWrapper, session: ClientSession | None, batch_size: int) -> Any:
        """Return a cursor over the result."""
        options: Document = {"batchSize": batch_size} if batch_size else {}
        if connection.time_limit_ms is not None:
            options["maxTimeMS"] = connection.time_limit_ms
        return connection.collection(self.table).aggregate(self.pipeline, session=session, **options)


def fetch(connection: DatabaseWrapper, query: Find | Aggregate) -> list[Document]:
    """Return all documents that a query finds."""
    with _logged(connection, query):
        return run_read(connection, lambda session: query.open(connection, session, FIRST_BATCH).to_list())


def stream(connection: DatabaseWrapper, query: Find | Aggregate, size: int) -> Iterator[list[Document]]:
    """Yield the documents that a query finds in lists of ``size``, holding one list at a time."""
    with _logged(connection, query):
        cursor = run_read(connection, lambda session: query.open(connection, session, size))
    with cursor:
        while chunk := run_read(connection, lambda _session: list(islice(cursor, size))):
            yield chunk


def write(connection: DatabaseWrapper, table: str, method: str, *arguments: object, **options: object) -> Any:
    """Call a writing method of a collection within the time limit; return pymongo's result."""

    def operation(session: ClientSession | None) -> Any:
        with pymongo.timeout(connection.time_limit_seconds):
            return getattr(connection.collection(table), method)(*arguments, session=session, **options)

    with _logged(connection, (table, method, arguments, options)):
        return run_write(connection, operation)


def run_read(connection: DatabaseWrapper, operation: Callable[[ClientSession | None], T]) -> T:
    """Run a reading operation, in the transaction if there is one."""
    transaction = _prepare(connection)
    try:
        return operation(None) if transaction is None else transaction.read(operation)
    except DRIVER_ERRORS as error:
        _fail(connection, error)


def run_write(connection: DatabaseWrapper, operation: Callable[[ClientSession | None], T]) -> T:
    """Run a writing operation, in the transaction if there is one."""
    transaction = _prepare(connection)
    try:
        return operation(None) if transaction is None else transaction.write(operation)
    except DRIVER_ERRORS as error:
        _fail(connection, error)


def _prepare(connection: DatabaseWrapper) -> Transaction | None:
    connection.ensure_connection()
    if connection.in_atomic_block:
        connection.validate_no_broken_transaction()
    return connection.transaction


def _fail(connection: DatabaseWrapper, error: BaseException) -> NoReturn:
    """Translate an error; the server has given the transaction up, so nothing more may be done in it."""
    transaction = connection.transaction
    if transaction is not None and transaction.failed and connection.in_atomic_block:
        connection.needs_rollback = True
        connection.rollback_exc = error if isinstance(error, Exception) else None
    raise_translated(connection, error)


@contextmanager
def _logged(connection: DatabaseWrapper, command: object) -> Iterator[None]:
    """Add a command to ``connection.queries``, which ``assertNumQueries`` counts."""
    if not connection.queries_logged:
        yield
        return
    start = time.monotonic()
    try:
        yield
    finally:
        spent = time.monotonic() - start
        connection.queries_log.append({"sql": repr(command), "time": f"{spent:.3f}"})
