"""A client that notices a server which accepts connections and says nothing, and then fails fast.

The driver's monitor asks each server every second (``heartbeatFrequencyMS``) and waits ``connectTimeoutMS`` for the
answer. After a silence it ends the operations that wait for that server, but whoever comes next would wait for the
whole server selection: each request seconds, with a thread each. ``ServerMonitor`` hears of every heartbeat, so this
process knows at once that there is no server and that there is one again: the monitor's next heartbeat is the trial
that other circuit breakers make with a request. Operations of any length continue while the server answers heartbeats.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pymongo
from pymongo import MongoClient, monitoring
from pymongo.client_session import ClientSession
from pymongo.errors import NetworkTimeout, PyMongoError, ServerSelectionTimeoutError
from pymongo.synchronous.server import Server

from .kept_documents import WriteWatcher

# A missed heartbeat is repeated at once; those who come in this time wait for its outcome.
PATIENCE_SECONDS = 1.0
SLICE_SECONDS = 0.5


class DatabaseSilentError(ServerSelectionTimeoutError):
    """No server has answered for a while, so none was asked."""


class ServerMonitor(monitoring.ServerHeartbeatListener, monitoring.ServerListener):
    """The servers of one client that answered their last heartbeat, and the time since when none does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answering: set[tuple[str, int | None]] = set()
        self._away_since: float | None = None
        self._is_silent = False
        self._answered = threading.Event()

    @property
    def is_away(self) -> bool:
        """True when the last heartbeat of every server failed."""
        return self._away_since is not None

    def require(self, selection_seconds: float) -> None:
        """Raise ``DatabaseSilentError`` when selecting a server would be a waste of time.

        That is so a second after a silence was noticed, and ``selection_seconds`` after connections began to fail.
        """
        since = self._away_since
        if since is None:
            return
        spent = time.monotonic() - since
        if not self._is_silent and spent < selection_seconds:
            return  # perhaps it is being restarted: the driver waits for that
        if not self._answered.wait(max(0.0, PATIENCE_SECONDS - spent)):
            raise DatabaseSilentError(f"The database has not answered for {spent:.1f} s.")

    # --- what the driver's monitors tell --------------------------------------------------------

    def started(self, event: monitoring.ServerHeartbeatStartedEvent) -> None:
        """Wait for the outcome."""

    def succeeded(self, event: monitoring.ServerHeartbeatSucceededEvent) -> None:
        """Note that a server answers."""
        with self._lock:
            self._answering.add(event.connection_id)
            self._away_since, self._is_silent = None, False
            self._answered.set()

    def failed(self, event: monitoring.ServerHeartbeatFailedEvent) -> None:
        """Note that a server does not answer, and whether it was silent or refused the connection."""
        with self._lock:
            self._answering.discard(event.connection_id)
            self._look(is_silent=isinstance(event.reply, NetworkTimeout))

    def opened(self, event: monitoring.ServerOpeningEvent) -> None:
        """Wait for its first heartbeat."""

    def description_changed(self, event: monitoring.ServerDescriptionChangedEvent) -> None:
        """Ignore the event: heartbeats say it sooner."""

    def closed(self, event: monitoring.ServerClosedEvent) -> None:
        """Forget a server that left the replica set."""
        with self._lock:
            self._answering.discard(event.server_address)

    def _look(self, *, is_silent: bool) -> None:
        if self._answering:
            return
        if self._away_since is None:
            self._away_since = time.monotonic()
            self._answered.clear()
        self._is_silent = self._is_silent or is_silent


class MonitoredClient(MongoClient[dict[str, Any]]):
    """A ``MongoClient`` that refuses operations at once while no server answers."""

    def __init__(self, **options: Any) -> None:
        self._pulse = ServerMonitor()
        self._ending = threading.Lock()
        self._abandoned: list[Mapping[str, Any]] = []
        self._ender = 0  # the thread that ends them
        listeners = [*options.pop("event_listeners", ()), self._pulse, WriteWatcher()]
        super().__init__(**options, event_listeners=listeners)

    @property
    def pulse(self) -> ServerMonitor:
        """True when the servers answer."""
        return self._pulse

    def abandon(self, session: ClientSession) -> None:
        """End the session's transaction when a server answers again; until then it cannot be aborted.

        A hung server reads what was sent to it as soon as it goes on. The transaction that this begins would hold its
        documents for a minute, because nobody is left who ends it.
        """
        with self._ending:
            self._abandoned.append(session.session_id)

    def _select_server(self, *arguments: Any, **options: Any) -> Server:
        # Every operation comes by here, also the driver's own repetitions. It waits in slices, so that who came just
        # before a silence was noticed hears of it, too.
        if self._abandoned and not self._pulse.is_away and self._ender != threading.get_ident():
            self._end_abandoned()
        seconds = self.options.server_selection_timeout
        part = min(SLICE_SECONDS, seconds)
        deadline = time.monotonic() + seconds
        while True:
            self._pulse.require(seconds)
            begun = time.monotonic()
            try:
                with pymongo.timeout(part):
                    return super()._select_server(*arguments, **options)
            except ServerSelectionTimeoutError as error:
                now = time.monotonic()
                is_cut_short = now - begun < 0.8 * part  # by the caller's own time limit
                if is_cut_short or now > deadline or isinstance(error, DatabaseSilentError):
                    raise

    def _end_abandoned(self) -> None:
        """End what was abandoned before anybody can use such a session again."""
        with self._ending:
            if not self._abandoned:
                return
            self._ender = threading.get_ident()
            try:
                with suppress(PyMongoError):
                    self.admin.command("killSessions", self._abandoned)
            finally:
                self._abandoned, self._ender = [], 0
