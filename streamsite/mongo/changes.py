"""The ids of documents that are written while a long copy of the database runs, read from a change stream."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import bson
from bson import Timestamp
from pymongo.change_stream import DatabaseChangeStream
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import OperationFailure

Document = dict[str, Any]
WRITES = ("insert", "update", "replace", "delete")
SHAPES = ("drop", "rename", "dropDatabase", "invalidate")
# ChangeStreamHistoryLost, ChangeStreamFatalError, InvalidResumeToken: the log does not reach back far enough.
LOST = {286, 280, 260}
AWAIT_MILLISECONDS, DRAIN_SECONDS = 10, 120


class HistoryLost(Exception):
    """The writes since the copy began are no longer in the log: the copy has to start over."""


class Changes:
    """Ids of written documents, by collection and encoded id, as far as they were read.

    ``marker`` names a collection and a document that this class writes itself: once its change is read, so are all
    before it.
    """

    def __init__(
        self,
        database: Database[Document],
        stream: DatabaseChangeStream[Document],
        session: ClientSession,
        marker: tuple[str, str],
    ) -> None:
        self._database, self._stream, self._session, self._marker = database, stream, session, marker
        self.touched: dict[str, dict[bytes, Any]] = {}
        self._moment: Timestamp | None = None
        self._read()  # gives the stream a token

    @property
    def token(self) -> Mapping[str, Any]:
        """The place in the log up to which changes were read."""
        token = self._stream.resume_token
        if token is None:
            raise HistoryLost
        return token

    def read_available(self) -> None:
        """Read the changes that the server has now, and none that come meanwhile. Raises ``HistoryLost``."""
        self._database.command("ping", session=self._session)
        now = self._session.operation_time
        while self._read() and (now is None or self._moment is None or self._moment < now):
            pass

    def read_all(self) -> None:
        """Read every change up to this moment. Raises ``HistoryLost``."""
        collection, name = self._marker
        key, nonce = bson.encode({"_id": name}), secrets.token_hex(8)
        self.touched.get(collection, {}).pop(key, None)
        self._database[collection].update_one(
            {"_id": name}, {"$set": {"nonce": nonce}}, upsert=True, session=self._session
        )
        deadline = time.monotonic() + DRAIN_SECONDS
        while key not in self.touched.get(collection, {}):
            if not self._read() and time.monotonic() > deadline:
                raise HistoryLost
        self.touched.pop(collection)

    def _read(self) -> bool:
        """Read one change; return whether there was one."""
        try:
            change = self._stream.try_next()
        except OperationFailure as error:
            raise _translated(error) from None
        if change is None:
            return False
        kind = change["operationType"]
        if kind in SHAPES:
            raise HistoryLost
        self._moment = change["clusterTime"]
        identity = change["documentKey"]["_id"]
        self.touched.setdefault(change["ns"]["coll"], {})[bson.encode({"_id": identity})] = identity
        return True


@contextmanager
def watch(
    database: Database[Document],
    session: ClientSession,
    *,
    ignored: frozenset[str],
    marker: tuple[str, str],
    token: Mapping[str, Any] | None = None,
) -> Iterator[Changes]:
    """Yield the changes of ``database`` from now on, or from ``token`` on. Raises ``HistoryLost``.

    Those of the collections ``ignored`` are left out.
    """
    pipeline: list[Document] = [
        {
            "$match": {
                "operationType": {"$in": [*WRITES, *SHAPES]},
                "ns.coll": {"$nin": sorted(ignored - {marker[0]})},
            }
        },
        {"$project": {"operationType": 1, "ns": 1, "documentKey": 1, "clusterTime": 1}},
    ]
    try:
        stream = database.watch(
            pipeline, resume_after=token, max_await_time_ms=AWAIT_MILLISECONDS, session=session
        )
    except OperationFailure as error:
        raise _translated(error) from None
    with stream:
        yield Changes(database, stream, session, marker)


def _translated(error: OperationFailure) -> Exception:
    return HistoryLost() if error.code in LOST else error
