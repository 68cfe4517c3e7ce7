"""Model instances made straight from documents, for plain reads (see ``compiler.plain_reads``).

``StoredModel`` is the base of models whose lists are read often. A read that is not plain takes Django's way and finds
the same. Rows that share a related row share its object.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable
from django.db.models.signals import post_init, pre_init

from . import kept_documents
from .base import DatabaseWrapper
from .columns import AnyField, column_name
from .commands import Document, Find, fetch
from .compiler.missing_fields import has_varying_default, missing_value
from .compiler.plain_reads import PlainRead, PlannedModel, PlannedRelation, plan_plain_read
from .operations import to_float

Row = TypeVar("Row", bound=models.Model)
Convert = Callable[[Any], Any]
# A row and the document that it was made from.
Made = tuple[models.Model, Document]

# A column, the attribute, what converts a stored value, and what gives that of a document without the column.
Cell = tuple[str, str, Convert | None, Callable[[], Any]]

# How many primary keys one command asks for.
KEYS_PER_COMMAND = 1_000


class StoredIterable(ModelIterable):  # type: ignore[type-arg] # generic to type checkers alone
    """Yields the rows of a query, each made from its document if the query is a plain read."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows; Django's way where the plain one does not lead."""
        try:
            read = None if self.chunked_fetch else self._plan()
        except EmptyResultSet:
            return iter(())
        return super().__iter__() if read is None else iter(self._rows(read))

    def _plan(self) -> PlainRead | None:
        """Return the plan of the query if it is a plain read on this engine, else ``None``.

        Raises ``EmptyResultSet``.
        """
        connection = connections[self.queryset.db]
        if not isinstance(connection, DatabaseWrapper) or self.queryset._fields:
            return None
        read = plan_plain_read(self.queryset.query, connection)
        return read if read is not None and _are_made_here(read.root) else None

    def _rows(self, read: PlainRead) -> list[models.Model]:
        connection = cast(DatabaseWrapper, connections[self.queryset.db])
        rows = [row for row, _ in read_rows(connection, read)]
        for field, known, attributes in self._known_related():
            for row in rows:
                related = None if field.is_cached(row) else known.get(attributes(row))
                if related is not None:
                    setattr(row, field.name, related)
        return rows

    def _known_related(self) -> list[tuple[Any, dict[Any, Any], Convert]]:
        """Return the rows that the query began with, such as a channel of whose videos are read."""
        meta = self.queryset.model._meta
        found = []
        for field, known in self.queryset._known_related_objects.items():
            names = [
                field.attname if name == "self" else cast(Any, meta.get_field(name)).attname
                for name in field.from_fields
            ]
            found.append((field, known, _attributes(names)))
        return found


class StoredQuerySet(QuerySet[Row]):
    """A query set whose rows come from ``StoredIterable``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._iterable_class = StoredIterable


class StoredManager(models.Manager[Row]):
    """The manager of ``StoredModel``."""

    def get_queryset(self) -> QuerySet[Row]:
        """Return a ``StoredQuerySet`` of all rows."""
        return StoredQuerySet(model=self.model, using=self._db, hints=self._hints)


class StoredModel(models.Model):
    """A model whose rows are made from documents directly where that is possible.

    ``kept_while_reading`` says that requests which only read may use documents of a moment ago: ``kept_documents``. The
    application renews its mark when such a collection changes.
    """

    kept_while_reading: ClassVar[bool] = False

    objects: ClassVar[StoredManager[Self]] = StoredManager()

    class Meta:
        abstract = True


def read_rows(connection: DatabaseWrapper, read: PlainRead) -> list[Made]:
    """Return the rows of a plan in its order, each with its document; related rows are set on them.

    A page that lost rows whose targets are gone is filled from those behind it.
    """
    maker = _maker(read.root.model, read.root.fields, connection.alias)
    options = {**read.find.options, "projection": maker.projection}
    wanted, made = options.get("limit"), list[Made]()
    while True:
        documents = _documents(connection, maker, Find(read.find.table, read.find.filter, options))
        found = [(maker.make(one), one) for one in documents]
        made += _with_relations(connection, read.root.relations, found)
        if wanted is None or len(documents) < options["limit"] or len(made) == wanted:
            return made
        options["skip"] = options.get("skip", 0) + len(documents)
        options["limit"] = wanted - len(made)


def _with_relations(
    connection: DatabaseWrapper, relations: Sequence[PlannedRelation], made: list[Made]
) -> list[Made]:
    """Set the related rows; return the rows that an inner join would keep."""
    for relation in relations:
        if made:
            made = _with_relation(connection, relation, made)
    return made


def _with_relation(connection: DatabaseWrapper, relation: PlannedRelation, made: list[Made]) -> list[Made]:
    field, column = relation.field, column_name(relation.field)
    targets = _targets(connection, relation.target, (document.get(column) for _, document in made))
    kept = []
    for row, document in made:
        target = targets.get(document.get(column))
        if target is None and relation.drops_rows:
            continue
        field.set_cached_value(row, target)
        if target is not None and field.unique:
            field.remote_field.set_cached_value(target, row)
        kept.append((row, document))
    return kept


def _targets(
    connection: DatabaseWrapper, target: PlannedModel, keys: Iterable[Any]
) -> dict[Any, models.Model]:
    """Return the rows with these primary keys by their keys, their own relations set."""
    wanted = [key for key in dict.fromkeys(keys) if key is not None]
    maker = _maker(target.model, target.fields, connection.alias)
    documents = _named_documents(connection, maker, maker.key_column, wanted)
    made = [(maker.make(one), one) for one in documents]
    kept = _with_relations(connection, target.relations, made)
    return {document[maker.key_column]: row for row, document in kept}


# --- documents, read or kept --------------------------------------------------------------------


def _documents(connection: DatabaseWrapper, maker: RowMaker, query: Find) -> list[Document]:
    """Return the documents of a query, kept ones if it does nothing but name them."""
    named = _named(maker, query) if maker.is_kept else None
    return fetch(connection, query) if named is None else _named_documents(connection, maker, *named)


def _named(maker: RowMaker, query: Find) -> tuple[str, list[Any]] | None:
    """Return the unique column, and its values, by which a query names its documents in no order."""
    if len(query.filter) != 1 or "skip" in query.options or "sort" in query.options:
        return None
    ((column, test),) = query.filter.items()
    if column not in maker.unique_columns or not isinstance(test, dict) or len(test) != 1:
        return None
    values = [test["$eq"]] if "$eq" in test else test.get("$in")
    if values is None or None in values or query.options.get("limit", len(values)) < len(values):
        return None  # many documents may lack a column, or have null in it
    return column, list(dict.fromkeys(values))


def _named_documents(
    connection: DatabaseWrapper, maker: RowMaker, column: str, values: list[Any]
) -> list[Document]:
    """Return the documents with these values of a unique column, in any order; kept ones are not read again."""
    is_keeping = maker.is_kept and connection.transaction is None and not connection.in_atomic_block
    kept = kept_documents.find(maker.table, column, values, maker.fields) if is_keeping else {}
    found, rest = list(kept.values()), [one for one in values if one not in kept]
    for begin in range(0, len(rest), KEYS_PER_COMMAND):
        some = rest[begin : begin + KEYS_PER_COMMAND]
        condition = {column: {"$eq": some[0]} if len(some) == 1 else {"$in": some}}
        read = fetch(connection, Find(maker.table, condition, {"projection": maker.projection}))
        if is_keeping:
            kept_documents.keep(maker.table, {column, maker.key_column}, maker.fields, read)
        found += read
    return found


# --- one row ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RowMaker:
    """Makes rows of one model from documents that have some of its fields.

    ``cells`` are column, attribute, converter or ``None``, and what gives the stored form of a missing value.
    """

    model: type[models.Model]
    alias: str
    table: str
    fields: frozenset[str] | None
    key_column: str
    projection: Document
    cells: tuple[Cell, ...]
    unique_columns: frozenset[str]
    is_kept: bool

    def make(self, document: Document) -> models.Model:
        """Return the row; fields that were not asked for are deferred."""
        row = self.model.__new__(self.model)
        values = row.__dict__
        state = values["_state"] = ModelState()
        state.adding, state.db = False, self.alias
        for column, attribute, convert, missing in self.cells:
            value = document[column] if column in document else missing()
            values[attribute] = value if convert is None else convert(value)
        return row


@cache
def _maker(model: type[models.Model], fields: frozenset[str] | None, alias: str) -> RowMaker:
    meta = model._meta
    # Any thread's connection will do: it tells how values are stored, and sends no command.
    connection = cast(DatabaseWrapper, connections[alias])
    wanted = [one for one in meta.concrete_fields if fields is None or one.attname in fields]
    projection = {column_name(field): 1 for field in wanted}
    is_kept = alias == DEFAULT_DB_ALIAS and bool(getattr(model, "kept_while_reading", False))
    return RowMaker(
        model=model,
        alias=alias,
        table=str(meta.db_table),
        fields=fields,
        key_column=column_name(meta.pk),
        projection=projection if "_id" in projection else {**projection, "_id": 0},
        cells=tuple(_cell(one, connection, is_kept=is_kept) for one in wanted),
        unique_columns=frozenset(column_name(one) for one in wanted if one.unique),
        is_kept=is_kept,
    )


def _cell(field: AnyField, connection: DatabaseWrapper, *, is_kept: bool) -> Cell:
    convert = _converter(field, connection, is_kept=is_kept)
    return column_name(field), str(field.attname), convert, _missing(field, connection)


def _missing(field: AnyField, connection: DatabaseWrapper) -> Callable[[], Any]:
    """Return what gives the stored form of a field that a document lacks."""
    value = missing_value(field, connection)
    if has_varying_default(field) or isinstance(value, (list, dict)):
        return lambda: missing_value(field, connection)
    return lambda: value


def _converter(field: AnyField, connection: DatabaseWrapper, *, is_kept: bool) -> Convert | None:
    """Return what turns a stored value into the field's, ``None`` if it is the same.

    ``is_kept`` says that the document may be used for other rows too, which must not share lists with this one.
    """
    column = field.get_col("row")
    if _is_stored_json(field):
        return _copied if is_kept else None
    converters: list[Any] = [
        *connection.ops.get_db_converters(column),
        *column.get_db_converters(connection),
    ]
    if not converters:
        return None
    if converters == [connection.ops.convert_datetimefield_value] and connection.timezone is datetime.UTC:
        return _in_utc
    if converters == [to_float]:
        return _as_float
    if len(converters) == 1:
        (only,) = converters
        return lambda value: only(value, column, connection)

    def convert(value: Any) -> Any:
        for one in converters:
            value = one(value, column, connection)
        return value

    return convert


def _is_stored_json(field: AnyField) -> bool:
    """Return whether the document holds a JSON column's value as Python gets it, without a decoder of its own."""
    return type(field) is models.JSONField and field.decoder is None


def _copied(value: Any) -> Any:
    """Return a JSON value whose lists and mappings are its own."""
    if isinstance(value, dict):
        return {name: _copied(one) for name, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _in_utc(value: datetime.datetime | None) -> datetime.datetime | None:
    return None if value is None else value.replace(tzinfo=datetime.UTC)


def _as_float(value: Any) -> Any:
    return value if type(value) is float else to_float(value, None, None)


def _attributes(names: Sequence[str]) -> Convert:
    """Return what gets the key of a related row: the value of one attribute, or a tuple of several."""
    if len(names) == 1:
        (name,) = names
        return lambda row: getattr(row, name)
    return lambda row: tuple(getattr(row, name) for name in names)


def _are_made_here(planned: PlannedModel) -> bool:
    """Return whether rows of a model, and of what is read with it, need nothing that making them here leaves out."""
    return _is_made_here(planned.model) and all(
        _are_made_here(relation.target) for relation in planned.relations
    )


def _is_made_here(model: type[models.Model]) -> bool:
    return _has_plain_start(model) and not (pre_init.has_listeners(model) or post_init.has_listeners(model))


@cache
def _has_plain_start(model: type[models.Model]) -> bool:
    """Return whether a model is made as Django makes it."""
    from_db = cast(Any, model.from_db).__func__
    return model.__init__ is models.Model.__init__ and from_db is cast(Any, models.Model.from_db).__func__
