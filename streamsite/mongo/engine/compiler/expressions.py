"""Django's expressions as aggregation expressions: columns, values, arithmetic, cases, subqueries, JSON members."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import JSONField
from django.db.models.expressions import (
    Case,
    Col,
    Combinable,
    CombinedExpression,
    DurationExpression,
    Exists,
    ExpressionWrapper,
    NegatedExpression,
    OrderBy,
    RawSQL,
    Ref,
    ResolvedOuterRef,
    Star,
    Subquery,
    TemporalSubtraction,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.sql import Query
from django.db.models.sql.compiler import PositionRef
from django.db.models.sql.where import NothingNode

from streamsite.mongo.engine.compiler.types import NUMBER_TYPES, is_json, require_amount
from streamsite.mongo.engine.compiler.unsupported import refuse

from ..nodes import Compiled, Node
from .json_lookups import json_item
from .scope import Scope, compiles, is_not_null

ARITHMETIC = {
    Combinable.ADD: "$add",
    Combinable.SUB: "$subtract",
    Combinable.MUL: "$multiply",
    Combinable.POW: "$pow",
    Combinable.MOD: "$mod",
}
QUOTED_COLUMN = re.compile(r'\(?"(\w+)"\."(\w+)"\)?')
DATE_TYPES = ("DateField", "DateTimeField")
# What a duration can be multiplied with.
SCALABLE_TYPES = NUMBER_TYPES | {"FloatField", "DecimalField"}


@compiles(Col)
def column(scope: Scope, node: Col) -> Compiled:
    """Compile a column of this query's documents, or of a query around it."""
    return f"$${scope.variable(node)}" if scope.path(node) is None else scope.value(node)


@compiles(Value)
def value(scope: Scope, node: Node) -> Compiled:
    """Compile a literal, in the form in which its field stores it."""
    stored = node.value
    field = node._output_field_or_none
    if stored is not None and field is not None:
        prepare = field.get_db_prep_save if node.for_save else field.get_db_prep_value
        stored = prepare(stored, connection=scope.connection)
    return {"$literal": stored}


@compiles(RawSQL)
def quoted_column(scope: Scope, node: Node) -> str:
    """Compile the one piece of SQL that Django writes itself: the quoted column of a many-to-many prefetch."""
    match = QUOTED_COLUMN.fullmatch(node.sql)
    prefix = scope.prefixes.get(match[1]) if match else None
    if match is None or prefix is None or node.params:
        raise refuse(node)
    return f"${prefix}{match[2]}"


@compiles(Star)
def star(scope: Scope, node: Node) -> Compiled:
    """Compile ``*``, which ``COUNT`` counts."""
    return {"$literal": 1}


@compiles(Ref, PositionRef)
def reference(scope: Scope, node: Node) -> Compiled:
    """Compile a selected expression, by its name if a stage has computed it."""
    path = scope.named.get(node.refs)
    return scope.expression(node.source) if path is None else f"${path}"


@compiles(ResolvedOuterRef)
def outer_reference(scope: Scope, node: Any) -> Compiled:
    """Refuse as Django does: there is no query around this one."""
    return node.as_sql()


@compiles(ExpressionWrapper)
def wrapper(scope: Scope, node: Node) -> Compiled:
    """Compile an expression with another output field; its conditions keep their logic."""
    return scope.expression(node.expression)


@compiles(OrderBy)
def ordering(scope: Scope, node: Node) -> Compiled:
    """Compile the expression that is sorted by."""
    return scope.expression(node.expression)


@compiles(CombinedExpression)
def arithmetic(scope: Scope, node: Node) -> Compiled:
    """Compile arithmetic; MongoDB yields null for null as SQL does."""
    for side in (node.lhs, node.rhs):
        if not is_json(side):  # whose values the server checks, one by one
            require_amount(node, side)
    left, right = scope.expression(node.lhs), scope.expression(node.rhs)
    if node.connector == Combinable.DIV:
        return _division(node, left, right)
    if node.connector not in ARITHMETIC:
        raise refuse(node, f"operator {node.connector!r}")
    if node.connector == Combinable.MOD:
        return {"$cond": [{"$eq": [right, 0]}, None, {"$mod": [left, right]}]}
    if node.connector == Combinable.POW:
        return power_of(left, right)
    return {ARITHMETIC[node.connector]: [left, right]}


def arithmetic_of_numbers(scope: Scope, node: Node) -> Compiled:
    """Return a duration times or divided by a number, both as numbers."""
    left, right = scope.expression(node.lhs), scope.expression(node.rhs)
    if node.connector == Combinable.MUL:
        return {"$multiply": [left, right]}
    return {"$cond": [{"$eq": [right, 0]}, None, {"$divide": [left, right]}]}


def power_of(base: object, exponent: object) -> Any:
    """Return a power; of a negative number to a fraction there is none."""
    no_number = {"$and": [{"$lt": [base, 0]}, {"$ne": [exponent, {"$trunc": [exponent]}]}]}
    return {"$cond": [no_number, None, {"$pow": [base, exponent]}]}


def _division(node: Node, left: object, right: object) -> Any:
    """Divide; whole numbers give a whole number, and nothing can be divided by zero."""
    by_zero = {"$eq": [right, 0]}
    quotient: Any = {"$divide": [left, right]}
    types = {side.output_field.get_internal_type() for side in (node.lhs, node.rhs)}
    if types <= NUMBER_TYPES:
        quotient = {"$toLong": {"$trunc": [quotient]}}
    return {"$cond": [by_zero, None, quotient]}


@compiles(DurationExpression)
def duration_arithmetic(scope: Scope, node: Node) -> Compiled:
    """Compile moment plus or minus duration: stored durations are microseconds, BSON dates milliseconds."""
    operators = {Combinable.ADD: "$add", Combinable.SUB: "$subtract"}
    internal_types = [side.output_field.get_internal_type() for side in (node.lhs, node.rhs)]
    others = [kind for kind in internal_types if kind != "DurationField"]
    if (
        node.connector in (Combinable.MUL, Combinable.DIV)
        and len(others) == 1
        and others[0] in SCALABLE_TYPES
    ):
        return {"$toLong": {"$round": [arithmetic_of_numbers(scope, node)]}}
    if node.connector in operators and not others:
        return {operators[node.connector]: [scope.expression(node.lhs), scope.expression(node.rhs)]}
    if node.connector not in operators or len(others) != 1 or others[0] not in DATE_TYPES:
        raise refuse(node, f"{internal_types[0]} {node.connector} {internal_types[1]}")
    # The sum is cut to whole milliseconds, as a stored moment is.
    cut = "$floor" if node.connector == Combinable.ADD else "$ceil"
    sides = [
        {cut: {"$divide": [scope.expression(side), 1000]}}
        if kind == "DurationField"
        else scope.expression(side)
        for side, kind in zip((node.lhs, node.rhs), internal_types, strict=True)
    ]
    return {operators[node.connector]: sides}


@compiles(TemporalSubtraction)
def temporal_subtraction(scope: Scope, node: Node) -> Compiled:
    """Compile the duration between two dates or moments."""
    return {"$multiply": [{"$subtract": [scope.expression(node.lhs), scope.expression(node.rhs)]}, 1000]}


@compiles(Case)
def case(scope: Scope, node: Node) -> Compiled:
    """Compile the first branch whose condition is true."""
    default = scope.expression(node.default)
    branches = [
        {"case": scope.condition(branch.condition), "then": scope.expression(branch.result)}
        for branch in node.cases
    ]
    return {"$switch": {"branches": branches, "default": default}} if branches else default


@compiles(When)
def when(scope: Scope, node: Node) -> Compiled:
    """Refuse: a ``When`` means something in a ``Case`` only."""
    raise refuse(node, "outside of Case")


@compiles(NothingNode)
def nothing(scope: Scope, node: Node) -> Compiled:
    """Compile a condition that no row satisfies."""
    return {"$literal": False}


@compiles(Exists)
def exists(scope: Scope, node: Node) -> Compiled:
    """Compile a test: whether a subquery has a row."""
    try:
        name = scope.subquery(node.query, existence=True)
    except EmptyResultSet:
        return {"$literal": False}
    return {"$ne": [f"${name}", []]}


@compiles(NegatedExpression)
def negated(scope: Scope, node: Node) -> Compiled:
    """Compile a negation: the opposite, or null."""
    inner = scope.expression(node.expression)
    return {"$cond": [is_not_null(inner), {"$not": [inner]}, None]}


@compiles(Subquery)
def subquery(scope: Scope, node: Node) -> Compiled:
    """Compile a subquery's single value."""
    return scope.expression(node.query)


@compiles(Query)
def query(scope: Scope, node: Query) -> Compiled:
    """Compile a query as a value: the first column of its first row, or null."""
    try:
        name = scope.subquery(node)
    except EmptyResultSet:
        return {"$literal": None}
    return {"$ifNull": [{"$first": f"${name}.c0"}, None]}


@compiles(KeyTransform)
def json_key(scope: Scope, node: Node) -> Compiled:
    """Compile a member of a JSON value; a number is a position in a list or a name in an object."""
    if not isinstance(node.lhs, KeyTransform) and not isinstance(node.lhs.output_field, JSONField):
        raise refuse(node, f"on {type(node.lhs).__name__}")
    container = (
        json_key(scope, node.lhs) if isinstance(node.lhs, KeyTransform) else scope.expression(node.lhs)
    )
    return json_item(container, str(node.key_name))


@compiles(KeyTextTransform)
def json_key_as_text(scope: Scope, node: Node) -> Compiled:
    """Compile a member of a JSON value as text; of a list or an object the server knows none, and fails."""
    return {"$toString": json_key(scope, node)}
