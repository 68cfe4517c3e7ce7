"""Plans of plain reads: whole or deferred rows of one model, and the rows that their foreign keys name.

Django's compiler turns each column of each table into nodes, and the engine turns joins into ``$lookup``. A query that
only filters, orders and cuts a page by its own columns needs neither: it is one ``find``, and one more by primary keys
for each relation of ``select_related``. Everything else is left to ``SQLCompiler``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist, FullResultSet
from django.db.models import ForeignKey, Model
from django.db.models.sql import Query

from streamsite.mongo.engine.compiler.types import value_type

from ..columns import AnyField, column_name
from ..commands import Document, Find
from .joins import used_tables
from .scope import Scope
from .select import finds_one

if TYPE_CHECKING:
    from ..base import DatabaseWrapper

SelectMask = Mapping[Any, Any]


@dataclass(frozen=True)
class PlannedModel:
    """A model whose rows are read: which of its fields, and which relations with them.

    ``fields`` is ``None`` for all of them.
    """

    model: type[Model]
    fields: frozenset[str] | None
    relations: tuple[PlannedRelation, ...]


@dataclass(frozen=True)
class PlannedRelation:
    """A foreign key that is followed. ``drops_rows`` says that a row whose target is not there is left out."""

    field: ForeignKey[Any, Any]
    target: PlannedModel
    drops_rows: bool


@dataclass(frozen=True)
class PlainRead:
    """A plan: the condition, order and page of the first command, without its projection, and what it reads."""

    root: PlannedModel
    find: Find


def plan_plain_read(query: Query, connection: DatabaseWrapper) -> PlainRead | None:
    """Return the plan of a query that is a plain read, else ``None``.

    Raises ``EmptyResultSet`` if the query finds nothing whatever is stored.
    """
    model = query.model
    if model is None or not _is_plain(query):
        return None
    root = _planned_model(model, query.select_related, query.get_select_mask(), is_inner=True)
    sort = _sort(query, model) if root is not None else None
    if root is None or sort is None:
        return None
    condition = _condition(query, connection)
    if condition is None:
        return None
    options: Document = {}
    if sort and not finds_one(model, condition):
        options["sort"] = list(sort.items())
    if query.low_mark:
        options["skip"] = query.low_mark
    if query.high_mark is not None:
        options["limit"] = query.high_mark - query.low_mark
    return PlainRead(root, Find(str(model._meta.db_table), condition, options))


def _is_plain(query: Query) -> bool:
    """Return whether a query selects rows of its model alone, and has a page that is not empty."""
    return (
        type(query) is Query
        and not query.annotations
        and not query.extra
        and not query.extra_tables
        and not query.extra_order_by
        and not query.combinator
        and not query.distinct
        and query.group_by is None
        and not query.select
        and query.default_cols
        and not query.values_select
        and not query.select_for_update
        and not query.explain_info
        and query.standard_ordering
        and (query.high_mark is None or query.high_mark > query.low_mark)
    )


def _planned_model(
    model: type[Model], related: object, mask: SelectMask, *, is_inner: bool
) -> PlannedModel | None:
    """Return what is read of a model, or ``None`` where a row is more than one document or relation by key."""
    meta = model._meta
    if meta.concrete_model is not model or meta.parents:
        return None
    if related and not isinstance(related, dict):
        return None  # every relation there is: select_related() without names
    relations = []
    for name, deeper in (related or {}).items() if isinstance(related, dict) else ():
        relation = _planned_relation(model, name, deeper, mask, is_inner=is_inner)
        if relation is None:
            return None
        relations.append(relation)
    fields = frozenset(str(field.attname) for field in mask if field.concrete) if mask else None
    return PlannedModel(model, fields, tuple(relations))


def _planned_relation(
    model: type[Model], name: str, deeper: object, mask: SelectMask, *, is_inner: bool
) -> PlannedRelation | None:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    if not isinstance(field, ForeignKey) or not field.target_field.primary_key:
        return None
    if mask and field not in mask:
        return None  # Django says what is wrong
    inner = is_inner and not field.null
    target = _planned_model(field.related_model, deeper, mask.get(field, {}), is_inner=inner)
    return None if target is None else PlannedRelation(field, target, inner)


def _sort(query: Query, model: type[Model]) -> dict[str, int] | None:
    """Return the order as columns and directions, ``None`` if it is not by plain columns of the model."""
    names = query.order_by or (model._meta.ordering if query.default_ordering else ())
    sort: dict[str, int] = {}
    for name in names or ():
        if not isinstance(name, str) or (field := _ordered_field(model, name)) is None:
            return None
        sort.setdefault(column_name(field), -1 if name.startswith("-") else 1)
    return sort


def _ordered_field(model: type[Model], name: str) -> AnyField | None:
    plain = name.lstrip("-+")
    try:
        field: Any = model._meta.pk if plain == "pk" else model._meta.get_field(plain)
    except FieldDoesNotExist:
        return None
    is_by_itself = field.concrete and (not field.is_relation or field.attname == plain)
    if not is_by_itself or field.get_internal_type() == "JSONField":
        return None
    kind = field.target_field if field.is_relation else field
    return None if value_type(kind.get_col("")) == "binary" else field


def _condition(query: Query, connection: DatabaseWrapper) -> Document | None:
    """Return the conditions as a match document, ``None`` where they need a join, a subquery, or a group."""
    where = query.where
    if not where.children:
        return {}
    if where.contains_aggregate or where.contains_over_clause:
        return None
    if not any(query.alias_refcount.values()):
        query.get_initial_alias()
    tables = used_tables(query)
    if len(tables) != 1:
        return None
    scope = Scope(connection, {None: "", next(iter(tables)): ""})
    try:
        condition = scope.match(where)
    except FullResultSet:
        return {}
    return None if scope.stages or scope.variables else condition
