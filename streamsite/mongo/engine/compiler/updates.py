"""Update documents: operators where they say it all, else a pipeline that keeps the rules of columns."""

from __future__ import annotations

from typing import Any

from django.db.models import DecimalField

from streamsite.mongo.engine.compiler.types import decimal_limit

from ..columns import AnyField
from .scope import Document, is_not_null, is_null

NUMBERS = (int, float)


def build_update(
    plain: Document, computed: Document, fields: dict[str, AnyField]
) -> Document | list[Document]:
    """Return the update: operators where they say it all, because those never conflict with each other."""
    if not computed:
        return {"$set": plain}
    increments = {
        column: _increment(column, expression)
        for column, expression in computed.items()
        if not fields[column].null and not is_positive(fields[column])
    }
    if len(increments) == len(computed) and None not in increments.values():
        return {"$inc": increments, **({"$set": plain} if plain else {})}
    literals = {column: {"$literal": value} for column, value in plain.items()}
    checked = {column: _kept_to(fields[column], expression) for column, expression in computed.items()}
    return [{"$set": {**literals, **checked}}]


def _kept_to(field: AnyField, expression: object) -> Any:
    """Return an expression that fails on the server where its value breaks the column's rules."""
    place = f"{field.model._meta.db_table}.{field.column}"
    branches = []
    if not field.null:
        branches.append({"case": is_null("$$new"), "then": _failure(f"NOT NULL constraint failed: {place}")})
    if is_positive(field):
        negative = {"$and": [is_not_null("$$new"), {"$lt": ["$$new", 0]}]}
        branches.append({"case": negative, "then": _failure(f"CHECK constraint failed: {place} >= 0")})
    if isinstance(field, DecimalField):
        too_long = {"$gte": [{"$abs": "$$new"}, decimal_limit(field)]}
        branches.append({"case": too_long, "then": _failure(f"too many digits: {place}")})
    if not branches:
        return expression
    rules = {"$switch": {"branches": branches, "default": "$$new"}}
    return {"$let": {"vars": {"new": expression}, "in": rules}}


def _failure(message: str) -> Document:
    """Return an expression that makes the server raise ``message``, by converting it to a number."""
    return {"$toInt": {"$cond": [is_null("$_id"), "0", message]}}


def is_positive(field: AnyField) -> bool:
    """Return whether the field refuses negative numbers."""
    return field.get_internal_type().startswith("Positive")


def _increment(column: str, expression: object) -> Any:
    """Return the number for ``$inc`` if an expression adds to its own column, else ``None``."""
    if not isinstance(expression, dict):
        return None
    ((operator, operands),) = expression.items()
    # Where the column is missing, ``$inc`` begins at 0: right only if that is its default.
    own = (f"${column}", {"$ifNull": [f"${column}", {"$literal": 0}]})
    if operator not in ("$add", "$subtract") or operands[0] not in own:
        return None
    number = operands[1].get("$literal") if isinstance(operands[1], dict) else None
    if isinstance(number, bool) or not isinstance(number, NUMBERS):
        return None
    return number if operator == "$add" else -number
