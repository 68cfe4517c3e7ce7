"""Repair what the previous release leaves behind when it runs beside this one, or after a rollback.

Its documents lack the fields that only this release knows, and it changes some fields without those that follow from
them. Reading copes with the first (``streamsite.mongo.engine.compiler.missing_fields``); here they are filled in.
For the second, apps register a ``Repair`` when they are ready. All of it goes in batches and can
run beside everything else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from pymongo import UpdateOne

from streamsite.mongo.collections import collection
from streamsite.mongo.engine.client import connection_for
from streamsite.mongo.engine.compiler.missing_fields import has_varying_default, missing_value

logger = logging.getLogger("streamsite.repairs")

BATCH = 1_000
Document = dict[str, Any]
Model = type[models.Model]
Field = models.Field[Any, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Repair:
    """``find`` yields the keys of documents whose ``name`` is wrong; ``correct`` sets some of them right."""

    name: str
    find: Callable[[], Iterable[str]]
    correct: Callable[[list[str]], object]


@dataclass(frozen=True)
class Finding:
    """The number of documents that lacked ``name`` or had it wrong, and of those that were corrected."""

    name: str
    wrong: int
    corrected: int
    is_missing: bool = False


_repairs: list[Repair] = []


def register_repairs(*repairs: Repair) -> None:
    """Add repairs to those that are made."""
    _repairs.extend(repairs)


def repair_documents(*, correct: bool = True) -> list[Finding]:
    """Look at every document, and set right what is wrong; return one ``Finding`` for each kind that was."""
    found = [finding for model in _stored_models() for finding in _fill(model, correct=correct)]
    found += [finding for one in _repairs if (finding := _apply(one, correct=correct)).wrong]
    for finding in found:
        logger.warning("%s: %d wrong, %d corrected", finding.name, finding.wrong, finding.corrected)
    return found


def chunk_values(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield lists of at most ``size`` of the values."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def _apply(one: Repair, *, correct: bool) -> Finding:
    wrong = corrected = 0
    for keys in chunk_values(one.find()):
        wrong += len(keys)
        if correct:
            one.correct(keys)
            corrected += len(keys)
    return Finding(one.name, wrong, corrected)


def _stored_models() -> list[Model]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def _fill(model: Model, *, correct: bool) -> list[Finding]:
    """Fill in the fields that documents of a model lack."""
    table = model._meta.db_table
    lacking = _count_lacking(
        table, [field for field in model._meta.local_concrete_fields if _can_fill(field)]
    )
    fields = list(lacking)
    filled = dict.fromkeys(fields, 0)
    if fields and correct:
        lacks_any = {"$or": [{field.column: {"$exists": False}} for field in fields]}
        names = dict.fromkeys([field.column for field in fields], 1)
        for documents in chunk_values(collection(table).find(lacks_any, {"_id": 1, **names})):
            for field in fields:
                keys = [document["_id"] for document in documents if field.column not in document]
                filled[field] += _fill_field(table, field, keys) if keys else 0
    return [
        Finding(f"{table}.{field.column}", count, filled[field], is_missing=True)
        for field, count in lacking.items()
    ]


def _can_fill(field: Field) -> bool:
    """Return whether a field has a value for documents without it; equal ones would collide in a unique index."""
    if field.primary_key or (field.unique and not has_varying_default(field)):
        return False
    return field.null or missing_value(field, connection_for()) is not None


def _count_lacking(table: str, fields: list[Field]) -> dict[Field, int]:
    """Return how many documents lack each of the fields that some lack, in one pass."""
    sums = {
        f"f{number}": {"$sum": {"$cond": [{"$eq": [{"$type": f"${field.column}"}, "missing"]}, 1, 0]}}
        for number, field in enumerate(fields)
    }
    counts = next(iter(collection(table).aggregate([{"$group": {"_id": None, **sums}}])), {})
    return {
        field: count for number, field in enumerate(fields) if (count := int(counts.get(f"f{number}", 0)))
    }


def _fill_field(table: str, field: Field, keys: list[str]) -> int:
    """Write a field's default where it is missing; return into how many documents."""
    connection = connection_for()
    lacks: Document = {str(field.column): {"$exists": False}}
    if not has_varying_default(field):
        change = {"$set": {field.column: missing_value(field, connection)}}
        return collection(table).update_many({"_id": {"$in": keys}, **lacks}, change).modified_count
    writes = [
        UpdateOne({"_id": key, **lacks}, {"$set": {field.column: missing_value(field, connection)}})
        for key in keys
    ]
    return collection(table).bulk_write(writes, ordered=False).modified_count
