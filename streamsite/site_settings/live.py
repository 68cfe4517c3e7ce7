"""The current settings of the site in this process. Requests never ask the database for them.

A thread looks at the document's version every ``SITE_SETTINGS_POLL_SECONDS`` and reads it when it changed, so that a
change reaches every process within five seconds; the process that saved has it at once. While the database is away the
last known values stay. The thread starts when the values are first needed.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import pymongo
from django.conf import settings
from django.core.signals import setting_changed
from django.db import DatabaseError, InterfaceError
from pymongo.errors import PyMongoError

from streamsite.site_settings import sections, store

logger = logging.getLogger("streamsite.site_settings")

Values = TypeVar("Values")
CONNECTION_ERRORS = (PyMongoError, DatabaseError, InterfaceError)
READ_SECONDS = 2.0


class _Snapshot:
    """A document, and the sections that were built from it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.version = store.version_of(document)
        self.built: dict[type, object] = {}


class _Follower:
    """The values of this process and the thread that keeps them up to date."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loaded = threading.Event()
        self.thread: threading.Thread | None = None
        self.snapshot: _Snapshot | None = None
        self.has_read = False

    def start(self) -> None:
        """Start the thread unless it runs, or must not run."""
        if self.thread is not None or not settings.SITE_SETTINGS_POLL_SECONDS:
            return
        with self.lock:
            if self.thread is None:
                self.thread = threading.Thread(target=self._follow, name="site settings", daemon=True)
                self.thread.start()

    def get(self) -> _Snapshot:
        """Return the snapshot; the defaults' when the database has not answered yet."""
        self.start()
        if self.snapshot is None and self.thread is not None:
            self.loaded.wait(READ_SECONDS)
        return self.snapshot or self.put({})

    def put(self, document: Mapping[str, Any], *, instead_of: _Snapshot | None = None) -> _Snapshot:
        """Take over a document, with ``instead_of`` only if nobody took over another one in the meantime."""
        with self.lock:
            if instead_of is None or self.snapshot is instead_of:
                self.snapshot = _Snapshot(document)
            return self.snapshot or _Snapshot(document)

    def _follow(self) -> None:
        is_away = False
        while seconds := settings.SITE_SETTINGS_POLL_SECONDS:
            try:
                with pymongo.timeout(READ_SECONDS):
                    self._refresh()
                is_away = False
            except CONNECTION_ERRORS as error:
                if not is_away:
                    logger.warning("settings: database unavailable (%s)", error.__class__.__name__)
                is_away = True
            self.loaded.set()
            time.sleep(seconds)

    def _refresh(self) -> None:
        before = self.snapshot
        if before is None or not self.has_read or store.find_version() != before.version:
            self.put(store.find(), instead_of=before)
            self.has_read = True


_follower = _Follower()


def _follow_anew() -> None:
    """Forget the parent's thread in a child process; the values stay."""
    global _follower
    former, _follower = _follower, _Follower()
    _follower.snapshot, _follower.has_read = former.snapshot, former.has_read


os.register_at_fork(after_in_child=_follow_anew)


def start() -> None:
    """Begin to read the settings, so that the first request need not wait."""
    _follower.start()


def current(values: type[Values]) -> Values:
    """Return the values of a section as they are now."""
    snapshot = _follower.get()
    found = snapshot.built.get(values)
    if found is None:
        found = snapshot.built[values] = sections.build(sections.section_of(values), snapshot.document)
    return cast(Values, found)


def read(values: type[Values]) -> Values:
    """Return the values of a section as the database has them now. Raises its errors: no defaults stand in."""
    return sections.build(sections.section_of(values), store.find())


def current_document() -> Mapping[str, Any]:
    """Return the document that the current values come from."""
    return _follower.get().document


def are_known() -> bool:
    """Return whether the values come from the database, and not only defaults that stand in until it answers."""
    _follower.get()
    return _follower.has_read or _follower.thread is None


def install(document: Mapping[str, Any]) -> None:
    """Use a document that this process has just written or read."""
    _follower.put(document)
    _follower.has_read = True


def _forget_built(**_: object) -> None:
    """Build the sections anew: a test changed Django's settings, which the defaults come from."""
    if _follower.snapshot is not None:
        _follower.snapshot.built.clear()


setting_changed.connect(_forget_built, dispatch_uid="site settings")
