"""Lookups: each once as a test in a match document and once as an aggregation expression.

User text is data: patterns are escaped, values are literals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models.expressions import Col, ExpressionList, Subquery, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.lookups import YearLookup
from django.db.models.sql import Query

from streamsite.mongo.engine.compiler.types import comparable, require_comparable
from streamsite.mongo.engine.compiler.unsupported import refuse

from ..nodes import AnyLookup, Compiled, Node
from .json_lookups import has_keys, is_json_member
from .operands import all_of, is_direct, value_of, values_of
from .patterns import EXPRESSIONS_OF_PATTERNS, PATTERNS, match_pattern, pattern
from .scope import LOOKUPS, MATCHERS, Document, Scope, is_not_null

COMPARISONS = {"gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte"}
OPPOSITES = {"$gt": "$lte", "$gte": "$lt", "$lt": "$gte", "$lte": "$gt"}


# --- exact, comparisons, range ------------------------------------------------------------------


def match_exact(scope: Scope, lookup: AnyLookup, wanted: bool) -> Document | None:
    """Compile ``{"$eq": value}``, or everything else but null."""
    if not is_direct(lookup):
        return None
    if isinstance(lookup, YearLookup):
        first, last = lookup.year_lookup_bounds(scope.connection, lookup.rhs)
        return {"$gte": first, "$lte": last} if wanted else None
    value = value_of(scope, lookup)
    if wanted:
        return {"$eq": value}
    return {"$nin": [value, None]} if scope.is_nullable(lookup.lhs) else {"$ne": value}


def exact(scope: Scope, lookup: AnyLookup, wanted: bool) -> Compiled:
    """Compile the equality of two expressions."""
    left, right, tests = _operands(scope, lookup)
    if wanted and _is_correlated(scope, lookup):
        left = f"${scope.path(lookup.lhs)}"  # plain, so that an index answers
    if wanted:
        return all_of([*tests[1:], {"$eq": [left, right]}])
    return all_of([is_known(lookup.lhs, left), *tests[1:], {"$ne": [left, right]}])


def _is_correlated(scope: Scope, lookup: AnyLookup) -> bool:
    """Return whether a column is compared with one of a query around this one, that is, with its key."""
    return (
        type(lookup.lhs) is type(lookup.rhs) is Col
        and scope.path(lookup.lhs) is not None
        and scope.path(lookup.rhs) is None
    )


def match_comparison(scope: Scope, lookup: AnyLookup, wanted: bool) -> Document | None:
    """Return a comparison with a value, which in a match document never holds for null."""
    if not is_direct(lookup):
        return None
    operator = COMPARISONS[str(lookup.lookup_name)]
    if not wanted:
        operator = OPPOSITES[operator]
    if isinstance(lookup, YearLookup):
        return {operator: _year_bound(scope, lookup, operator)}
    return {operator: value_of(scope, lookup)}


def comparison(scope: Scope, lookup: AnyLookup, wanted: bool) -> Compiled:
    """Compile the comparison of two expressions."""
    left, right, tests = _operands(scope, lookup)
    operator = COMPARISONS[str(lookup.lookup_name)]
    return all_of([*tests, {operator if wanted else OPPOSITES[operator]: [left, right]}])


def match_range(scope: Scope, lookup: AnyLookup, wanted: bool) -> Document | None:
    """Compile a range, both ends included; its negation takes two tests."""
    if not wanted or not is_direct(lookup):
        return None
    low, high = values_of(scope, lookup)
    return {"$gte": low, "$lte": high}


def between(scope: Scope, lookup: AnyLookup, wanted: bool) -> Compiled:
    """Return a range whose ends may be expressions."""
    left = scope.expression(lookup.lhs)
    low, high = (_operand(scope, value) for value in _members(scope, lookup))
    inside = [is_not_null(left), is_not_null(low), is_not_null(high)]
    if wanted:
        return all_of([*inside, {"$gte": [left, low]}, {"$lte": [left, high]}])
    below = all_of([is_not_null(left), is_not_null(low), {"$lt": [left, low]}])
    above = all_of([is_not_null(left), is_not_null(high), {"$gt": [left, high]}])
    return {"$or": [below, above]}


def match_null(scope: Scope, lookup: AnyLookup, wanted: bool) -> Document:
    """Compile a null test; null and missing are the same, unless a missing value reads as the column's default."""
    if scope.is_never_null(lookup.lhs):
        raise EmptyResultSet if _wants_null(lookup) else FullResultSet
    return {"$eq": None} if _wants_null(lookup) == wanted else {"$ne": None}


def null(scope: Scope, lookup: AnyLookup, wanted: bool) -> Compiled:
    """Compile a null test; null and missing are the same, except inside JSON, where a null is a value."""
    left = scope.expression(lookup.lhs)
    known = is_known(lookup.lhs, left)
    return {"$not": [known]} if _wants_null(lookup) == wanted else known


def _wants_null(lookup: AnyLookup) -> bool:
    if not isinstance(lookup.rhs, bool):
        raise ValueError("The QuerySet value for an isnull lookup must be True or False.")  # noqa: TRY004
    return lookup.rhs


# --- in -----------------------------------------------------------------------------------------


def match_in(scope: Scope, lookup: AnyLookup, wanted: bool) -> Document | None:
    """Return a list of values, or those of a query that stands on its own, which is run first."""
    if isinstance(lookup.rhs, (Query, Subquery)):
        values = _query_values(scope, lookup.rhs)
    elif is_direct(lookup):
        values = _without_none(values_of(scope, lookup))
    else:
        values = None
    if values is None:
        return None
    if not values:
        raise EmptyResultSet
    if wanted:
        return {"$in": _without_none(values)}
    if None in values:
        return {"$in": []}
    return {"$nin": [*values, None] if scope.is_nullable(lookup.lhs) else values}


def member(scope: Scope, lookup: AnyLookup, wanted: bool) -> Compiled:
    """Return a list whose members may be expressions, or a query's results."""
    left = scope.expression(lookup.lhs)
    known = is_known(lookup.lhs, left)
    if isinstance(lookup.rhs, (Query, Subquery)):
        values = _query_values(scope, lookup.rhs)
        if values is None:
            array: Any = f"${scope.subquery(_inner_query(lookup.rhs))}.c0"
            return _membership(known, left, array, wanted, nulls={"$in": [None, {"$ifNull": [array, []]}]})
    else:
        values = _without_none(_members(scope, lookup))
    if not values:
        raise EmptyResultSet
    operands = [_operand(scope, value) for value in values]
    nulls = (
        {"$in": [None, operands]} if any(hasattr(value, "resolve_expression") for value in values) else False
    )
    return _membership(known, left, operands, wanted, nulls=nulls)


def _membership(known: object, left: object, array: object, wanted: bool, *, nulls: object) -> Any:
    """Compile membership in a list; with a null in the list, absence is unknown."""
    if wanted:
        return all_of([known, {"$in": [left, array]}])
    return all_of([known, {"$not": [nulls]}, {"$not": [{"$in": [left, array]}]}])


def _members(scope: Scope, lookup: AnyLookup) -> list[Any]:
    """Return what an ``in`` or ``range`` lookup lists: values as they are stored, expressions as they are."""
    if isinstance(lookup.rhs, ExpressionList):
        members = list(lookup.rhs.get_source_expressions())
    elif not lookup.rhs_is_direct_value():
        raise refuse(lookup.rhs, f"right-hand side of {lookup.lookup_name!r}")
    else:
        members = list(lookup.rhs) if isinstance(lookup.lhs, KeyTransform) else values_of(scope, lookup)
    require_comparable(lookup, [lookup.lhs, *members])
    return members


def _without_none(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _inner_query(query: Query | Subquery[Any]) -> Query:
    return query.query if isinstance(query, Subquery) else query


def _query_values(scope: Scope, query: Query | Subquery) -> list[Any] | None:
    """Return a subquery's values, nulls included, or ``None`` if it depends on the query around it."""
    from .select import independent_values

    if getattr(query, "_db", None) not in (None, scope.connection.alias):
        raise ValueError(
            "Subqueries aren't allowed across different databases. Force the inner query to be evaluated "
            "using `list(inner_query)`."
        )
    return independent_values(scope.connection, _inner_query(query))


# --- text ---------------------------------------------------------------------------------------


# --- JSON ---------------------------------------------------------------------------------------


# --- what lookups share -------------------------------------------------------------------------


def year(
    scope: Scope, lookup: AnyLookup, wanted: bool, otherwise: Callable[[Scope, Any, bool], object]
) -> Compiled:
    """Return a comparison of a date's year, by the first and last moment of it."""
    if not (isinstance(lookup, YearLookup) and lookup.rhs_is_direct_value()):
        return otherwise(scope, lookup, wanted)
    first, last = lookup.year_lookup_bounds(scope.connection, lookup.rhs)
    date = scope.expression(lookup.lhs.lhs)
    name = str(lookup.lookup_name)
    if name == "exact" and wanted:
        tests = [{"$gte": [date, first]}, {"$lte": [date, last]}]
    elif name == "exact":
        tests = [{"$or": [{"$lt": [date, first]}, {"$gt": [date, last]}]}]
    else:
        operator = COMPARISONS[name] if wanted else OPPOSITES[COMPARISONS[name]]
        tests = [{operator: [date, _year_bound(scope, lookup, operator)]}]
    return all_of([is_not_null(date), *tests])


def _year_bound(scope: Scope, lookup: AnyLookup, operator: str) -> Compiled:
    """Return the moment to compare with: after a year is after its last moment."""
    first, last = lookup.year_lookup_bounds(scope.connection, lookup.rhs)
    return last if operator in ("$gt", "$lte") else first


def _operands(scope: Scope, lookup: AnyLookup) -> tuple[Any, Any, list[Document]]:
    """Return both sides and the tests that neither is null; a direct value needs no test."""
    left = scope.expression(lookup.lhs)
    is_literal = isinstance(lookup.lhs, KeyTransform) and type(lookup.rhs) is Value
    if is_literal or lookup.rhs_is_direct_value():
        return left, _json_aware_value(scope, lookup), [is_not_null(left)]
    require_comparable(lookup, [lookup.lhs, lookup.rhs])
    right = scope.expression(lookup.rhs)
    known = [is_not_null(left), is_not_null(right)]
    left, right = comparable(lookup.lhs, lookup.rhs, [left, right])
    return left, right, known


def _json_aware_value(scope: Scope, lookup: AnyLookup) -> Document:
    """Return the value to compare with; inside JSON the column's own conversions do not apply."""
    if isinstance(lookup.lhs, KeyTransform):
        return {"$literal": lookup.rhs.value if type(lookup.rhs) is Value else lookup.rhs}
    return {"$literal": value_of(scope, lookup)}


def is_known(node: Node, value: object) -> Document:
    """Return the test that a value is not SQL's null."""
    if is_json_member(node):
        return {"$ne": [{"$type": value}, "missing"]}
    return is_not_null(value)


def element(scope: Scope, lookup: AnyLookup, wanted: bool) -> Document:
    """Return whether a list has the string; of what is null nobody knows."""
    value = scope.expression(lookup.lhs)
    wanted_one = {"$literal": lookup.get_db_prep_lookup(lookup.rhs, scope.connection)[1][0]}
    has = {"$in": [wanted_one, {"$cond": [{"$isArray": [value]}, value, []]}]}
    return has if wanted else all_of([is_not_null(value), {"$not": [has]}])


def _operand(scope: Scope, value: Any) -> Compiled:
    return scope.expression(value) if hasattr(value, "resolve_expression") else {"$literal": value}


LOOKUPS.update(
    {
        "exact": lambda scope, lookup, wanted: year(scope, lookup, wanted, exact),
        "isnull": null,
        "in": member,
        "range": between,
        "has_element": element,
        "has_key": has_keys,
        "has_keys": has_keys,
        "has_any_keys": has_keys,
        **dict.fromkeys(COMPARISONS, lambda scope, lookup, wanted: year(scope, lookup, wanted, comparison)),
        **dict.fromkeys([*PATTERNS, *EXPRESSIONS_OF_PATTERNS], pattern),
    }
)
MATCHERS.update(
    {
        "exact": match_exact,
        "isnull": match_null,
        "in": match_in,
        "range": match_range,
        **dict.fromkeys(COMPARISONS, match_comparison),
        **dict.fromkeys([*PATTERNS, *EXPRESSIONS_OF_PATTERNS], match_pattern),
    }
)
