"""Lookups over several columns at once, written out as conditions on one column each.

Django uses them for relations over several columns, and for every forward foreign key that it prefetches.
"""

from __future__ import annotations

from typing import Any

from django.db.models.expressions import ColPairs
from django.db.models.fields.related_lookups import get_normalized_value
from django.db.models.fields.tuple_lookups import TupleLookupMixin
from django.db.models.lookups import Exact, In, IsNull, Lookup
from django.db.models.sql.where import AND, OR, NothingNode, WhereNode

from streamsite.mongo.engine.compiler.unsupported import refuse

from ..nodes import AnyLookup, Node


def is_tuple_lookup(node: Node) -> bool:
    """Return whether a condition compares several columns."""
    return isinstance(node, TupleLookupMixin) or (isinstance(node, Lookup) and isinstance(node.lhs, ColPairs))


def expand_tuples(lookup: AnyLookup) -> WhereNode:
    """Return the same condition with one column in each of its lookups."""
    columns = list(lookup.lhs)
    if lookup.lookup_name == "isnull":
        return _where([IsNull(column, lookup.rhs) for column in columns], OR if lookup.rhs else AND)
    if lookup.lookup_name == "exact" and lookup.rhs_is_direct_value():
        return _all_equal(columns, _values(lookup, lookup.rhs))
    if lookup.lookup_name == "in" and lookup.rhs_is_direct_value():
        rows = [_values(lookup, row) for row in lookup.rhs]
        if len(columns) == 1:
            return _where([In(columns[0], [value for (value,) in rows])])
        # A null is equal to nothing.
        conditions = [_all_equal(columns, row) for row in rows if None not in row]
        return _where(conditions or [NothingNode()], OR)
    raise refuse(lookup, f"lookup {lookup.lookup_name!r} over several columns")


def _values(lookup: AnyLookup, row: object) -> Any:
    """Return a row's values; a model instance stands for those of its own that the relation names."""
    return row if isinstance(row, (list, tuple)) else get_normalized_value(row, lookup.lhs)


def _all_equal(columns: list[Any], values: Any) -> WhereNode:
    return _where([Exact(column, value) for column, value in zip(columns, values, strict=True)])


def _where(conditions: list[Any], connector: str = AND) -> WhereNode:
    return WhereNode(conditions, connector)
