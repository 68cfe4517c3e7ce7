"""One ``atomic()`` nest as one MongoDB transaction, with savepoints.

MongoDB has no savepoints and aborts the whole transaction on any error. Every write is therefore kept in a journal:
going back to a savepoint aborts the transaction, starts another and writes the journal up to the savepoint again.
Each repeated write must have the same outcome as the first time, or the transaction ends with an error.

A write conflict may be answered the same way, but only while the block has read nothing: a decision taken on a read
cannot be repeated here, so the caller gets ``OperationalError`` and may run the whole block again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pymongo
from djongo import database as dbapi
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.results import BulkWriteResult, DeleteResult, UpdateResult
from pymongo.write_concern import WriteConcern

from streamsite.mongo.engine.server_monitor import DatabaseSilentError

from .client import Client
from .errors import UNKNOWN_COMMIT, RepetitionFailed, is_transient

T = TypeVar("T")
Operation = Callable[[ClientSession], T]

INITIAL_PAUSE_SECONDS = 0.002
MAX_PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Entry:
    """A write of the running transaction; ``operation`` is ``None`` for one made behind the engine's back."""

    operation: Operation[Any] | None
    outcome: object


class Transaction:
    """The transaction of one connection's outermost ``atomic()`` block; it begins with its first operation."""

    def __init__(self, client: Client, *, retry_seconds: float, limit_seconds: float | None) -> None:
        self._client = client
        self.session = client.start_session()
        self._retry_seconds = retry_seconds
        self._limit_seconds = limit_seconds
        self._forget()

    def _forget(self) -> None:
        self._journal: list[Entry] = []
        self._savepoints: dict[str, int] = {}
        self._has_read = False
        self.failed = False

    def read(self, operation: Operation[T]) -> T:
        """Run a read in the transaction."""
        result = self._attempt(operation)
        self._has_read = True
        return result

    def write(self, operation: Operation[T]) -> T:
        """Run a write in the transaction and remember it."""
        result = self._attempt(operation)
        self._journal.append(Entry(operation, summarize_result(result)))
        return result

    def hand_out_session(self) -> ClientSession:
        """Return the session to a caller whose use of it cannot be seen, and so cannot be repeated."""
        self._begin()
        self._has_read = True
        self._journal.append(Entry(None, None))
        return self.session

    def savepoint(self, name: str) -> None:
        """Mark the present state with a name."""
        self._savepoints[name] = len(self._journal)

    def release(self, name: str) -> None:
        """Forget a savepoint; what was written since belongs to the block around it."""
        self._position(name)
        del self._savepoints[name]

    def rollback_to(self, name: str) -> None:
        """Return to the state at a savepoint."""
        kept = self._position(name)
        if kept == len(self._journal) and not self.failed:
            return
        del self._journal[kept:]
        self._replay()
        self.failed = False

    def commit(self) -> None:
        """Make everything durable, or raise with nothing of it visible."""
        if not self.session.in_transaction:
            return
        deadline = time.monotonic() + self._retry_seconds
        for pause in _pauses():
            try:
                self._commit_once(deadline)
                break
            except PyMongoError as error:
                if not is_transient(error) or not self._is_repeatable or time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            self._replay()
        self._forget()

    def rollback(self) -> None:
        """Drop everything written since the block began."""
        self._abort()
        self._forget()

    def close(self) -> None:
        """End the session; what was not committed is gone."""
        self._abort()
        self.session.end_session()

    def _position(self, name: str) -> int:
        """Return how long the journal was at a savepoint."""
        if name not in self._savepoints:
            raise dbapi.DatabaseError(f"There is no savepoint {name!r}.")
        return self._savepoints[name]

    @property
    def has_written(self) -> bool:
        """True when the running transaction holds anything that is not yet durable."""
        return bool(self._journal)

    @property
    def _is_repeatable(self) -> bool:
        return not self._has_read and all(entry.operation for entry in self._journal)

    def _begin(self) -> None:
        if not self.session.in_transaction:
            self.session.start_transaction(
                read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority", j=True)
            )

    def _abort(self) -> None:
        if self.session.in_transaction:
            self._abandon_if_away()
            self.session.abort_transaction()

    def _abandon_if_away(self) -> None:
        if self._client.pulse.is_away:
            self._client.abandon(self.session)

    def _attempt(self, operation: Operation[T]) -> T:
        self._begin()
        deadline = time.monotonic() + self._retry_seconds
        for pause in _pauses():
            try:
                return operation(self.session)
            except PyMongoError as error:
                self.failed = True
                if not is_transient(error) or not self._is_repeatable or time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            self._replay()
            self.failed = False
        raise AssertionError("unreachable: the pauses never end")

    def _replay(self) -> None:
        """Abort, begin again and repeat the journal; each write must have the outcome it had."""
        deadline = time.monotonic() + self._retry_seconds
        for pause in _pauses():
            self._abort()
            self._begin()
            try:
                for entry in self._journal:
                    self._repeat(entry)
            except PyMongoError as error:
                if not is_transient(error) or time.monotonic() > deadline:
                    raise
            else:
                return
            time.sleep(pause)

    def _repeat(self, entry: Entry) -> None:
        if entry.operation is None:
            raise dbapi.OperationalError(
                "The transaction cannot return to its savepoint: its session was handed out before that."
            )
        if summarize_result(entry.operation(self.session)) != entry.outcome:
            raise RepetitionFailed(
                "The transaction cannot be repeated: another one changed what it had written."
            )

    def _commit_once(self, deadline: float) -> None:
        """Commit; while the outcome is unknown, ask again (the server commits a transaction only once)."""
        while True:
            try:
                with pymongo.timeout(self._limit_seconds):
                    self.session.commit_transaction()
            except PyMongoError as error:
                if (
                    not error.has_error_label(UNKNOWN_COMMIT)
                    or isinstance(error, DatabaseSilentError)
                    or time.monotonic() > deadline
                ):
                    self._abandon_if_away()
                    raise
                time.sleep(INITIAL_PAUSE_SECONDS)
            else:
                return


def summarize_result(result: object) -> object:
    """Return what must be the same when a write is repeated."""
    if isinstance(result, UpdateResult):
        return result.matched_count, result.upserted_id is not None
    if isinstance(result, DeleteResult):
        return result.deleted_count
    if isinstance(result, BulkWriteResult):
        return result.inserted_count, result.matched_count, tuple(result.upserted_ids or ())
    if result is None or isinstance(result, dict):
        return result
    return type(result)


def _pauses() -> Iterator[float]:
    """Yield growing, jittered pauses in seconds, without end."""
    longest = INITIAL_PAUSE_SECONDS
    while True:
        yield random.uniform(0, longest)  # noqa: S311 - spreads competitors, guards nothing
        longest = min(longest * 2, MAX_PAUSE_SECONDS)
