"""The scope in which an expression is evaluated, and the two languages it is compiled to.

MongoDB has *match documents* (``{"title": "x"}``), which use indexes, and *aggregation expressions*
(``{"$eq": ["$title", "x"]}``), which can compare two columns. A scope knows where each column of a query lies in the
document at hand and compiles Django's nodes to either language.

SQL's logic has three values. A condition is therefore compiled for a wanted outcome, true or false; a row for which
it is neither (null) satisfies neither form, as in SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import NotSupportedError
from django.db.models.expressions import Col
from django.db.models.fields.json import ContainedBy, DataContains
from django.db.models.lookups import Lookup, YearLookup
from django.db.models.sql.where import AND, XOR, NothingNode, WhereNode

from streamsite.mongo.engine.compiler.missing_fields import match_with_missing, missing_value, or_missing
from streamsite.mongo.engine.compiler.tuples import expand_tuples, is_tuple_lookup
from streamsite.mongo.engine.compiler.types import require_order
from streamsite.mongo.engine.compiler.unsupported import refuse

from ..lookups import HasElement
from ..nodes import Node

if TYPE_CHECKING:
    from django.db.models.sql import Query

    from ..base import DatabaseWrapper

Document = dict[str, Any]
Pipeline = list[Document]

# By exact class: a subclass may mean something else, and an approximation would be a wrong row.
EXPRESSIONS: dict[type, Callable[[Scope, Any], Any]] = {}
# By lookup name: as an aggregation expression, for a wanted outcome.
LOOKUPS: dict[str, Callable[[Scope, Any, bool], Any]] = {}
# By lookup name: the test on one path of a match document, or None if it cannot be said there.
MATCHERS: dict[str, Callable[[Scope, Any, bool], Document | None]] = {}


def compiles(*types: type) -> Callable[[Callable[[Scope, Any], Any]], Callable[[Scope, Any], Any]]:
    """Register a function that compiles expressions of exactly these classes."""

    def register(function: Callable[[Scope, Any], object]) -> Callable[[Scope, Any], Any]:
        EXPRESSIONS.update(dict.fromkeys(types, function))
        return function

    return register


def is_null(value: object) -> Document:
    """Return the test for null or missing, which order before every other value."""
    return {"$lte": [value, None]}


def is_not_null(value: object) -> Document:
    """Return the test for a value that is there."""
    return {"$gt": [value, None]}


def identity_key(node: object) -> Any:
    """Return what makes an expression the same as another: for a column its place, not its output field."""
    return (node.alias, node.target.column) if type(node) is Col else node


def null_if_any_null(values: list[Any], result: object) -> Any:
    """Return an expression that is null when one of ``values`` is, as SQL's functions are."""
    return {"$cond": [{"$and": [is_not_null(value) for value in values]}, result, None]}


class Scope:
    """The columns in reach of one query's expressions.

    ``prefixes`` maps each table alias to its place in the document: ``""`` for the collection read, ``"__j1."`` for a
    joined document. A column of an unknown alias belongs to a query around this one and becomes a variable.
    """

    def __init__(self, connection: DatabaseWrapper, prefixes: dict[str | None, str]) -> None:
        self.connection = connection
        self.prefixes = prefixes
        # Whether conditions treat a missing field as its default; the conditions of indexes are about what is stored.
        self.knows_missing = True
        self.outer_joined: set[str] = set()
        # Columns of queries around this one, by variable name.
        self.variables: dict[str, Col] = {}
        # Stages that must run before an expression that was just compiled (its subqueries).
        self.stages: Pipeline = []
        # Paths of what a stage computed: by the expression's key, and by name.
        self.computed: dict[Any, str] = {}
        self.named: dict[str, str] = {}
        self.subquery_count = 0

    # --- columns --------------------------------------------------------------------------------

    def path(self, column: Col) -> str | None:
        """Return a column's path in the document, ``None`` for one of an outer query."""
        prefix = self.prefixes.get(column.alias)
        return None if prefix is None else prefix + str(column.target.column)

    def value(self, column: Col) -> Any:
        """Return the expression for a column of this query's documents: its default where a document lacks it."""
        return or_missing(str(self.path(column)), column.target, self.connection, self._parent(column))

    def _parent(self, column: Col) -> str:
        """Return the path of the joined document that has the column if there may be none, else an empty string."""
        return self.prefixes[column.alias].rstrip(".") if column.alias in self.outer_joined else ""

    def is_nullable(self, column: Col) -> bool:
        """Return whether a column's value can be null in this document."""
        return bool(column.target.null) or column.alias in self.outer_joined

    def is_never_null(self, column: Col) -> bool:
        """Return whether a column reads as a value even in a document that lacks it."""
        return (
            self.knows_missing
            and not self.is_nullable(column)
            and missing_value(column.target, self.connection) is not None
        )

    def variable(self, column: Col) -> str:
        """Return the name of the variable for an outer query's column."""
        for name, known in self.variables.items():
            if (known.alias, known.target.column) == (column.alias, column.target.column):
                return name
        name = f"v{len(self.variables)}"
        self.variables[name] = column
        return name

    def computed_path(self, node: Node) -> str | None:
        """Return where a stage has left the value of an expression, or ``None``."""
        return self.computed.get(identity_key(node)) if self.computed else None

    def subquery(self, query: Query, *, existence: bool = False) -> str:
        """Add a stage that runs a query for each document; return the field that gets its rows as a list."""
        from .select import subquery_stage

        name = f"__s{self.subquery_count}"
        self.subquery_count += 1
        self.stages.append(subquery_stage(self, query, name, existence=existence))
        return name

    # --- compiling ------------------------------------------------------------------------------

    def expression(self, node: Node) -> Any:
        """Compile a node to an aggregation expression for its value."""
        if self.computed and (path := self.computed_path(node)) is not None:
            return f"${path}"
        compile_node = EXPRESSIONS.get(type(node))
        if compile_node is not None:
            return compile_node(self, node)
        if isinstance(node, (Lookup, WhereNode)):
            return self._condition_value(node)
        raise refuse(node)

    def condition(self, node: object, wanted: bool = True) -> Any:
        """Compile a condition to an aggregation expression that is true where its outcome is the wanted one."""
        try:
            return _combined(node, wanted, self._condition_leaf)
        except EmptyResultSet:
            return {"$literal": False}
        except FullResultSet:
            return {"$literal": True}

    def match(self, node: object, wanted: bool = True) -> Document:
        """Compile a condition to a match document.

        ``EmptyResultSet`` and ``FullResultSet`` say that no row, or every row, satisfies it.
        """
        matched: Document = _combined(node, wanted, self._match_leaf)
        return matched

    def _condition_value(self, node: object) -> Document:
        branches = [
            {"case": self.condition(node, True), "then": True},
            {"case": self.condition(node, False), "then": False},
        ]
        return {"$switch": {"branches": branches, "default": None}}

    def _condition_leaf(self, node: Any, wanted: bool) -> Any:
        if isinstance(node, WhereNode):
            return self._parity(node, wanted)
        if not isinstance(node, Lookup) or self.computed_path(node) is not None:
            return {"$eq": [self.expression(node), wanted]}
        return _lookup_function(LOOKUPS, node)(self, node, wanted)

    def _match_leaf(self, node: Any, wanted: bool) -> Document:
        if isinstance(node, HasElement) and type(node.lhs) is Col and wanted and not self.computed:
            return {
                str(self.path(node.lhs)): {
                    "$elemMatch": {"$eq": node.get_db_prep_lookup(node.rhs, None)[1][0]}
                }
            }
        if isinstance(node, Lookup) and not self.computed:
            column = node.lhs.lhs if isinstance(node, YearLookup) else node.lhs
            path = self._match_path(column)
            if path is not None and node.lookup_name in MATCHERS:
                test = _lookup_function(MATCHERS, node)(self, node, wanted)
                if test is not None:
                    return self._with_missing(path, test, column)
        return {"$expr": self._condition_leaf(node, wanted)}

    def _with_missing(self, path: str, test: Document, column: Col) -> Document:
        """Return the test on a column, for documents that lack it as well; a joined one may itself be missing."""
        if not self.knows_missing:
            return {path: test}
        return match_with_missing(path, test, column.target, self.connection, self._parent(column))

    def _match_path(self, node: object) -> str | None:
        """Return the path of a column whose values a match document tests as a whole.

        It would also look into the lists and documents of a JSON column, so those are left to expressions.
        """
        if type(node) is not Col or node.output_field.get_internal_type() == "JSONField":
            return None
        return self.path(node)

    def _parity(self, node: WhereNode, wanted: bool) -> Document:
        """Compile XOR by Django's definition: an odd number of the conditions is true."""
        true_ones = [{"$cond": [self.condition(child), 1, 0]} for child in node.children]
        return {"$eq": [{"$mod": [{"$add": true_ones}, 2]}, 1 if wanted else 0]}


def _lookup_function(registry: dict[str, Callable[..., Any]], lookup: Lookup[Any]) -> Callable[..., Any]:
    """Return the compiling function for a lookup of Django's own, or of one that only changes its name's field."""
    if isinstance(lookup, (DataContains, ContainedBy)):
        raise NotSupportedError(f"{lookup.lookup_name} lookup is not supported on this database backend.")
    is_known = type(lookup).__module__.startswith("django.") or isinstance(lookup, HasElement)
    if lookup.lookup_name not in registry or not is_known:
        raise refuse(lookup, f"lookup {lookup.lookup_name!r}")
    if lookup.lookup_name in ("gt", "gte", "lt", "lte", "range"):
        require_order(lookup, lookup.lhs)
    if lookup.bilateral_transforms:
        raise refuse(lookup, "bilateral transforms")
    return registry[lookup.lookup_name]


def _combined(node: Any, wanted: bool, leaf: Callable[[Any, bool], Any]) -> Any:
    """Compile a tree of conditions; both languages write AND and OR alike."""
    if isinstance(node, NothingNode):
        raise EmptyResultSet if wanted else FullResultSet
    if is_tuple_lookup(node):
        node = expand_tuples(node)
    if not isinstance(node, WhereNode):
        try:
            return leaf(node, wanted)
        except EmptyResultSet:
            raise EmptyResultSet if wanted else FullResultSet from None
        except FullResultSet:
            raise FullResultSet if wanted else EmptyResultSet from None
    if not node.children:
        raise FullResultSet
    wanted = wanted != node.negated
    if node.connector == XOR:
        return leaf(node, wanted)
    conjunctive = (node.connector == AND) == wanted
    parts = []
    for child in node.children:
        try:
            parts.append(_combined(child, wanted, leaf))
        except EmptyResultSet:
            if conjunctive:
                raise
        except FullResultSet:
            if not conjunctive:
                raise
    if not parts:
        raise FullResultSet if conjunctive else EmptyResultSet
    if len(parts) == 1:
        return parts[0]
    return {"$and" if conjunctive else "$or": parts}
