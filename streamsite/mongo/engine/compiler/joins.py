"""Joins as ``$lookup`` stages, and what may run before them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import NotSupportedError
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.constants import INNER
from django.db.models.sql.datastructures import Join

from ..nodes import Node
from ..operations import bson_types
from .scope import Pipeline, Scope

if TYPE_CHECKING:
    from ..base import DatabaseWrapper


def used_tables(query: Query) -> dict[str, Any]:
    """Return the query's tables and joins by alias, parents first, those without a use left out."""
    return {alias: table for alias, table in query.alias_map.items() if query.alias_refcount[alias]}


def scope_of(connection: DatabaseWrapper, query: Query) -> Scope:
    """Return the scope of a query: the base collection's columns on top, each joined document below its name."""
    prefixes: dict[str | None, str] = {None: ""}
    for number, (alias, table) in enumerate(used_tables(query).items()):
        prefixes[alias] = "" if number == 0 else f"__j{number}."
        if number and not isinstance(table, Join):
            raise NotSupportedError(f"A second table without a join is not supported: {table.table_name}.")
    scope = Scope(connection, prefixes)
    for alias, table in used_tables(query).items():
        if isinstance(table, Join) and table.join_type != INNER:
            scope.outer_joined.add(alias)
    return scope


def join_stages(scope: Scope, query: Query) -> Pipeline:
    """Return the stages that bring in the joined documents, one row for each as in SQL."""
    stages: Pipeline = []
    for alias, join in used_tables(query).items():
        if isinstance(join, Join):
            stages += _join(scope, alias, join)
    return stages


def _join(scope: Scope, alias: str, join: Join) -> Pipeline:
    if len(join.join_fields) != 1:
        raise NotSupportedError(f"A join over several columns is not supported: {join.table_name}.")
    ((local, foreign),) = join.join_fields
    if bson_types(local, scope.connection) != bson_types(foreign, scope.connection):
        raise NotSupportedError(f"A join of different types is not supported: {local} = {foreign}.")
    name = scope.prefixes[alias].rstrip(".")
    lookup: dict[str, Any] = {
        "from": join.table_name,
        "localField": scope.prefixes[join.parent_alias] + local.column,
        "foreignField": foreign.column,
        "as": name,
    }
    inner_scope = Scope(scope.connection, {alias: ""})
    pipeline = _restrictions(inner_scope, alias, join)
    if foreign.null:
        # $lookup takes null for equal to null; SQL does not.
        pipeline.append({"$match": {foreign.column: {"$ne": None}}})
    if pipeline:
        lookup["pipeline"] = pipeline
        if inner_scope.variables:
            lookup["let"] = {
                variable: scope.expression(column) for variable, column in inner_scope.variables.items()
            }
    unwind = {"path": f"${name}", "preserveNullAndEmptyArrays": join.join_type != INNER}
    return [{"$lookup": lookup}, {"$unwind": unwind}]


def _restrictions(inner_scope: Scope, alias: str, join: Join) -> Pipeline:
    """Return what a join asks for beyond equal columns: a generic relation's type, a filtered relation's filter."""
    conditions = [join.join_field.get_extra_restriction(alias, join.parent_alias)]
    if join.filtered_relation is not None:
        conditions.append(join.filtered_relation.resolved_condition)
    pipeline: Pipeline = []
    for condition in conditions:
        if condition is None:
            continue
        try:
            matched = inner_scope.match(condition)
        except FullResultSet:
            continue
        except EmptyResultSet:
            matched = {"$expr": False}
        pipeline += [*inner_scope.stages, {"$match": matched}]
        inner_scope.stages = []
    return pipeline


def keeps_rows(query: Query) -> bool:
    """Return whether the joins neither drop nor multiply rows, so that a page may be cut before them."""
    return all(_keeps_rows(query, join) for join in used_tables(query).values() if isinstance(join, Join))


def _keeps_rows(query: Query, join: Join) -> bool:
    field = join.join_field
    if not (field.many_to_one or field.one_to_one):
        return False
    if join.join_type != INNER:
        return True
    parent = query.alias_map[join.parent_alias]
    parent_is_there = not isinstance(parent, Join) or parent.join_type == INNER
    return field.concrete and not field.null and join.filtered_relation is None and parent_is_there


def uses_only_base(query: Query, node: Node) -> bool:
    """Return whether an expression needs no joined document."""
    base = next(iter(used_tables(query)), None)
    return all(column.alias in (base, None) for column in columns_of(node))


def columns_of(node: Node) -> Iterator[Col]:
    """Yield the columns in an expression; of a subquery, those of the queries around it."""
    if isinstance(node, Col):
        yield node
    elif isinstance(node, Query):
        yield from node.get_external_cols()
    else:
        for source in node.get_source_expressions() if hasattr(node, "get_source_expressions") else ():
            if source is not None:
                yield from columns_of(source)
        if isinstance(getattr(node, "rhs", None), Query):
            yield from columns_of(node.rhs)
