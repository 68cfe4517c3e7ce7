"""Indexes: from Django's fields, indexes and constraints to MongoDB's specifications.

``TextIndex`` and ``ExpiryIndex`` go into a model's ``Meta.indexes`` like Django's own ``Index``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import NotSupportedError, models
from django.db.models.sql import Query
from pymongo import ASCENDING, DESCENDING, TEXT, IndexModel

from .columns import AnyField, column_name
from .operations import bson_types

if TYPE_CHECKING:
    from .base import DatabaseWrapper

Document = dict[str, Any]

PRIMARY_KEY_INDEX = "__primary_key__"  # djongo's name
NAME_LENGTH = 120
PARTIAL_OPERATORS = frozenset({"$eq", "$gt", "$gte", "$lt", "$lte", "$type", "$in"})


class TextIndex(models.Index):
    """A text index over several fields; ``weights`` by field name, ``language`` ``"none"`` for no stemming."""

    suffix = "text"

    def __init__(
        self, *, weights: dict[str, int] | None = None, language: str = "none", **options: Any
    ) -> None:
        super().__init__(**options)
        self.weights = weights or {}
        self.language = language

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what a migration writes down."""
        path, arguments, options = super().deconstruct()
        return path, tuple(arguments), {**options, "weights": self.weights, "language": self.language}


class ExpiryIndex(models.Index):
    """An index on one date that lets the server delete documents ``seconds`` after it."""

    suffix = "ttl"

    def __init__(self, *, seconds: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.seconds = seconds

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what a migration writes down."""
        path, arguments, options = super().deconstruct()
        return path, tuple(arguments), {**options, "seconds": self.seconds}


def model_indexes(connection: DatabaseWrapper, model: type[models.Model]) -> list[IndexModel]:
    """Return every index that a new collection of a model needs."""
    meta = model._meta
    found = [index for field in meta.local_concrete_fields for index in field_indexes(connection, field)]
    if isinstance(meta.pk, models.CompositePrimaryKey):
        columns = [(str(field.column), ASCENDING) for field in meta.pk_fields]
        found.append(IndexModel(columns, name=PRIMARY_KEY_INDEX, unique=True))
    for names in meta.unique_together:
        if len(names) == 1 and _field(model, names[0]).unique:
            continue
        found.append(unique_together_index(connection, model, names))
    found += [declared_index(connection, model, index) for index in meta.indexes]
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            found.append(constraint_index(connection, model, constraint))
    return found


def field_indexes(connection: DatabaseWrapper, field: AnyField) -> list[IndexModel]:
    """Return the index that a field's own options ask for, or none."""
    column = column_name(field)
    if field.primary_key:
        # `_id` has its index from MongoDB.
        return [] if column == "_id" else [IndexModel([(column, 1)], name=PRIMARY_KEY_INDEX, unique=True)]
    if field.unique:
        return [unique_index(connection, [field], f"{column}_uniq")]
    if field.db_index:
        return [IndexModel([(column, ASCENDING)], name=f"{column}_idx")]
    return []


def unique_together_index(
    connection: DatabaseWrapper, model: type[models.Model], names: Sequence[str]
) -> IndexModel:
    """Return the index for one set of ``unique_together``."""
    fields = [_field(model, name) for name in names]
    return unique_index(connection, fields, "_".join([model._meta.db_table, *names, "uniq"])[:NAME_LENGTH])


def unique_index(
    connection: DatabaseWrapper,
    fields: Iterable[AnyField],
    name: str,
    condition: Document | None = None,
) -> IndexModel:
    """Return a unique index by SQL's rule: a null is equal to nothing, so rows with nulls are left out."""
    fields = list(fields)
    partial: Document = {
        column_name(field): {"$type": bson_types(field, connection)} for field in fields if field.null
    }
    keys = [(column_name(field), ASCENDING) for field in fields]
    clauses = [clause for clause in (partial, condition) if clause]
    return IndexModel(keys, name=name, unique=True, **_partial_option(clauses))


def declared_index(connection: DatabaseWrapper, model: type[models.Model], index: models.Index) -> IndexModel:
    """Return the specification for an entry of ``Meta.indexes``."""
    if index.contains_expressions:
        raise NotSupportedError(f"Index {index.name}: an index on an expression is not supported.")
    columns = [(column_name(_field(model, name)), order) for name, order in index.fields_orders]
    options: Document = {}
    if isinstance(index, TextIndex):
        options["default_language"] = index.language
        if index.weights:
            options["weights"] = {
                column_name(_field(model, name)): weight for name, weight in index.weights.items()
            }
        return IndexModel([(column, TEXT) for column, _ in columns], name=index.name, **options)
    if isinstance(index, ExpiryIndex):
        options["expireAfterSeconds"] = index.seconds
    elif type(index) is not models.Index:
        raise NotSupportedError(f"Index {index.name}: {type(index).__name__} is not supported.")
    if index.condition is not None:
        options.update(_partial_option([partial_filter(connection, model, index.condition, index.name)]))
    keys = [(column, DESCENDING if order == "DESC" else ASCENDING) for column, order in columns]
    return IndexModel(keys, name=index.name, **options)


def constraint_index(
    connection: DatabaseWrapper, model: type[models.Model], constraint: models.UniqueConstraint
) -> IndexModel:
    """Return the unique index that keeps a ``UniqueConstraint``."""
    if constraint.expressions:
        raise NotSupportedError(
            f"Constraint {constraint.name}: uniqueness of an expression is not supported."
        )
    for option in ("deferrable", "include", "opclasses"):
        if getattr(constraint, option):
            raise NotSupportedError(f"Constraint {constraint.name}: {option} is not supported.")
    if constraint.nulls_distinct is False:
        raise NotSupportedError(f"Constraint {constraint.name}: nulls_distinct=False is not supported.")
    condition = None
    if constraint.condition is not None:
        condition = partial_filter(connection, model, constraint.condition, constraint.name)
    fields = [_field(model, name) for name in constraint.fields]
    return unique_index(connection, fields, constraint.name, condition)


def partial_filter(
    connection: DatabaseWrapper, model: type[models.Model], condition: models.Q, name: str
) -> Document:
    """Return a condition in the few operators that MongoDB allows in a partial index."""
    from .compiler.scope import Scope

    query = Query(model)
    where = query.build_where(condition)
    scope = Scope(connection, {query.get_initial_alias(): ""})
    scope.knows_missing = False
    try:
        compiled = scope.match(where)
    except (EmptyResultSet, FullResultSet) as error:
        raise NotSupportedError(f"{name}: its condition is always the same.") from error
    clauses = compiled.get("$and", [compiled])
    return _merged([_allowed_clause(connection, model, clause, name) for clause in clauses])


def _allowed_clause(
    connection: DatabaseWrapper, model: type[models.Model], clause: Document, name: str
) -> Document:
    ((column, test),) = clause.items()
    if not column.startswith("$"):
        if test == {"$ne": None}:
            field = next(field for field in model._meta.local_concrete_fields if field.column == column)
            return {column: {"$type": bson_types(field, connection)}}
        if set(test) <= PARTIAL_OPERATORS:
            return clause
    raise NotSupportedError(f"{name}: MongoDB cannot keep an index for the condition {clause}.")


def _partial_option(clauses: Iterable[Document]) -> Document:
    merged = _merged(list(clauses))
    return {"partialFilterExpression": merged} if merged else {}


def _merged(clauses: Sequence[Document]) -> Document:
    """Return one condition for all clauses; two about one column need an explicit ``$and``."""
    columns = [column for clause in clauses for column in clause]
    if len(columns) == len(set(columns)):
        return {column: test for clause in clauses for column, test in clause.items()}
    return {"$and": list(clauses)}


def _field(model: type[models.Model], name: str) -> AnyField:
    field: AnyField = model._meta.get_field(name)  # type: ignore[assignment]
    return field
