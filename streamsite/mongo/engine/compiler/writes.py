"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from bson import Decimal128, ObjectId
from django.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from django.db import NotSupportedError
from django.db.backends.utils import format_number
from django.db.models import CompositePrimaryKey, DecimalField, Model
from django.db.models.constants import OnConflict
from django.db.models.expressions import ColPairs, DatabaseDefault, Value
from django.db.models.functions import Now
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLInsertCompiler as DjangoSQLInsertCompiler
from django.db.models.sql.compiler import SQLUpdateCompiler as DjangoSQLUpdateCompiler
from django.db.models.sql.constants import CURSOR, MULTI
from django.utils import timezone
from pymongo import ReturnDocument

from streamsite.mongo.engine.compiler.types import stored_as
from streamsite.mongo.engine.errors import raise_integrity_error, translate_errors

from ..columns import AnyField, column_name
from ..commands import Find, fetch, write
from ..introspection import SCHEMA_COLLECTION
from ..nodes import Node
from ..schema import AUTO_TYPES
from . import upserts
from .joins import scope_of, used_tables
from .scope import Document
from .select import SQLCompiler
from .updates import build_update, is_positive

if TYPE_CHECKING:
    from ..base import DatabaseWrapper


class SQLInsertCompiler(DjangoSQLInsertCompiler, SQLCompiler):  # type: ignore[misc]
    """Inserts documents, numbering those whose primary key the database chooses."""

    def execute_sql(self, returning_fields: list[Any] | None = None) -> list[Any]:
        """Insert the query's objects; return the asked for fields of each, as Django's values."""
        meta = self.query.get_meta()
        documents = self._documents()
        self._number(meta, documents)
        if self.query.on_conflict == OnConflict.IGNORE:
            self._write_in_bulk(upserts.insert_or_ignore(cast(type[Model], self.query.model), documents))
        elif self.query.on_conflict == OnConflict.UPDATE:
            documents = self._insert_or_update(documents, returning_fields)
        elif len(documents) == 1:
            write(self.connection, meta.db_table, "insert_one", documents[0])
        elif documents:
            write(self.connection, meta.db_table, "insert_many", documents)
        if not returning_fields:
            return []
        rows = [[document.get(field.column) for field in returning_fields] for document in documents]
        converters = self.get_converters([field.get_col(meta.db_table) for field in returning_fields])
        return list(self.apply_converters(rows, converters)) if converters else rows

    def _insert_or_update(self, documents: list[Document], returning: list[Any] | None) -> list[Document]:
        """Insert the documents or update those in their way; return what is stored if a field is asked for."""
        unique = [field.column for field in self.query.unique_fields]
        upserts.require_unique(cast(type[Model], self.query.model), unique)
        updated = [field.column for field in self.query.update_fields]
        self._write_in_bulk(upserts.insert_or_update(documents, unique, updated))
        if not returning:
            return []
        columns = dict.fromkeys([*unique, *(field.column for field in returning)], 1)
        stored = Find(
            self.query.get_meta().db_table, upserts.upsert_filter(documents, unique), {"projection": columns}
        )
        by_values = {
            tuple(document.get(column) for column in unique): document
            for document in fetch(self.connection, stored)
        }
        return [by_values[tuple(document.get(column) for column in unique)] for document in documents]

    def _write_in_bulk(self, writes: list[upserts.Write]) -> None:
        if writes:
            write(self.connection, self.query.get_meta().db_table, "bulk_write", writes)

    def _documents(self) -> list[Document]:
        meta = self.query.get_meta()
        fields = self.query.fields or [meta.pk]
        return [
            {
                column_name(field): stored
                for field in fields
                if (stored := self._stored(field, instance)) is not None or not _is_automatic(field)
            }
            for instance in self.query.objs
        ]

    def _stored(self, field: AnyField, instance: Model) -> Any:
        """Return an attribute as it is stored."""
        stored = self.prepare_value(field, self.pre_save_val(field, instance))
        if hasattr(stored, "resolve_expression"):
            stored = self._constant(field, stored)
        return _checked(self.connection, field, stored)

    def _constant(self, field: AnyField, node: Node) -> Any:
        """Return the value of an expression that needs no server: an insert cannot compute."""
        if isinstance(node, DatabaseDefault):
            node = node.expression
        if type(node) is Value:
            return field.get_db_prep_save(node.value, connection=self.connection)
        if type(node) is Now:
            return field.get_db_prep_save(timezone.now(), connection=self.connection)
        raise NotSupportedError(f"{type(node).__name__} is not supported in an insert.")

    def _number(self, meta: Any, documents: list[Document]) -> None:
        """Fill in primary keys that the database chooses; missing ``_id`` values are pymongo's to add."""
        field = meta.pk
        if field.get_internal_type() == "ObjectIdField":
            for document in documents:
                document.setdefault(field.column, ObjectId())
        elif field.get_internal_type() in AUTO_TYPES:
            with translate_errors(self.connection):
                self._number_in_sequence(meta.db_table, field.column, documents)

    def _number_in_sequence(self, table: str, column: str, documents: list[Document]) -> None:
        """Draw numbers from the collection's counter.

        Not in the transaction: it would make all inserts conflict with each other. As with SQL's sequences, a
        rollback leaves a gap.
        """
        unnumbered = [document for document in documents if column not in document]
        given = [document[column] for document in documents if column in document]
        counters = self.connection.collection(SCHEMA_COLLECTION)
        if given:
            counters.update_one({"name": table}, {"$max": {"auto.seq": max(given)}}, upsert=True)
        if not unnumbered:
            return
        counter = counters.find_one_and_update(
            {"name": table},
            {"$inc": {"auto.seq": len(unnumbered)}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        # It was upserted, so there is one.
        first = cast(Document, counter)["auto"]["seq"] - len(unnumbered) + 1
        for number, document in enumerate(unnumbered, start=first):
            document[column] = number


class SQLDeleteCompiler(SQLCompiler):
    """Deletes the documents that a condition finds."""

    def execute_sql(self, result_type: str = MULTI, **options: object) -> Any:
        """Delete; return the number of documents, in a cursor if that is asked for."""
        try:
            condition = build_write_filter(self)
        except EmptyResultSet:
            count = 0
        else:
            method = "delete_one" if _is_of_one(self.query, condition) else "delete_many"
            count = write(self.connection, self.table, method, condition).deleted_count
        return RowCount(count) if result_type == CURSOR else count


class SQLUpdateCompiler(DjangoSQLUpdateCompiler, SQLCompiler):  # type: ignore[misc]
    """Updates documents: plain values by ``$set``, ``F() + number`` by ``$inc``, all else by a pipeline."""

    def execute_sql(self, result_type: str) -> int:
        """Update; return the number of documents that the condition found."""
        count = self._update()
        is_main = count is not None
        for query in self.query.get_related_updates():
            related = query.get_compiler(self.using).execute_sql(result_type)
            if not is_main:
                count, is_main = related, True
        return count or 0

    def _update(self) -> int | None:
        """Run the primary update; ``None`` if there is nothing to set."""
        try:
            self.pre_sql_setup()
            if not self.query.values:
                return None
            condition = build_write_filter(self)
        except EmptyResultSet:
            return 0
        plain: Document = {}
        computed: Document = {}
        for field, _model, value in self.query.values:
            value = self._value(field, value)
            if hasattr(value, "resolve_expression"):
                computed[field.column] = stored_as(field, value, self.scope.expression(value))
            else:
                plain[field.column] = value
        if self.scope.stages:
            raise NotSupportedError("A subquery as a new value is not supported in an update.")
        update = build_update(plain, computed, {field.column: field for field, _, _ in self.query.values})
        method = "update_one" if _is_of_one(self.query, condition) else "update_many"
        return int(write(self.connection, self.table, method, condition, update).matched_count)

    def _value(self, field: AnyField, value: Any) -> Any:
        """Return a new value as it is stored, or a resolved expression."""
        if hasattr(value, "resolve_expression"):
            value = value.resolve_expression(self.query, allow_joins=False, for_save=True)
            if value.contains_aggregate or value.contains_over_clause or isinstance(value, ColPairs):
                kind = "Window expressions" if value.contains_over_clause else "Aggregate functions"
                raise FieldError(f"{kind} are not allowed in this query ({field.name}={value!r}).")
        elif hasattr(value, "prepare_database_save"):
            if not field.remote_field:
                raise TypeError(
                    f"Tried to update field {field} with a model instance, {value!r}. "
                    f"Use a value compatible with {type(field).__name__}."
                )
            value = value.prepare_database_save(field)
        value = field.get_db_prep_save(value, connection=self.connection)
        if type(value) is Value:
            value = field.get_db_prep_save(value.value, connection=self.connection)
        return _checked(self.connection, field, value)


class RowCount:
    """The part of a database cursor that Django's deletion uses."""

    def __init__(self, rowcount: int) -> None:
        self.rowcount = rowcount

    def __enter__(self) -> RowCount:
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def close(self) -> None:
        """Do nothing: there is no open cursor."""


def _checked(connection: DatabaseWrapper, field: Any, value: Any) -> Any:
    """Return a stored value that keeps to its column; a null where there must be none is an ``IntegrityError``."""
    if value is None and not field.null and not _is_automatic(field):
        raise_integrity_error(
            connection, f"NOT NULL constraint failed: {field.model._meta.db_table}.{field.column}"
        )
    if type(value) is int and value < 0 and is_positive(field):
        raise_integrity_error(
            connection, f"CHECK constraint failed: {field.model._meta.db_table}.{field.column} >= 0"
        )
    if isinstance(value, Decimal128) and isinstance(field, DecimalField):
        return Decimal128(str(format_number(value.to_decimal(), field.max_digits, field.decimal_places)))
    return value


def build_write_filter(compiler: SQLCompiler) -> Document:
    """Return the documents to write to; a condition on other collections is resolved to primary keys first."""
    query = compiler.query
    query.get_initial_alias()
    compiler.scope = scope_of(compiler.connection, query)
    if len(used_tables(query)) == 1:
        try:
            condition = compiler.scope.match(query.where)
        except FullResultSet:
            return {}
        if not compiler.scope.stages:
            return condition
        compiler.scope.stages = []
    if isinstance(query.get_meta().pk, CompositePrimaryKey):
        raise NotSupportedError(
            "Writing by a condition on other collections needs a primary key of one column."
        )
    return {column_name(query.get_meta().pk): {"$in": _primary_keys(compiler)}}


def _primary_keys(compiler: SQLCompiler) -> list[Any]:
    query = compiler.query.clone()
    query.__class__ = Query
    query.clear_select_clause()
    query.clear_ordering(force=True)
    query.select = (query.get_meta().pk.get_col(query.get_initial_alias()),)
    chunks = query.get_compiler(connection=compiler.connection).execute_sql(MULTI)
    keys = [row[0] for chunk in chunks for row in chunk]
    if not keys:
        raise EmptyResultSet
    return keys


def _is_of_one(query: Query, condition: Document) -> bool:
    """Return whether a condition names one document, whose write the driver may retry."""
    test = condition.get(column_name(query.get_meta().pk))
    return len(condition) == 1 and isinstance(test, dict) and "$eq" in test


def _is_automatic(field: AnyField) -> bool:
    """Return whether the database chooses a value where there is none."""
    return field.get_internal_type() in AUTO_TYPES or field.get_internal_type() == "ObjectIdField"
