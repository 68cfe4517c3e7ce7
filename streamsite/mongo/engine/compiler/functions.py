"""Django's database functions as aggregation expressions.

SQL's functions yield null for null; MongoDB's often yield an empty text or an error, hence ``null_if_any_null``.
"""

from __future__ import annotations

import math
from typing import Any

from django.db.models import functions as django_functions
from django.db.models.expressions import Value
from django.db.models.functions.text import ConcatPair

from streamsite.mongo.engine.compiler.scope import Scope, compiles, null_if_any_null
from streamsite.mongo.engine.compiler.types import (
    NUMBER_TYPES,
    TEXT_TYPES,
    require_comparable,
    require_order,
    value_type,
)
from streamsite.mongo.engine.compiler.unsupported import refuse

from ..nodes import Compiled, Node
from .expressions import power_of

TEXT_FUNCTIONS: dict[type, str] = {
    django_functions.Lower: "$toLower",
    django_functions.Upper: "$toUpper",
    django_functions.Length: "$strLenCP",
}
SIMPLE: dict[type, str] = {
    django_functions.Abs: "$abs",
    django_functions.Floor: "$floor",
    django_functions.Ceil: "$ceil",
    django_functions.Sqrt: "$sqrt",
    django_functions.Exp: "$exp",
    django_functions.Ln: "$ln",
}
EXTREMES: dict[type, str] = {
    django_functions.Greatest: "$max",
    django_functions.Least: "$min",
}
TRIMS: dict[type, str] = {
    django_functions.Trim: "$trim",
    django_functions.LTrim: "$ltrim",
    django_functions.RTrim: "$rtrim",
}
CASTS = {
    "IntegerField": "int",
    "PositiveIntegerField": "int",
    "SmallIntegerField": "int",
    "BigIntegerField": "long",
    "FloatField": "double",
    "DecimalField": "decimal",
    "CharField": "string",
    "TextField": "string",
}
CASTABLE = NUMBER_TYPES | {"CharField", "TextField", "SlugField", "FloatField", "DecimalField"}


def arguments(scope: Scope, node: Node) -> list[Any]:
    """Return a function's compiled arguments."""
    return [scope.expression(source) for source in node.get_source_expressions()]


@compiles(*SIMPLE)
def simple(scope: Scope, node: Node) -> Compiled:
    """Compile a function that has a counterpart of the same meaning."""
    values = arguments(scope, node)
    return null_if_any_null(values, {SIMPLE[type(node)]: values if len(values) > 1 else values[0]})


@compiles(*EXTREMES)
def extreme(scope: Scope, node: Node) -> Compiled:
    """Compile the greatest or least of some values of one kind."""
    sources = node.get_source_expressions()
    require_comparable(node, sources)
    require_order(node, sources[0])
    values = arguments(scope, node)
    return null_if_any_null(values, {EXTREMES[type(node)]: values})


@compiles(django_functions.Power)
def power(scope: Scope, node: Node) -> Compiled:
    """Compile ``POWER``."""
    values = arguments(scope, node)
    return null_if_any_null(values, power_of(*values))


@compiles(django_functions.Mod)
def modulo(scope: Scope, node: Node) -> Compiled:
    """Compile a remainder; division by zero gives null."""
    left, right = arguments(scope, node)
    return {"$cond": [{"$eq": [right, 0]}, None, {"$mod": [left, right]}]}


# --- texts --------------------------------------------------------------------------------------


def texts(scope: Scope, node: Node, *, count: int = 1) -> list[Any]:
    """Return a function's arguments, the first ``count`` as texts: those of other values MongoDB writes its own way."""
    compiled = []
    for number, source in enumerate(node.get_source_expressions()):
        kind = value_type(source)
        value = scope.expression(source)
        if number < count and kind == "number":
            value = {"$toString": value}
        elif number < count and kind != "text" and not _is_null(source):
            raise refuse(node, f"of {type(source.output_field).__name__}")
        compiled.append(value)
    return compiled


def _is_null(source: object) -> bool:
    return type(source) is Value and source.value is None


@compiles(*TEXT_FUNCTIONS)
def text_function(scope: Scope, node: Node) -> Compiled:
    """Compile a function of a text."""
    (text,) = texts(scope, node)
    return null_if_any_null([text], {TEXT_FUNCTIONS[type(node)]: text})


@compiles(*TRIMS)
def trim(scope: Scope, node: Node) -> Compiled:
    """Compile a trim of spaces only, as in SQL; MongoDB would trim all white space."""
    (text,) = texts(scope, node)
    return {TRIMS[type(node)]: {"input": text, "chars": " "}}


@compiles(django_functions.Coalesce)
def coalesce(scope: Scope, node: Node) -> Compiled:
    """Compile the first value that is not null."""
    return {"$ifNull": arguments(scope, node)}


@compiles(django_functions.NullIf)
def null_if(scope: Scope, node: Node) -> Compiled:
    """Compile ``NULLIF``: null if both are equal."""
    require_comparable(node, node.get_source_expressions())
    left, right = arguments(scope, node)
    return {"$cond": [{"$eq": [left, right]}, None, left]}


@compiles(ConcatPair)
def concat_pair(scope: Scope, node: Node) -> Compiled:
    """Compile a concatenation of two texts; Django's ``Concat`` takes null for an empty text."""
    parts = []
    for source in node.get_source_expressions():
        if source.output_field.get_internal_type() not in TEXT_TYPES | NUMBER_TYPES:
            raise refuse(node, f"of {source.output_field.get_internal_type()}")
        parts.append({"$ifNull": [{"$toString": scope.expression(source)}, ""]})
    return {"$concat": parts}


@compiles(django_functions.Concat)
def concat(scope: Scope, node: Node) -> Compiled:
    """Compile a concatenation, which Django nests in pairs."""
    return scope.expression(node.get_source_expressions()[0])


@compiles(django_functions.Substr)
def substring(scope: Scope, node: Node) -> Compiled:
    """Compile a part of a text; SQL counts from one."""
    text, position, *length = texts(scope, node)
    count = length[0] if length else {"$strLenCP": {"$ifNull": [text, ""]}}
    return null_if_any_null([text], {"$substrCP": [text, {"$subtract": [position, 1]}, count]})


@compiles(django_functions.Left)
def left(scope: Scope, node: Node) -> Compiled:
    """Compile the first characters of a text."""
    text, length = texts(scope, node)
    return null_if_any_null([text], {"$substrCP": [text, 0, length]})


@compiles(django_functions.Replace)
def replace(scope: Scope, node: Node) -> Compiled:
    """Compile a text with all occurrences of another replaced; an empty one occurs nowhere."""
    text, find, replacement = texts(scope, node, count=3)
    replaced = {"$replaceAll": {"input": text, "find": find, "replacement": replacement}}
    return {"$cond": [{"$eq": [find, ""]}, text, replaced]}


@compiles(django_functions.StrIndex)
def position_of(scope: Scope, node: Node) -> Compiled:
    """Compile the position of a text in another: from one, zero if it does not occur."""
    text, part = texts(scope, node, count=2)
    return null_if_any_null([text, part], {"$add": [{"$indexOfCP": [text, part]}, 1]})


@compiles(django_functions.Cast)
def cast(scope: Scope, node: Node) -> Compiled:
    """Compile a number or text as another kind of number or text."""
    (source,) = node.get_source_expressions()
    before, after = source.output_field.get_internal_type(), node.output_field.get_internal_type()
    if before == after:
        return scope.expression(source)
    if before == "BooleanField" and after in NUMBER_TYPES:
        return {"$toInt": scope.expression(source)}
    if before not in CASTABLE or after not in CASTS:
        raise refuse(node, f"from {before} to {after}")
    number = scope.expression(source)
    if after.endswith("IntegerField") and before in ("FloatField", "DecimalField"):
        number = {"$trunc": [number]}
    return {"$convert": {"input": number, "to": CASTS[after], "onNull": None}}


@compiles(django_functions.Pi)
def pi(scope: Scope, node: Node) -> Compiled:
    """Compile the number pi."""
    return {"$literal": math.pi}


@compiles(django_functions.Random)
def random(scope: Scope, node: Node) -> Compiled:
    """Compile a random number for each row."""
    return {"$rand": {}}


# --- dates --------------------------------------------------------------------------------------


@compiles(django_functions.Now)
def now(scope: Scope, node: Node) -> Compiled:
    """Compile the server's clock."""
    return "$$NOW"
