"""SELECT: one ``find`` where a query needs one collection only, else an aggregation pipeline."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import chain
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import NotSupportedError
from django.db.models import Model, QuerySet
from django.db.models.expressions import Col, OrderBy, Ref, Value
from django.db.models.sql import Query
from django.db.models.sql.compiler import PositionRef
from django.db.models.sql.compiler import SQLCompiler as DjangoSQLCompiler
from django.db.models.sql.constants import GET_ITERATOR_CHUNK_SIZE, MULTI, ROW_COUNT, SINGLE
from django.db.models.sql.where import AND, WhereNode

from streamsite.mongo.engine.compiler.missing_fields import missing_value
from streamsite.mongo.engine.compiler.scope import Document, Pipeline, Scope, identity_key, is_null
from streamsite.mongo.engine.compiler.types import require_order
from streamsite.mongo.engine.compiler.unsupported import refuse

from ..columns import column_name
from ..commands import Aggregate, Find, fetch, stream
from ..introspection import SCHEMA_COLLECTION
from ..nodes import Node
from .grouping import Grouping, aggregates_in, group
from .joins import join_stages, keeps_rows, scope_of, used_tables, uses_only_base
from .json_lookups import is_json_member
from .upserts import unique_sets

if TYPE_CHECKING:
    from ..base import DatabaseWrapper

Row = list[Any]
NOTHING: Document = {"$expr": False}
# Stages that yield one document whatever the collection holds.
ONE_DOCUMENT: Pipeline = [{"$match": NOTHING}, {"$facet": {"none": [{"$limit": 1}]}}]


class SQLCompiler(DjangoSQLCompiler):
    """Django's compiler up to the point where SQL begins: it still decides what is selected, joined and ordered."""

    connection: DatabaseWrapper
    scope: Scope
    group_expressions: list[Any]
    setup: tuple[Any, Any, Any]

    # --- Django's preparation, without SQL ------------------------------------------------------

    def compile(self, node: Node) -> tuple[str, tuple[()]]:
        """Return a text that is the same for equal nodes, which is all that Django needs of the SQL here."""
        if isinstance(node, OrderBy):
            return (
                f"{self.compile(cast(Node, node.expression))[0]} {'DESC' if node.descending else 'ASC'}",
                (),
            )
        if isinstance(node, Ref):
            return self.compile(node.source)
        if type(node) is Col:
            return f"{node.alias}.{node.target.column}", ()
        known: dict[Any, int] = self.__dict__.setdefault("_known_nodes", {})
        try:
            return f"#{known.setdefault(node, len(known))}", ()
        except TypeError:  # an unhashable literal
            return f"#id{id(node)}", ()

    def collapse_group_by(self, expressions: list[Any], having: object) -> list[Any]:
        """Keep what is grouped by; Django would turn it into SQL next."""
        self.group_expressions = expressions
        return []

    def as_sql(self, with_limits: bool = True, with_col_aliases: bool = False) -> tuple[str, tuple[()]]:
        """Return the MongoDB command as text, for ``str(queryset.query)``."""
        return repr(self.plan()), ()

    def prepare(self) -> None:
        """Let Django choose columns, order and groups; refuse what SQL alone could do."""
        query = self.query
        if query.distinct_fields:
            raise NotSupportedError("distinct() on fields is not supported by the MongoDB engine.")
        if query.extra_tables:
            raise NotSupportedError("extra() is not supported by the MongoDB engine.")
        if query.explain_info:
            raise NotSupportedError("This backend does not support explaining query execution.")
        if query.select_for_update and not _is_update_or_create():
            raise NotSupportedError(
                "select_for_update() is not supported by the MongoDB engine: there are no row locks. "
                "Make the update conditional, or write in atomic() and repeat it after a conflict."
            )
        self.group_expressions = []
        self.setup = self.pre_sql_setup()
        if self.qualify:
            raise refuse(self.qualify, "window functions")
        self.scope = scope_of(self.connection, query)

    @property
    def ordering(self) -> list[OrderBy]:
        """The expressions that rows are sorted by."""
        orders = [expression for expression, _ in self.setup[1]]
        for order in orders:
            require_order(order, order.expression)
        return orders

    @property
    def expressions(self) -> list[Any]:
        """The selected expressions."""
        return [expression for expression, _, _ in self.select]

    @property
    def table(self) -> str:
        """The collection that is read; any will do for a query that has none (``Q.check``)."""
        table = next(iter(used_tables(self.query).values()), None)
        return SCHEMA_COLLECTION if table is None else str(table.table_name)

    # --- planning -------------------------------------------------------------------------------

    def plan(self) -> Find | Aggregate:
        """Return the command for the query, and set ``self.decode``; ``EmptyResultSet`` if it finds nothing."""
        with self._kept_refcounts():
            if self.query.combinator:
                return self._combined()
            self.prepare()
            return self._find() or Aggregate(self.table, self.pipeline(are_rows=True))

    @contextmanager
    def _kept_refcounts(self) -> Iterator[None]:
        """Leave the query as it was: choosing columns and order adds uses of joins."""
        before = self.query.alias_refcount.copy()
        try:
            yield
        finally:
            self.query.reset_refcounts(before)

    def _find(self) -> Find | None:
        """Return the query as a ``find``, or ``None`` if it joins, groups, computes or needs a subquery."""
        query = self.query
        if self._is_grouped() or query.distinct or len(used_tables(query)) != 1:
            return None
        if any(type(node) is not Col and type(node) is not Value for node in self.expressions):
            return None
        sort = self._plain_sort()
        if sort is None:
            return None
        condition, stages = self._matched(self.where)
        if stages or self.scope.variables or any(self.scope.path(node) is None for node in self._columns()):
            return None
        columns = [column_name(node.target) for node in self._columns()]
        projection: Document = dict.fromkeys(columns, 1) or {"_id": 1}
        if "_id" not in projection:
            projection["_id"] = 0
        options: Document = {"projection": projection}
        if sort and not self._finds_one(condition):
            options["sort"] = list(sort.items())
        if query.low_mark:
            options["skip"] = query.low_mark
        if query.high_mark is not None:
            options["limit"] = query.high_mark - query.low_mark
        self.decode = self._document_decoder()
        return Find(self.table, condition, options)

    def _finds_one(self, condition: Document) -> bool:
        model = self.query.model
        return model is not None and self.table == model._meta.db_table and finds_one(model, condition)

    def _columns(self) -> list[Col]:
        return [node for node in self.expressions if type(node) is Col]

    def _document_decoder(self) -> Callable[[Document], Row]:
        """Return a function from a stored document to a row; constants never travelled."""
        cells = [
            (None, self.scope.expression(node)["$literal"])
            if type(node) is Value
            else (node.target.column, None)
            for node in self.expressions
        ]
        columns = [column for column, _ in cells if column is not None]
        if len(columns) == len(cells):
            return self._filling_decoder(columns)
        return lambda document: [
            constant if column is None else self._cell(document, column, node)
            for (column, constant), node in zip(cells, self.expressions, strict=True)
        ]

    def _filling_decoder(self, names: list[str]) -> Callable[[Document], Row]:
        """Return a function from a document to a row of its fields; those that it lacks read as their defaults."""
        width, nodes = len(set(names)), self.expressions

        def decode(document: Document) -> Row:
            if len(document) == width:
                return [document[name] for name in names]
            return [self._cell(document, name, node) for name, node in zip(names, nodes, strict=True)]

        return decode

    def _cell(self, document: Document, name: str, node: Node) -> Any:
        if name in document or type(node) is not Col or node.alias in self.scope.outer_joined:
            return document.get(name)
        return missing_value(node.target, self.connection)

    def pipeline(self, *, are_rows: bool = False) -> Pipeline:
        """Return the query as stages whose documents hold the columns as ``c0``, ``c1``, ...

        With ``are_rows`` they are the result, in which ``decode`` fills in what documents lack.
        """
        stages, pages_done = self._source_stages()
        if self._is_grouped():
            grouping = self._group()
            stages += grouping.stages
            self._when_empty = None if grouping.has_keys else grouping.empty
        self._is_filled = are_rows and not self._is_grouped() and not self.query.distinct
        tail = self._result_stages(pages_done)
        self._tail = tail
        names = self._names()
        self.decode = self._filling_decoder(names) if self._is_filled else _numbered_decoder(len(names))
        return stages + tail

    # Whether ``decode`` fills in what plain columns lack, which spares the server to look at each.
    _is_filled = False
    _when_empty: Document | None = None
    _tail: Pipeline

    def _source_stages(self) -> tuple[Pipeline, bool]:
        """Return the stages that find and join; whether the page was already cut."""
        query = self.query
        base, rest = self._split_conditions()
        stages = self._match_stages(base)
        if not used_tables(query):
            stages = [*ONE_DOCUMENT, *stages]
        joins = join_stages(self.scope, query)
        if not joins:
            return [*stages, *self._match_stages(rest)], False
        sort = self._plain_sort()
        if (
            sort is not None
            and not rest
            and not query.distinct
            and not self._is_grouped()
            and keeps_rows(query)
            and all(uses_only_base(query, cast(Node, order.expression)) for order in self.ordering)
        ):
            return [*stages, *_sort_stage(sort), *self._page_stages(), *joins], True
        return [*stages, *joins, *self._match_stages(rest)], False

    def _split_conditions(self) -> tuple[list[Any], list[Any]]:
        """Return the conditions on the base collection, which can use its indexes, and the others."""
        if not self.where or not self.where.children:
            return [], []
        is_conjunction = self.where.connector == AND and not self.where.negated
        conditions = list(self.where.children) if is_conjunction else [self.where]
        base = [node for node in conditions if uses_only_base(self.query, node)]
        return base, [node for node in conditions if node not in base]

    def _match_stages(self, conditions: list[Any]) -> Pipeline:
        """Return conditions as stages; those that need a subquery come last."""
        plain: list[Document] = []
        dependent: Pipeline = []
        for condition in conditions:
            matched, stages = self._matched(WhereNode([condition]))
            if stages:
                dependent += [*stages, {"$match": matched}]
            elif matched:
                plain.append(matched)
        match = [{"$match": plain[0] if len(plain) == 1 else {"$and": plain}}] if plain else []
        return match + dependent

    def _matched(self, condition: WhereNode | None) -> tuple[Document, Pipeline]:
        """Return a match document and the stages that it needs before it."""
        if condition is None:
            return {}, []
        try:
            matched = self.scope.match(condition)
        except FullResultSet:
            matched = {}
        except EmptyResultSet:
            if self.elide_empty:
                raise
            matched = NOTHING
        stages, self.scope.stages = self.scope.stages, []
        return matched, stages

    # --- groups ---------------------------------------------------------------------------------

    def _is_grouped(self) -> bool:
        return self.query.group_by is not None or bool(self._aggregates())

    def _aggregates(self) -> list[Any]:
        having = [self.having] if self.having else []
        return aggregates_in([*self.expressions, *having, *(order.expression for order in self.ordering)])

    def _group(self) -> Grouping:
        return group(self.scope, self._aggregates(), self.group_expressions)

    # --- rows -----------------------------------------------------------------------------------

    def _result_stages(self, pages_done: bool) -> Pipeline:
        """Return the stages that compute the columns, make rows distinct, sort and cut the page."""
        having = self._match_stages([self.having]) if self.having else []
        sort = None if self._is_grouped() or self.query.distinct else self._plain_sort()
        if pages_done:
            return [*self._projection({})]
        if sort is not None:
            return [*having, *_sort_stage(sort), *self._page_stages(), *self._projection({})]
        keys, extra = self._computed_sort()
        distinct = _distinct_stages([*self._names(), *extra], self._exact()) if self.query.distinct else []
        return [*having, *self._projection(extra), *distinct, *_sort_stage(keys), *self._page_stages()]

    def _exact(self) -> set[str]:
        """Return the names of the columns in which a null is a value."""
        return {
            name for name, node in zip(self._names(), self.expressions, strict=True) if is_json_member(node)
        }

    def _names(self) -> list[str]:
        return [f"c{number}" for number in range(len(self.select))]

    def _projection(self, extra: Document) -> Pipeline:
        columns = {
            name: self._column_value(node) for name, node in zip(self._names(), self.expressions, strict=True)
        }
        stages, self.scope.stages = self.scope.stages, []
        fields = {**columns, **extra}
        return [*stages, {"$project": {"_id": 0, **fields} if fields else {"_id": 1}}]

    def _column_value(self, node: Node) -> Any:
        """Return the expression for a selected column."""
        if self._is_filled and type(node) is Col and node.alias not in self.scope.outer_joined:
            path = self.scope.path(node)
            if path is not None:
                return f"${path}"
        return self.scope.expression(node)

    def _plain_sort(self) -> dict[str, int] | None:
        """Return the order as paths and directions, or ``None`` if part of it must be computed."""
        sort: dict[str, int] = {}
        for order in self.ordering:
            node = order.expression.source if isinstance(order.expression, Ref) else order.expression
            path = self.scope.path(node) if type(node) is Col else None
            if path is None or _needs_null_key(order):
                return None
            sort.setdefault(path, -1 if order.descending else 1)
        return sort

    def _computed_sort(self) -> tuple[dict[str, int], Document]:
        """Return the order by column names, and the fields to compute for it."""
        keys: dict[str, int] = {}
        extra: Document = {}
        selected = {identity_key(node): f"c{number}" for number, node in enumerate(self.expressions)}
        for number, order in enumerate(self.ordering):
            expression = cast(Node, order.expression)
            node = expression.source if isinstance(expression, Ref) else expression
            name = selected.get(identity_key(node))
            value = self.scope.expression(node) if name is None or _needs_null_key(order) else None
            if _needs_null_key(order):
                extra[f"n{number}"] = {"$cond": [is_null(value), 1, 0]}
                keys[f"n{number}"] = 1 if order.nulls_last else -1
            if name is None:
                name = f"o{number}"
                extra[name] = value
            keys.setdefault(name, -1 if order.descending else 1)
        return keys, extra

    def _page_stages(self) -> Pipeline:
        query = self.query
        stages: Pipeline = []
        if query.low_mark:
            stages.append({"$skip": query.low_mark})
        if query.high_mark is not None:
            if query.high_mark <= query.low_mark:
                raise EmptyResultSet
            stages.append({"$limit": query.high_mark - query.low_mark})
        return stages

    # --- unions ---------------------------------------------------------------------------------

    def _combined(self) -> Aggregate:
        """Return a UNION: the first query's pipeline, with the others' rows added."""
        query = self.query
        if query.combinator != "union":
            raise NotSupportedError(f"{query.combinator} is not supported on this database backend.")
        self.setup = self.pre_sql_setup()
        names: list[str] = []
        exact: set[str] = set()
        parts: list[tuple[str, Pipeline]] = []
        for part in query.combined_queries:
            if query.selected is not None and part.selected is None:
                part = part.clone()
                part.set_values(query.selected)
            compiler = part.get_compiler(self.using, self.connection, self.elide_empty)
            try:
                parts.append(compiler.as_pipeline())
            except EmptyResultSet:
                continue
            if compiler.scope.variables:
                raise refuse(part, "a union that depends on the query around it")
            self.scope = compiler.scope
            names, exact = compiler._names(), exact | compiler._exact()
        if not parts:
            raise EmptyResultSet
        table = parts[0][0]
        pipeline = self._union(parts)
        if not query.combinator_all:
            pipeline = [*pipeline, *_distinct_stages(names, exact)]
        pipeline = [*pipeline, *self._union_sort(), *self._page_stages()]
        self.decode = _numbered_decoder(len(self.select))
        return Aggregate(table, pipeline)

    def _union(self, parts: list[tuple[str, Pipeline]]) -> Pipeline:
        """Return the rows of several pipelines; ``$unionWith`` is not allowed in a transaction."""
        if self.connection.transaction is None:
            others = [{"$unionWith": {"coll": table, "pipeline": stages}} for table, stages in parts[1:]]
            return [*parts[0][1], *others]
        lists = {f"__u{number}": part for number, part in enumerate(parts)}
        return [
            *ONE_DOCUMENT,
            *(
                {"$lookup": {"from": table, "pipeline": rows, "as": name}}
                for name, (table, rows) in lists.items()
            ),
            {"$project": {"row": {"$concatArrays": [f"${name}" for name in lists]}}},
            {"$unwind": "$row"},
            {"$replaceRoot": {"newRoot": "$row"}},
        ]

    def _union_sort(self) -> Pipeline:
        """Return the stages that order a union; Django adds a column that is not selected behind the others."""
        positions = {alias: number for number, (_, _, alias) in enumerate(self.select) if alias}
        selected = {identity_key(node): number for number, node in enumerate(self.expressions)}
        keys: dict[str, int] = {}
        null_keys: Document = {}
        added = len(self.select)
        for order in self.ordering:
            node = order.expression
            if isinstance(node, PositionRef):
                position = node.ordinal - 1
            elif isinstance(node, Ref) and node.refs.startswith("__orderbycol"):
                position, added = added, added + 1
            elif isinstance(node, Ref) and node.refs in positions:
                position = positions[node.refs]
            else:
                position = selected[identity_key(node.source if isinstance(node, Ref) else node)]
            if _needs_null_key(order):
                null_keys[f"n{position}"] = {"$cond": [is_null(f"$c{position}"), 1, 0]}
                keys[f"n{position}"] = 1 if order.nulls_last else -1
            keys[f"c{position}"] = -1 if order.descending else 1
        return [*([{"$set": null_keys}] if null_keys else []), *_sort_stage(keys)]

    def as_pipeline(self) -> tuple[str, Pipeline]:
        """Return the query for use within another: its collection and its stages."""
        with self._kept_refcounts():
            if self.query.combinator:
                combined = self._combined()
                return combined.table, combined.pipeline
            self.prepare()
            return self.table, self.pipeline()

    # --- running --------------------------------------------------------------------------------

    def execute_sql(
        self,
        result_type: str = MULTI,
        chunked_fetch: bool = False,
        chunk_size: int = GET_ITERATOR_CHUNK_SIZE,
    ) -> Any:
        """Run the query: chunks of rows for ``MULTI``, one row or ``None`` for ``SINGLE``."""
        try:
            command = self.plan()
        except EmptyResultSet:
            return iter([]) if result_type == MULTI else None
        if chunked_fetch and result_type == MULTI:
            return self._chunks(command, chunk_size)
        rows = [self.decode(document) for document in fetch(self.connection, command)]
        if not rows and self._when_empty is not None:
            rows = self._rows_of_nothing(command)
        if result_type == MULTI:
            return iter([rows])
        if result_type == ROW_COUNT:
            return len(rows)
        return rows[0] if rows and result_type == SINGLE else None

    def _chunks(self, command: Find | Aggregate, size: int) -> Iterator[list[Row]]:
        for documents in stream(self.connection, command, size):
            yield [self.decode(document) for document in documents]

    def _rows_of_nothing(self, command: Find | Aggregate) -> list[Row]:
        """Return the single row of an aggregation over no rows: counts are zero, the rest is null."""
        empty: Document = self._when_empty or {}
        paths = [self.scope.computed_path(node) for node in self.expressions]
        if not self.having and all(path is not None for path in paths):
            return [[empty[path] for path in paths if path is not None]]
        # Expressions over the aggregates (Coalesce(Sum(...), 0)) are the server's to compute.
        literal = {name: {"$literal": value} for name, value in empty.items()}
        pipeline = [*ONE_DOCUMENT, {"$replaceRoot": {"newRoot": literal}}, *self._tail]
        documents = fetch(self.connection, Aggregate(command.table, pipeline))
        return [self.decode(document) for document in documents]


class SQLAggregateCompiler(SQLCompiler):
    """``aggregate()`` over a query that is itself limited, distinct, grouped or a union."""

    def plan(self) -> Aggregate:
        """Return the inner query's pipeline with one more group over all of its rows."""
        annotations = self.query.annotation_select
        self.select = [(node, ("", ()), alias) for alias, node in annotations.items()]
        self.col_count = len(self.select)
        self.scope = Scope(self.connection, {})
        inner = self.query.inner_query.get_compiler(self.using, self.connection, self.elide_empty)
        table, stages = inner.as_pipeline()
        for number, (_, _, alias) in enumerate(inner.select):
            if alias:
                self.scope.named[alias] = f"c{number}"
        grouping = group(self.scope, aggregates_in(self.expressions), [])
        self.scope.named = {}
        self.having = None
        self._when_empty = grouping.empty
        self._tail = self._projection({})
        self.decode = _numbered_decoder(len(self.select))
        return Aggregate(table, [*stages, *grouping.stages, *self._tail])


def independent_values(connection: DatabaseWrapper, query: Query) -> list[Any] | None:
    """Return the first column of a query, or ``None`` if the query depends on one around it."""
    if query.get_external_cols():
        return None
    compiler = query.clone().get_compiler(connection=connection)
    return [row[0] for row in chain.from_iterable(compiler.execute_sql(MULTI))]


def subquery_stage(scope: Scope, query: Query, name: str, *, existence: bool) -> Document:
    """Return the ``$lookup`` that runs a query for each document of another."""
    query = query.exists() if existence else query.clone()
    compiler = query.get_compiler(connection=scope.connection)
    table, pipeline = compiler.as_pipeline()
    variables = {variable: scope.expression(column) for variable, column in compiler.scope.variables.items()}
    return {"$lookup": {"from": table, "let": variables, "pipeline": pipeline, "as": name}}


def _is_update_or_create() -> bool:
    """Return whether Django asks for the lock itself, in ``update_or_create()``.

    There it is dispensable: reading and writing are one transaction, in which writing to a row that another has
    changed since it was read is a conflict.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not QuerySet.update_or_create.__code__:
        frame = frame.f_back
    return frame is not None


def finds_one(model: type[Model], condition: Document) -> bool:
    """Return whether a condition gives every column of a unique index one value: nothing is left to sort."""
    equal = {name for name, test in conditions_of(condition) if test.get("$eq") is not None}
    return any(equal.issuperset(columns) for columns in unique_sets(model))


def conditions_of(condition: Document) -> Iterator[tuple[str, Document]]:
    """Yield the tests on single columns that all must hold."""
    for name, test in condition.items():
        if name == "$and":
            for clause in test:
                yield from conditions_of(clause)
        elif not name.startswith("$"):
            yield name, test


def _needs_null_key(order: OrderBy) -> bool:
    """Return whether the wanted place of nulls is not MongoDB's, which takes them for the smallest value."""
    if order.descending:
        return bool(order.nulls_first)
    return bool(order.nulls_last)


def _sort_stage(sort: dict[str, int]) -> Pipeline:
    return [{"$sort": sort}] if sort else []


def _distinct_stages(names: list[str], exact: Collection[str] = ()) -> Pipeline:
    """Return the stages that leave one row of each kind; null and missing are the same but for the exact ones."""
    identifier: Document = {
        name: {"v": f"${name}"} if name in exact else {"$ifNull": [f"${name}", None]} for name in names
    }
    if not exact:
        return [{"$group": {"_id": identifier}}, {"$replaceRoot": {"newRoot": "$_id"}}]
    # Below a name of its own, $group tells a missing value from a null.
    row = {name: f"$_id.{name}.v" if name in exact else f"$_id.{name}" for name in names}
    return [{"$group": {"_id": identifier}}, {"$replaceRoot": {"newRoot": row}}]


def _numbered_decoder(width: int) -> Callable[[Document], Row]:
    names = [f"c{number}" for number in range(width)]
    return lambda document: [document.get(name) for name in names]
