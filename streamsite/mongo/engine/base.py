"""The connection: settings, client, transaction of one thread and one database alias."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper
from djongo import database as dbapi
from djongo.base import DatabaseWrapper as DjongoDatabaseWrapper
from djongo.base import DjongoClient
from djongo.cursor import Cursor as DjongoCursor
from pymongo.collection import Collection
from pymongo.database import Database as MongoDatabase

from .client import Client, shared_client
from .commands import Aggregate, fetch
from .creation import DatabaseCreation
from .errors import DRIVER_ERRORS, raise_integrity_error, raise_translated
from .features import DatabaseFeatures
from .introspection import DatabaseIntrospection
from .operations import DatabaseOperations
from .schema import DatabaseSchemaEditor
from .transactions import Transaction

Document = dict[str, Any]

# What an alias may set under OPTIONS.
DEFAULT_OPTIONS: dict[str, Any] = {
    # Milliseconds after which the server gives up a command (maxTimeMS); None for no limit.
    "max_time_ms": 10_000,
    # Whether the lookups `regex` and `iregex` are compiled; a hostile pattern costs the server dear.
    "allow_regex": False,
    # Seconds for which write conflicts in a transaction are tried again, where that is safe.
    "transaction_retry_seconds": 5.0,
}


class Cursor(DjongoCursor):
    """Gives djongo's managers their collections (``db_conn``); it runs no SQL."""

    def execute(self, sql: str, params: object = None) -> None:
        """Refuse: there is no SQL here."""
        raise NotSupportedError("Raw SQL is not supported by MongoDB.")

    def executemany(self, sql: str, param_list: object) -> None:
        """Refuse: there is no SQL here."""
        self.execute(sql)

    def __enter__(self) -> Cursor:
        return self


class DatabaseWrapper(DjongoDatabaseWrapper):
    """A thread's connection to one MongoDB database, sharing the process's client."""

    # djongo's DB-API, but binary values become bytes, the only such type that BSON knows.
    Database = SimpleNamespace(**vars(dbapi) | {"Binary": bytes})
    display_name = "MongoDB"
    data_types = DjongoDatabaseWrapper.data_types | {
        "JSONField": "object",
        "PositiveBigIntegerField": "long",
        "SmallAutoField": "int",
    }
    SchemaEditorClass = DatabaseSchemaEditor
    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations

    client_connection: Client | None
    connection: MongoDatabase[Document] | None

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self.transaction: Transaction | None = None
        self._collections: dict[str, Collection[Document]] = {}
        self._process = os.getpid()
        self.engine_options = {**DEFAULT_OPTIONS, **settings_dict.get("OPTIONS", {})}
        self.time_limit_ms: int | None = self.engine_options["max_time_ms"]

    # --- connecting -----------------------------------------------------------------------------

    def get_connection_params(self) -> dict[str, Any]:
        """Return djongo's parameters: ``name``, ``enforce_schema`` and those of ``MongoClient``."""
        unknown = set(self.engine_options) - set(DEFAULT_OPTIONS)
        if unknown:
            raise ImproperlyConfigured(f"Unknown database OPTIONS: {', '.join(sorted(unknown))}.")
        if not self.settings_dict["NAME"]:
            raise ImproperlyConfigured("DATABASES needs the NAME of a MongoDB database.")
        parameters: dict[str, Any] = super().get_connection_params()
        if parameters["enforce_schema"]:
            raise ImproperlyConfigured("ENFORCE_SCHEMA is not supported: set it to False.")
        if self.settings_dict.get("TIME_ZONE") not in (None, "UTC"):
            raise ImproperlyConfigured("MongoDB keeps moments in UTC: leave the database's TIME_ZONE alone.")
        return parameters

    def get_new_connection(self, connection_params: dict[str, Any]) -> MongoDatabase[Document]:
        """Return the database, on the client that the whole process shares."""
        parameters = dict(connection_params)
        name = parameters.pop("name")
        enforce_schema = parameters.pop("enforce_schema")
        self.client_connection = shared_client(parameters)
        database: MongoDatabase[Document] = self.client_connection[name]
        self.djongo_connection = DjongoClient(database, enforce_schema)
        self._collections = {}
        return database

    def init_connection_state(self) -> None:
        """Check the server's version once per process; djongo's logging set-up is left to Django."""
        BaseDatabaseWrapper.init_connection_state(self)

    def ensure_connection(self) -> None:
        """Connect if need be; in a forked child, leave the parent's client alone."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self.connection = None
            self.transaction = None
        super().ensure_connection()

    def get_database_version(self) -> tuple[int, ...]:
        """Return the server's version as (major, minor)."""
        try:
            return tuple(self.mongo_client.server_info()["versionArray"][:2])
        except DRIVER_ERRORS as error:
            raise_translated(self, error)

    def create_cursor(self, name: str | None = None) -> Cursor:
        """Return djongo's kind of cursor, which knows the database but no SQL."""
        return Cursor(self.client_connection, self.connection, self.djongo_connection)

    def _close(self) -> None:
        self._end_transaction()

    @property
    def mongo_client(self) -> Client:
        """The process's client."""
        self.ensure_connection()
        assert self.client_connection is not None  # noqa: S101 - set by ensure_connection
        return self.client_connection

    @property
    def database(self) -> MongoDatabase[Document]:
        """The database of this alias."""
        self.ensure_connection()
        assert self.connection is not None  # noqa: S101 - set by ensure_connection
        return self.connection

    def collection(self, name: str) -> Collection[Document]:
        """Return a collection; making one anew each time costs as much as a small query's compilation."""
        found = self._collections.get(name)
        if found is None:
            found = self._collections[name] = self.database[name]
        return found

    # --- time limit -----------------------------------------------------------------------------

    @property
    def time_limit_seconds(self) -> float | None:
        """The time limit in the unit of ``pymongo.timeout``."""
        return None if self.time_limit_ms is None else self.time_limit_ms / 1000

    @contextmanager
    def time_limit(self, milliseconds: int | None) -> Iterator[None]:
        """Run a block with another limit per command, for nightly work; ``None`` for no limit."""
        before, self.time_limit_ms = self.time_limit_ms, milliseconds
        try:
            yield
        finally:
            self.time_limit_ms = before

    # --- relations ------------------------------------------------------------------------------

    def check_constraints(self, table_names: Iterable[str] | None = None) -> None:
        """Raise ``IntegrityError`` for a row that refers to one that is not there; ``loaddata`` asks at its end."""
        for model in apps.get_models(include_auto_created=True):
            if table_names is None or model._meta.db_table in table_names:
                for field in model._meta.local_concrete_fields:
                    if field.is_relation and getattr(field, "db_constraint", False):
                        self._check_relation(field)

    def _check_relation(self, field: Any) -> None:
        target = field.target_field
        table, column = field.model._meta.db_table, field.column
        lookup = {
            "from": target.model._meta.db_table,
            "localField": column,
            "foreignField": target.column,
            "as": "found",
        }
        pipeline: list[Document] = [
            {"$match": {column: {"$ne": None}}},
            {"$lookup": lookup},
            {"$match": {"found": []}},
            {"$limit": 1},
        ]
        for row in fetch(self, Aggregate(table, pipeline)):
            raise_integrity_error(
                self, f"FOREIGN KEY constraint failed: {table}.{column} = {row[column]!r} refers to no row."
            )

    # --- transactions ---------------------------------------------------------------------------

    def _set_autocommit(self, autocommit: bool) -> None:
        if autocommit:
            self._end_transaction()
        elif self.transaction is None:
            self.transaction = Transaction(
                self.mongo_client,
                retry_seconds=self.engine_options["transaction_retry_seconds"],
                limit_seconds=self.time_limit_seconds,
            )

    def _end_transaction(self) -> None:
        transaction, self.transaction = self.transaction, None
        if transaction is not None:
            transaction.close()

    def _commit(self) -> None:
        if self.transaction is not None:
            try:
                self.transaction.commit()
            except DRIVER_ERRORS as error:
                raise_translated(self, error)

    def _rollback(self) -> None:
        if self.transaction is not None:
            self.transaction.rollback()

    def _savepoint(self, sid: str) -> None:
        if self.transaction is not None:
            self.transaction.savepoint(sid)

    def _savepoint_commit(self, sid: str) -> None:
        if self.transaction is not None:
            with self.wrap_database_errors:
                self.transaction.release(sid)

    def _savepoint_rollback(self, sid: str) -> None:
        if self.transaction is not None:
            try:
                self.transaction.rollback_to(sid)
            except DRIVER_ERRORS as error:
                raise_translated(self, error)
