"""GROUP BY and the aggregates as one ``$group`` stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import aggregates as django_aggregates
from django.db.models.aggregates import Aggregate
from django.db.models.expressions import Col, Ref, Star, Subquery
from django.db.models.sql import Query

from streamsite.mongo.engine.compiler.scope import Document, Pipeline, Scope, identity_key, is_not_null
from streamsite.mongo.engine.compiler.types import NUMERIC_TYPES, require_amount, require_order
from streamsite.mongo.engine.compiler.unsupported import refuse

from ..nodes import Node
from .json_lookups import is_json_member
from .lookups import is_known

ACCUMULATORS = {
    django_aggregates.Sum: "$sum",
    django_aggregates.Avg: "$avg",
    django_aggregates.Min: "$min",
    django_aggregates.Max: "$max",
}
DEVIATIONS = {
    ("STDDEV_POP", False): "$stdDevPop",
    ("STDDEV_SAMP", False): "$stdDevSamp",
    ("VAR_POP", True): "$stdDevPop",
    ("VAR_SAMP", True): "$stdDevSamp",
}


@dataclass
class Grouping:
    """Stages that group, and what the aggregates are where there is nothing to group."""

    stages: Pipeline
    empty: Document
    has_keys: bool


@dataclass
class Accumulator:
    """One aggregate: what ``$group`` collects, and how that becomes the value (``None``: it is the value)."""

    collected: Document
    result: Any = None
    empty: Any = None


def aggregates_in(nodes: Iterable[Any]) -> list[Aggregate]:
    """Return the different aggregates in some expressions."""
    # Most nodes are plain columns: every query asks, so those are passed over first.
    expressions = [node for node in nodes if type(node) is not Col]
    return list(dict.fromkeys(aggregate for node in expressions for aggregate in _aggregates(node)))


def _aggregates(node: Node) -> Iterator[Aggregate]:
    if isinstance(node, Aggregate):
        yield node
    elif isinstance(node, Ref):
        yield from _aggregates(node.source)
    elif not isinstance(node, (Subquery, Query)) and hasattr(node, "get_source_expressions"):
        for source in node.get_source_expressions():
            if source is not None:
                yield from _aggregates(source)


def group(scope: Scope, aggregates: list[Aggregate], expressions: Iterable[object]) -> Grouping:
    """Return the stages that group by ``expressions``; from then on the scope finds all results by their key."""
    keys, dependents = _keys(expressions)
    identifier: Document = {}
    collected: Document = {}
    results: Document = {}
    empty: Document = {}
    paths: dict[Any, str] = {}
    for number, (key, expression) in enumerate(keys.items()):
        value = scope.expression(expression)
        # Null and missing are one group, except inside JSON.
        is_exact = is_json_member(expression)
        identifier[f"g{number}"] = {"v": value} if is_exact else {"$ifNull": [value, None]}
        paths[key] = f"_id.g{number}.v" if is_exact else f"_id.g{number}"
    for number, (key, expression) in enumerate(dependents.items()):
        collected[f"d{number}"] = {"$first": scope.expression(expression)}
        paths[key] = f"d{number}"
    for number, aggregate in enumerate(aggregates):
        name = f"a{number}"
        accumulator = _accumulator(scope, aggregate, name)
        collected |= accumulator.collected
        empty[name] = accumulator.empty
        paths[identity_key(aggregate)] = name
        if accumulator.result is not None:
            results[name] = accumulator.result
    stages = [*scope.stages, {"$group": {"_id": identifier or None, **collected}}]
    if results:
        stages.append({"$set": results})
    scope.stages = []
    scope.computed = paths
    return Grouping(stages, empty, has_keys=bool(identifier))


def _keys(expressions: Iterable[Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Split what is grouped by: keys, and columns that depend on a primary key among them."""
    sources = [node.source if isinstance(node, Ref) else node for node in expressions]
    everything = {identity_key(node): node for node in sources}
    identified = {node.alias for node in everything.values() if type(node) is Col and node.target.primary_key}

    def depends(node: Node) -> bool:
        return type(node) is Col and node.alias in identified and not node.target.primary_key

    keys = {key: node for key, node in everything.items() if not depends(node)}
    return keys, {key: node for key, node in everything.items() if depends(node)}


def _accumulator(scope: Scope, node: Node, name: str) -> Accumulator:
    source = node.get_source_expressions()[0]
    kind = type(node)
    if getattr(node, "order_by", None):
        raise refuse(node, "with an order")
    value = scope.expression(source)
    if node.filter is not None:
        value = {"$cond": [scope.condition(node.filter), value, "$$REMOVE"]}
    if kind is django_aggregates.Count:
        return _count(node, source, value, name)
    if kind in (django_aggregates.StdDev, django_aggregates.Variance):
        return _deviation(node, source, value, name)
    if kind not in ACCUMULATORS:
        raise refuse(node)
    operator = ACCUMULATORS[kind]
    if operator in ("$sum", "$avg"):
        require_amount(node, source)
    else:
        require_order(node, source)
    if node.distinct and operator in ("$sum", "$avg"):
        return _over_distinct(operator, value, name)
    if operator != "$sum":
        return Accumulator({name: {operator: value}})
    # SQL's sum of nothing is null, MongoDB's is zero.
    counter = f"{name}_count"
    return Accumulator(
        {name: {"$sum": value}, counter: {"$sum": _one_if_not_null(value)}},
        {"$cond": [{"$gt": [f"${counter}", 0]}, f"${name}", None]},
    )


def _count(node: Node, source: Any, value: Any, name: str) -> Accumulator:
    if node.distinct:
        values = f"${name}" if is_json_member(source) else _not_nulls(name)
        return Accumulator({name: {"$addToSet": value}}, {"$size": values}, empty=0)
    if isinstance(source, Star) and node.filter is None:
        return Accumulator({name: {"$sum": 1}}, empty=0)
    return Accumulator({name: {"$sum": {"$cond": [is_known(source, value), 1, 0]}}}, empty=0)


def _deviation(node: Node, source: Any, value: Any, name: str) -> Accumulator:
    is_variance = type(node) is django_aggregates.Variance
    if node.distinct:
        raise refuse(node, "distinct")
    require_amount(node, source, NUMERIC_TYPES - {"duration"})
    operator = DEVIATIONS[node.function, is_variance]
    squared = {"$pow": [f"${name}", 2]} if is_variance else None
    return Accumulator({name: {operator: value}}, squared)


def _over_distinct(operator: str, value: object, name: str) -> Accumulator:
    values = _not_nulls(name)
    result = {"$cond": [{"$gt": [{"$size": values}, 0]}, {operator: values}, None]}
    return Accumulator({name: {"$addToSet": value}}, result)


def _one_if_not_null(value: object) -> Document:
    return {"$cond": [is_not_null(value), 1, 0]}


def _not_nulls(name: str) -> Document:
    return {"$filter": {"input": f"${name}", "cond": is_not_null("$$this")}}
