"""One ``MongoClient`` per process and database alias, and the doors for code that talks pymongo itself.

A client owns a pool and monitoring threads, so it lives as long as the process and is never closed by a request.
It must not be used across a fork: a child forgets its parent's clients and opens its own.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from streamsite.mongo.engine.server_monitor import MonitoredClient

if TYPE_CHECKING:
    from pymongo.client_session import ClientSession
    from pymongo.database import Database

    from .base import DatabaseWrapper

Document = dict[str, Any]
Client = MonitoredClient

# A write that was acknowledged survives the loss of a server; weaker settings would make every promise above
# this layer untrue.
DURABILITY: dict[str, Any] = {"w": "majority", "journal": True, "retryWrites": True}

_clients: dict[str, Client] = {}
_lock = threading.Lock()


def _forget_inherited_clients() -> None:
    global _lock
    _lock = threading.Lock()
    _clients.clear()


os.register_at_fork(after_in_child=_forget_inherited_clients)


def shared_client(parameters: dict[str, Any]) -> Client:
    """Return this process's client for ``MongoClient`` keyword arguments, made on first use."""
    weaker = [name for name, value in DURABILITY.items() if parameters.get(name, value) != value]
    if weaker:
        raise ImproperlyConfigured(f"DATABASES CLIENT must not weaken {', '.join(sorted(weaker))}.")
    options = {**parameters, **DURABILITY, "document_class": dict, "tz_aware": False}
    key = repr(sorted(options.items(), key=str))
    with _lock:
        if key not in _clients:
            _clients[key] = MonitoredClient(**options)
        return _clients[key]


def connection_for(alias: str = "default") -> DatabaseWrapper:
    """Return the calling thread's connected wrapper of an alias that this engine serves."""
    connection = cast("DatabaseWrapper", connections[alias])
    if connection.vendor != "djongo":
        raise ImproperlyConfigured(f"Database alias {alias!r} is not served by streamsite.mongo.engine.")
    connection.ensure_connection()
    return connection


def get_client(alias: str = "default") -> Client:
    """Return the process's ``MongoClient`` of a database alias."""
    return connection_for(alias).mongo_client


def get_database(alias: str = "default") -> Database[Document]:
    """Return the pymongo ``Database`` of an alias; in tests this is the test database."""
    return connection_for(alias).database


def session_for(alias: str = "default") -> ClientSession | None:
    """Return the session of the ``atomic()`` block the caller is in, or ``None`` outside of one.

    Pass it as ``session=`` to pymongo so that a call joins the transaction. The engine cannot repeat what it did
    not see: once a session was handed out, a write conflict ends the transaction with ``OperationalError``, and so
    does returning to a savepoint made after it. ``joined.collection()`` has neither limit.
    """
    transaction = connection_for(alias).transaction
    return None if transaction is None else transaction.hand_out_session()
