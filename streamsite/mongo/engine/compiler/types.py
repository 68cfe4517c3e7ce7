"""Kinds of values: MongoDB compares and stores any mixture without a word, where SQL converts or refuses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from bson import Decimal128
from django.core.exceptions import FieldError
from django.db.models import Field
from django.db.models.expressions import Value

from streamsite.mongo.engine.compiler.unsupported import refuse

from ..columns import AnyField
from ..nodes import Node
from ..operations import NUMBER_TYPES

TEXT_TYPES = frozenset(
    {
        "CharField",
        "EmailField",
        "FileField",
        "FilePathField",
        "GenericIPAddressField",
        "IPAddressField",
        "SlugField",
        "TextField",
        "URLField",
        "UUIDField",
    }
)
VALUE_TYPES = {
    **dict.fromkeys(TEXT_TYPES, "text"),
    **dict.fromkeys(NUMBER_TYPES, "number"),
    "FloatField": "float",
    "DecimalField": "decimal",
    "BooleanField": "boolean",
    "DateField": "date",
    "DateTimeField": "moment",
    "TimeField": "time",
    "DurationField": "duration",
    "BinaryField": "binary",
}
# What can be calculated with.
NUMERIC_TYPES = frozenset({"number", "float", "decimal", "duration"})
# What JSON can hold.
JSON_TYPES = frozenset({"text", "number", "float", "boolean"})
# What compares across kinds as it does in SQL.
TYPE_FAMILIES = {"number": "number", "float": "number", "decimal": "number", "date": "date", "moment": "date"}


def value_type(node: Node) -> str | None:
    """Return the kind of a field's or an expression's values, ``None`` where it is open (JSON, a null)."""
    if type(node) is Value and node.value is None:
        return None
    field: Any = node
    if not isinstance(node, Field):
        try:
            field = node.output_field
        except (AttributeError, FieldError):
            return None
    while getattr(field, "is_relation", False):
        field = field.target_field
    return VALUE_TYPES.get(field.get_internal_type())


def require_comparable(node: Node, sides: Iterable[Any]) -> None:
    """Raise if expressions of different kinds are compared: to MongoDB, no boolean equals a number."""
    kinds = {kind for side in sides if (kind := value_type(side))}
    if len({TYPE_FAMILIES.get(kind, kind) for kind in kinds}) > 1:
        raise refuse(node, f"of {' and '.join(sorted(kinds))}")


def require_order(node: Node, source: Any) -> None:
    """Raise for binary values: MongoDB orders them by their length first."""
    if value_type(source) == "binary":
        raise refuse(node, "an order of binary values")


def is_json(node: Node) -> bool:
    """Return whether an expression's or a field's value is JSON or a part of it."""
    try:
        field = node if isinstance(node, Field) else node.output_field
    except (AttributeError, FieldError):
        return False
    return bool(field.get_internal_type() == "JSONField")


def require_amount(node: Node, source: Any, kinds: Collection[str] = NUMERIC_TYPES) -> None:
    """Raise for what cannot be calculated with: MongoDB's sums skip it, and a moment plus 5 is 5 ms later."""
    kind = value_type(source)
    if (kind is not None and kind not in kinds) or is_json(source):
        raise refuse(node, f"of {type(source.output_field).__name__}")


def comparable(left: Any, right: Any, values: list[Any]) -> list[Any]:
    """Return both sides' compiled values; a decimal meets a float as a float, which 0.1 would not equal else."""
    kinds = [value_type(left), value_type(right)]
    if sorted(map(str, kinds)) != ["decimal", "float"]:
        return values
    return [
        {"$toDouble": value} if kind == "decimal" else value
        for value, kind in zip(values, kinds, strict=True)
    ]


def stored_as(field: Any, node: Node, value: Any) -> Any:
    """Return an expression whose value has the BSON type that a column's values have."""
    target = field
    while target.is_relation:
        target = target.target_field
    before, after = value_type(node), value_type(target)
    if (is_json(node) and after) or (is_json(target) and before not in {*JSON_TYPES, None}):
        raise refuse(node, f"as the value of the column {field.column}")
    if after == "decimal":
        return {"$round": [{"$toDecimal": value}, target.decimal_places]}
    if before == after or before is None or after is None:
        return value
    if after == "number" and before in ("float", "decimal"):
        return {"$toLong": {"$round": [value]}}
    if after == "float" and before in ("number", "decimal"):
        return {"$toDouble": value}
    if (before, after) == ("date", "moment"):
        return value
    raise refuse(node, f"a {before} as the value of the {after} column {field.column}")


def decimal_limit(field: AnyField) -> Decimal128:
    """Return the smallest number that has too many digits for a decimal column."""
    return Decimal128(f"1E{field.max_digits - field.decimal_places}")
