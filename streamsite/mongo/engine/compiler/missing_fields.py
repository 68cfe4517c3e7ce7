"""Fields that a document lacks.

Two versions of a site run on one database during a rolling update and after a rollback. What the older one inserts
lacks the fields that only the newer one knows. Such a field reads as its default, and conditions treat it that way.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from copy import copy
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from bson import Decimal128
from django.db import models
from django.db.models import Value

from streamsite.mongo.engine.compiler.types import NUMBER_TYPES, TEXT_TYPES

if TYPE_CHECKING:
    from streamsite.mongo.engine.base import DatabaseWrapper

Document = dict[str, Any]

EARLIEST = datetime.datetime(1970, 1, 1)
# By Django's internal type: what a field without a default reads as when it cannot be null.
EMPTY_VALUES: Document = {
    **dict.fromkeys(TEXT_TYPES, ""),
    **dict.fromkeys(NUMBER_TYPES, 0),
    "BinaryField": b"",
    "BooleanField": False,
    "DateField": EARLIEST,
    "DateTimeField": EARLIEST,
    "DecimalField": Decimal128("0"),
    "DurationField": 0,
    "FloatField": 0.0,
    "GenericIPAddressField": None,
    "TimeField": datetime.datetime(1900, 1, 1),
    "UUIDField": None,
}
OPPOSITES = {"$gt": "$lte", "$gte": "$lt", "$lt": "$gte", "$lte": "$gt"}
NULL_TESTS = ({"$eq": None}, {"$ne": None})
ORDERS = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}

_conditions: WeakKeyDictionary[type[models.Model], list[tuple[str, Document]]] = WeakKeyDictionary()
_constants: WeakKeyDictionary[models.Field[Any, Any], Any] = WeakKeyDictionary()


def missing_value(field: models.Field[Any, Any], connection: DatabaseWrapper) -> Any:
    """Return the stored form of what a field reads as in a document that lacks it.

    This is the field's default, the database's default, ``None`` if the field may be null, or else the empty value of
    its type. Relations and primary keys without a default read as ``None``.
    """
    if has_varying_default(field):
        return _computed(field, connection)
    if field not in _constants:
        _constants[field] = _computed(field, connection)
    value = _constants[field]
    return copy(value) if isinstance(value, (list, dict)) else value


def has_varying_default(field: models.Field[Any, Any]) -> bool:
    """Return whether the default may differ from call to call, so that no condition can be decided by it."""
    return field.has_default() and callable(field.default) and field.default not in (list, dict)


def _computed(field: models.Field[Any, Any], connection: DatabaseWrapper) -> Any:
    if field.has_default():
        return field.get_db_prep_save(field.get_default(), connection=connection)
    if field.has_db_default():
        expression = field._db_default_expression
        if type(expression) is not Value:
            return None
        return field.get_db_prep_save(expression.value, connection=connection)
    if field.null or field.primary_key or field.is_relation:
        return None
    return EMPTY_VALUES.get(field.get_internal_type())


def or_missing(
    path: str, field: models.Field[Any, Any], connection: DatabaseWrapper, parent: str = ""
) -> Any:
    """Return the aggregation expression for the value at ``path``.

    ``parent`` is the path of the joined document when there may be none; its values are then null.
    """
    value = missing_value(field, connection)
    if value is None:
        return f"${path}"
    literal = {"$literal": value}
    if field.null:
        read: Any = {"$cond": [_is_missing(path), literal, f"${path}"]}
    else:
        read = {"$ifNull": [f"${path}", literal]}
    return {"$cond": [_is_missing(parent), None, read]} if parent else read


def _is_missing(path: str) -> Document:
    return {"$eq": [{"$type": f"${path}"}, "missing"]}


def match_with_missing(
    path: str, test: Document, field: models.Field[Any, Any], connection: DatabaseWrapper, parent: str = ""
) -> Document:
    """Return the match document for a test on one column, which a document without it passes if the default does.

    To an index, null and missing are the same, so that the test stays one that an index can answer. A partial index
    does not hold documents that lack the column of its condition: such a column is tested as it is stored.

    ``parent`` is the path of the joined document when there may be none; its columns are then null.
    """
    if field.primary_key or (has_varying_default(field) and test not in NULL_TESTS):
        return {path: test}
    value = missing_value(field, connection)
    finds_missing = _finds_missing(test)
    if value is None or satisfies(value, test) == finds_missing:
        return {path: test}
    if parent:
        return _match_joined(path, test, field, parent)
    if finds_missing:
        return _match_stored(path, test, field)
    if "$eq" in test and _is_condition_of_index(field, value, connection):
        return {path: test}
    if field.null:
        return {"$or": [{path: test}, {path: {"$exists": False}}]}
    if "$eq" in test:
        return {path: {"$in": [test["$eq"], None]}}
    if "$in" in test:
        return {path: {"$in": [*test["$in"], None]}}
    if len(test) == 1 and (operator := next(iter(test))) in OPPOSITES:
        return {path: {"$not": {OPPOSITES[operator]: test[operator]}}}
    return {"$or": [{path: test}, {path: {"$eq": None}}]}


def _match_joined(path: str, test: Document, field: models.Field[Any, Any], parent: str) -> Document:
    """Return the match document for a test that the default decides the other way, on a document that may be absent."""
    if _finds_missing(test):
        return {"$or": [{parent: {"$exists": False}}, _match_stored(path, test, field)]}
    lacks = {"$exists": False} if field.null else {"$eq": None}
    return {"$or": [{path: test}, {parent: {"$exists": True}, path: lacks}]}


def _match_stored(path: str, test: Document, field: models.Field[Any, Any]) -> Document:
    """Return the match document for a test that no document without the column passes."""
    if field.null:
        return {"$and": [{path: test}, {path: {"$exists": True}}]}
    if len(test) == 1 and "$eq" not in test:
        return {path: {"$nin": [*test.get("$nin", test.values()), None]}}
    return {"$and": [{path: test}, {path: {"$ne": None}}]}


def _is_condition_of_index(field: models.Field[Any, Any], value: object, connection: DatabaseWrapper) -> bool:
    """Return whether a partial index of the model asks for the column's default."""
    model = field.model
    if model not in _conditions:
        _conditions[model] = list(_partial_conditions(model, connection))
    return any(column == field.column and satisfies(value, test) for column, test in _conditions[model])


def _partial_conditions(
    model: type[models.Model], connection: DatabaseWrapper
) -> Iterator[tuple[str, Document]]:
    from streamsite.mongo.engine.indexes import partial_filter

    for entry in (*model._meta.indexes, *model._meta.constraints):
        condition = getattr(entry, "condition", None)
        if isinstance(entry, (models.Index, models.UniqueConstraint)) and condition is not None:
            compiled = partial_filter(connection, model, condition, entry.name)
            for clause in compiled.get("$and", [compiled]):
                yield from clause.items()


def _finds_missing(test: Document) -> bool:
    if "$ne" in test:
        return test["$ne"] is not None
    if "$nin" in test:
        return None not in test["$nin"]
    return test == {"$eq": None}


def satisfies(value: object, test: Document) -> bool:
    """Return whether a stored value that is not null passes a test of a match document."""
    return all(_passes(value, operator, argument, test) for operator, argument in test.items())


def _passes(value: Any, operator: str, argument: Any, test: Document) -> bool:
    match operator:
        case "$eq":
            return _equal(value, argument)
        case "$ne":
            return not _equal(value, argument)
        case "$in":
            return any(_equal(value, one) for one in argument)
        case "$nin":
            return not any(_equal(value, one) for one in argument)
        case "$not":
            return not satisfies(value, argument)
        case "$regex":
            return _matches(value, argument, test.get("$options", ""))
        case "$options":
            return True
        case "$type":  # of columns that can be null, whose default is then null as a rule
            return False
    try:
        return bool(ORDERS[operator](_number(value), _number(argument)))
    except TypeError:  # of different types, which no comparison finds
        return False


def _equal(value: object, other: object) -> bool:
    return isinstance(value, bool) == isinstance(other, bool) and bool(_number(value) == _number(other))


def _number(value: object) -> Any:
    if isinstance(value, Decimal128):
        return value.to_decimal()
    return Decimal(str(value)) if isinstance(value, float) else value


def _matches(value: object, pattern: str, options: str) -> bool:
    """Return whether a text matches; the end of a text is written differently in Python."""
    flags = re.IGNORECASE if "i" in options else 0
    ended = re.sub(r"(?<!\\)((?:\\\\)*)\\z\Z", r"\1\\Z", pattern)
    try:
        return isinstance(value, str) and re.search(ended, value, flags) is not None
    except re.error:
        return False
