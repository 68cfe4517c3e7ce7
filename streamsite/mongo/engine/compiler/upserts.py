"""``bulk_create(ignore_conflicts=True)`` and ``bulk_create(update_conflicts=True)``.

Each object becomes an upsert whose filter is what it could conflict with, so that finding out and inserting are one
step on the server, and a batch one round trip.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import NotSupportedError, ProgrammingError, models
from pymongo import InsertOne, UpdateOne

from .scope import Document

Write = InsertOne[Document] | UpdateOne


def insert_or_ignore(model: type[models.Model], documents: list[Document]) -> list[Write]:
    """Return the writes that insert each document unless one with an equal unique value is there."""
    for constraint in _unique_constraints(model):
        if constraint.condition is not None:
            raise NotSupportedError(f"Conflicts with the conditional {constraint.name} are not supported.")
    sets = unique_sets(model)
    writes: list[Write] = []
    for document in documents:
        filters = _conflicts(document, sets)
        writes.append(_upsert(filters, {"$setOnInsert": document}) if filters else InsertOne(document))
    return writes


def insert_or_update(
    documents: list[Document], unique_columns: list[str], updated_columns: list[str]
) -> list[Write]:
    """Return the writes that insert each document, or set some columns of the one with the same unique values."""
    writes: list[Write] = []
    for document in documents:
        filters = _conflicts(document, [unique_columns])
        if not filters:
            writes.append(InsertOne(document))
            continue
        changed = {column: document[column] for column in updated_columns}
        first = {column: value for column, value in document.items() if column not in changed}
        writes.append(_upsert(filters, {"$set": changed, "$setOnInsert": first}))
    return writes


def require_unique(model: type[models.Model], columns: list[str]) -> None:
    """Raise unless an index keeps the values of these columns unique: without one, two writers would both insert."""
    if sorted(columns) not in [sorted(found) for found in unique_sets(model)]:
        raise ProgrammingError(
            f"No unique constraint of {model._meta.label} covers {', '.join(columns)} alone."
        )


def upsert_filter(documents: Iterable[Document], unique_columns: list[str]) -> Document:
    """Return the filter that finds what ``insert_or_update`` wrote."""
    return {"$or": [{column: document.get(column) for column in unique_columns} for document in documents]}


def _upsert(filters: list[Document], update: Document) -> UpdateOne:
    return UpdateOne(filters[0] if len(filters) == 1 else {"$or": filters}, update, upsert=True)


def _conflicts(document: Document, sets: Iterable[list[str]]) -> list[Document]:
    """Return the conditions under which a document is in a new one's way; a null is equal to nothing."""
    values = ({column: document.get(column) for column in columns} for columns in sets)
    return [condition for condition in values if None not in condition.values()]


@cache
def unique_sets(model: type[models.Model]) -> list[list[str]]:
    """Return the columns of each unique index that has no condition."""
    meta = model._meta
    sets = [[str(field.column)] for field in meta.local_concrete_fields if field.unique]
    named = [tuple(names) for names in meta.unique_together]
    named += [
        tuple(constraint.fields) for constraint in _unique_constraints(model) if not constraint.condition
    ]
    return sets + [[_column(meta.get_field(name)) for name in names] for names in named]


def _unique_constraints(model: type[models.Model]) -> list[models.UniqueConstraint]:
    return [found for found in model._meta.constraints if isinstance(found, models.UniqueConstraint)]


def _column(field: Any) -> str:
    return str(field.column)
