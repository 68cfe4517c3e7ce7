"""Migrations: collections, indexes, defaults for new fields. All of it is pymongo, none of it SQL.

MongoDB changes no schema in a transaction. A process that is killed leaves a migration half done and not recorded, and
the next start runs it again from its first operation. Every operation can therefore be repeated, whatever part of it
was done: what is there already is not made, what is gone already is not dropped, and both are logged.

``__schema__`` is djongo's notebook: one document per collection with its columns and its auto-increment counter.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, NotSupportedError, models
from django.db.backends.base.schema import _related_non_m2m_objects
from djongo.schema import DatabaseSchemaEditor as DjongoDatabaseSchemaEditor
from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from streamsite.mongo.engine import index_info, indexes

from .columns import AnyField, column_name
from .errors import DRIVER_ERRORS, raise_translated
from .introspection import SCHEMA_COLLECTION

if TYPE_CHECKING:
    from .base import DatabaseWrapper

Document = dict[str, Any]
Model = type[models.Model]

AUTO_TYPES = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
NAMESPACE_EXISTS = 48
# NamespaceNotFound, IndexNotFound
NOT_THERE = frozenset({26, 27})
# An index with the same columns has another name.
INDEX_OPTIONS_CONFLICT = 85

logger = logging.getLogger(__name__)


class DatabaseSchemaEditor(DjongoDatabaseSchemaEditor):
    """Applies Django's schema operations to collections at once; nothing is deferred or rolled back."""

    connection: DatabaseWrapper

    def __enter__(self) -> DatabaseSchemaEditor:
        self.deferred_sql: list[object] = []
        return self

    def __exit__(self, exc_type: object, exc_value: object, traceback: object) -> None:
        return None

    def execute(self, sql: object, params: object = ()) -> None:
        """Refuse SQL from a migration's ``RunSQL``."""
        raise NotSupportedError(f"SQL in a migration is not supported: {sql}")

    # --- models ---------------------------------------------------------------------------------

    def create_model(self, model: Model) -> None:
        """Make a model's collection with all its indexes, and those of its many-to-many tables."""
        meta = model._meta
        with self._translated():
            # The collection comes last and together with its indexes: one that is there is complete.
            self._note(meta.db_table, meta.local_concrete_fields)
            self._create_indexes(meta.db_table, indexes.model_indexes(self.connection, model))
            self._create_collection(meta.db_table)
        for through in _automatic_throughs(meta.local_many_to_many):
            self.create_model(through)

    def delete_model(self, model: Model) -> None:
        """Drop a model's collection and those of its many-to-many tables."""
        for through in _automatic_throughs(model._meta.local_many_to_many):
            self.delete_model(through)
        with self._translated():
            self._database.drop_collection(model._meta.db_table)
            self._schema.delete_one({"name": model._meta.db_table})

    def alter_db_table(self, model: Model, old_db_table: str, new_db_table: str) -> None:
        """Rename a collection; its indexes and its counter stay with it."""
        if old_db_table == new_db_table:
            return
        with self._translated():
            there = self._database.list_collection_names(
                filter={"name": {"$in": [old_db_table, new_db_table]}}
            )
            if not there:
                raise DatabaseError(f"There is no collection {old_db_table} to be renamed {new_db_table}.")
            if old_db_table in there:
                self._database[old_db_table].rename(new_db_table)
            else:
                logger.info("The collection %s was renamed %s before.", old_db_table, new_db_table)
            self._schema.update_one({"name": old_db_table}, {"$set": {"name": new_db_table}})

    def alter_unique_together(
        self,
        model: Model,
        old_unique_together: Iterable[Sequence[str]],
        new_unique_together: Iterable[Sequence[str]],
    ) -> None:
        """Drop the unique indexes that are no longer wanted and make the new ones."""
        # One field that is unique by itself has its index already, under another name.
        old = {tuple(names) for names in old_unique_together if not _is_unique_field(model, names)}
        new = {tuple(names) for names in new_unique_together if not _is_unique_field(model, names)}
        with self._translated():
            for names in old - new:
                columns = [_column(model, name) for name in names]
                self._drop_indexes(model, partial(_is_unique_on, columns))
            wanted = [indexes.unique_together_index(self.connection, model, names) for names in new - old]
            self._create_indexes(model._meta.db_table, wanted)

    def alter_index_together(
        self,
        model: Model,
        old_index_together: Iterable[Sequence[str]],
        new_index_together: Iterable[Sequence[str]],
    ) -> None:
        """Drop and make plain compound indexes; Django 5.1 dropped the option, old migrations still have it."""
        old = {tuple(names) for names in old_index_together}
        new = {tuple(names) for names in new_index_together}
        with self._translated():
            for names in old - new:
                columns = [_column(model, name) for name in names]
                self._drop_indexes(model, partial(_is_plain_on, columns))
            wanted = [
                indexes.declared_index(
                    self.connection, model, models.Index(fields=names, name=_idx_name(model, names))
                )
                for names in new - old
            ]
            self._create_indexes(model._meta.db_table, wanted)

    def alter_db_tablespace(self, model: Model, old_db_tablespace: str, new_db_tablespace: str) -> None:
        """Do nothing: there are no tablespaces."""

    # --- fields ---------------------------------------------------------------------------------

    def add_field(self, model: Model, field: AnyField) -> None:
        """Give every document the field's default, and make the field's index."""
        for through in _automatic_throughs([field]):
            self.create_model(through)
        if field.column is None or field.many_to_many:
            return
        with self._translated():
            self._collection(model).update_many(
                {field.column: {"$exists": False}}, {"$set": {field.column: self._default(field)}}
            )
            self._note(model._meta.db_table, [field])
            self._create_indexes(model._meta.db_table, indexes.field_indexes(self.connection, field))

    def remove_field(self, model: Model, field: AnyField) -> None:
        """Remove the field from every document, with the indexes that use it."""
        for through in _automatic_throughs([field]):
            self.delete_model(through)
        if field.column is None or field.many_to_many:
            return
        with self._translated():
            self._drop_indexes(model, lambda info: index_info.involves_column(info, column_name(field)))
            self._collection(model).update_many({}, {"$unset": {field.column: ""}})
            self._schema.update_one(
                {"name": model._meta.db_table}, {"$unset": {f"fields.{field.column}": ""}}
            )

    def alter_field(
        self, model: Model, old_field: AnyField, new_field: AnyField, strict: bool = False
    ) -> None:
        """Rename a column, convert its values, replace its index, fill in nulls that are no longer allowed."""
        if old_field.many_to_many or new_field.many_to_many:
            self._alter_many_to_many(model, old_field, new_field)
            return
        if old_field.column is None or new_field.column is None:
            return
        if "_id" in (old_field.column, new_field.column) and old_field.column != new_field.column:
            raise NotSupportedError(f"{new_field}: a document's _id cannot be renamed.")
        with self._translated():
            if old_field.column != new_field.column:
                self._rename_column(model, old_field.column, new_field.column)
            self._convert_values(model, old_field, new_field)
            self._convert_relations(old_field, new_field)
            if old_field.null and not new_field.null:
                self._fill_nulls(model, new_field)
            self._replace_field_index(model, old_field, new_field)
            self._note(model._meta.db_table, [new_field])

    def _default(self, field: AnyField) -> Any:
        """Return what rows without a value get, as it is stored: the database's default before Python's."""
        if not field.has_db_default():
            return self.effective_default(field)
        value: Any = field._db_default_expression
        if type(value) is not models.Value:
            raise NotSupportedError(f"{field}: a default that is an expression is not supported.")
        return field.get_db_prep_save(value.value, connection=self.connection)

    def _alter_many_to_many(self, model: Model, old_field: Any, new_field: Any, strict: bool = False) -> None:
        """Rename the table between; a through model of one's own is altered by itself."""
        old, new = old_field.remote_field.through, new_field.remote_field.through
        if not old._meta.auto_created and not new._meta.auto_created:
            return
        if not (old._meta.auto_created and new._meta.auto_created):
            raise ValueError(f"Cannot alter {old_field} into {new_field}: only one has a table of its own.")
        self.alter_db_table(old, old._meta.db_table, new._meta.db_table)
        for name in ("m2m_field_name", "m2m_reverse_field_name"):
            before = old._meta.get_field(getattr(old_field, name)())
            after = new._meta.get_field(getattr(new_field, name)())
            self.alter_field(new, before, after)

    def _rename_column(self, model: Model, old: str, new: str) -> None:
        """Rename a column with its indexes. They are noted before the first is dropped, and made from the note."""
        collection, notebook = self._collection(model), {"name": model._meta.db_table}
        note = f"renaming.{old}"
        kept = self._schema.find_one({**notebook, note: {"$exists": True}}) or {}
        carried = (
            {index.document["name"]: index for index in index_info.load_indexes(kept["renaming"][old])}
            if kept
            else {}
        )
        found = {
            n: info
            for n, info in index_info.list_indexes(collection).items()
            if index_info.involves_column(info, old)
        }
        for index in (index_info.rename_column(name, info, old, new) for name, info in found.items()):
            carried[index.document["name"]] = index
        if found:
            self._schema.update_one(
                notebook, {"$set": {note: index_info.dump_indexes(carried.values())}}, upsert=True
            )
        for name in found:
            collection.drop_index(name)
        collection.update_many({old: {"$exists": True}}, {"$rename": {old: new}})
        self._create_indexes(model._meta.db_table, list(carried.values()))
        self._schema.update_one(notebook, {"$unset": {f"fields.{old}": "", "renaming": ""}})

    def _convert_values(self, model: Model, old: AnyField, new: AnyField) -> None:
        """Convert stored values when the BSON type changes; a value that cannot be converted is an error."""
        before, after = old.db_type(self.connection), new.db_type(self.connection)
        if before == after or new.column == "_id" or after not in CONVERTIBLE or before not in CONVERTIBLE:
            return
        converted = {"$convert": {"input": f"${new.column}", "to": after, "onNull": None}}
        self._collection(model).update_many({}, [{"$set": {new.column: converted}}])

    def _convert_relations(self, old: AnyField, new: AnyField) -> None:
        """Give the columns that refer to a key its new type, and those that refer to them."""
        if old.db_type(self.connection) == new.db_type(self.connection):
            return
        for before, after in _related_non_m2m_objects(old, new):
            if after.related_model._meta.managed:
                self._convert_values(after.related_model, before.field, after.field)
                self._note(after.related_model._meta.db_table, [after.field])
                if after.field.unique:
                    self._convert_relations(before.field, after.field)

    def _fill_nulls(self, model: Model, field: AnyField) -> None:
        default = self._default(field)
        if default is not None:
            self._collection(model).update_many(
                {column_name(field): None}, {"$set": {column_name(field): default}}
            )

    def _replace_field_index(self, model: Model, old: AnyField, new: AnyField) -> None:
        if self._index_of(old) == self._index_of(new):
            return
        before = {str(index.document["name"]) for index in indexes.field_indexes(self.connection, old)}
        names = {name.replace(column_name(old), column_name(new), 1) for name in before}
        wanted = indexes.field_indexes(self.connection, new)
        right = {(index.document["name"], index_info.signature(index.document)) for index in wanted}
        for name, info in index_info.list_indexes(self._collection(model)).items():
            if name in names and (name, index_info.signature(info)) not in right:
                self._drop_index(model._meta.db_table, name)
        self._create_indexes(model._meta.db_table, wanted)

    def _index_of(self, field: AnyField) -> tuple[object, ...]:
        """Return what decides about a field's own index."""
        return field.unique, field.db_index, field.null, field.primary_key, field.db_type(self.connection)

    # --- indexes and constraints ----------------------------------------------------------------

    def add_index(self, model: Model, index: models.Index) -> None:
        """Make an index of ``Meta.indexes``."""
        with self._translated():
            self._create_indexes(
                model._meta.db_table, [indexes.declared_index(self.connection, model, index)]
            )

    def remove_index(self, model: Model, index: models.Index) -> None:
        """Drop an index of ``Meta.indexes``."""
        self._drop_named(model, index.name)

    def rename_index(self, model: Model, old_index: models.Index, new_index: models.Index) -> None:
        """Drop and make again: MongoDB cannot rename an index."""
        self.remove_index(model, old_index)
        self.add_index(model, new_index)

    def add_constraint(self, model: Model, constraint: models.BaseConstraint) -> None:
        """Make the index of a unique constraint; check constraints are Django's to validate."""
        if isinstance(constraint, models.UniqueConstraint):
            with self._translated():
                wanted = indexes.constraint_index(self.connection, model, constraint)
                self._create_indexes(model._meta.db_table, [wanted])

    def remove_constraint(self, model: Model, constraint: models.BaseConstraint) -> None:
        """Drop the index of a unique constraint."""
        if isinstance(constraint, models.UniqueConstraint):
            self._drop_named(model, constraint.name)

    # --- pymongo --------------------------------------------------------------------------------

    @property
    def _database(self) -> Database[Document]:
        return self.connection.database

    @property
    def _schema(self) -> Collection[Document]:
        return self._database[SCHEMA_COLLECTION]

    def _collection(self, model: Model) -> Collection[Document]:
        return self._database[model._meta.db_table]

    @contextmanager
    def _translated(self) -> Iterator[None]:
        transaction = self.connection.transaction
        if transaction is not None and transaction.has_written:
            raise NotSupportedError("The schema cannot change in a transaction that has already written.")
        try:
            yield
        except DRIVER_ERRORS as error:
            raise_translated(self.connection, error)

    def _note(self, table: str, fields: Iterable[AnyField]) -> None:
        """Write columns into djongo's notebook, and a counter for an auto-increment column."""
        fields = list(fields)
        noted: Document = {f"fields.{field.column}": _noted(field, self.connection) for field in fields}
        automatic = [field.column for field in fields if field.get_internal_type() in AUTO_TYPES]
        if automatic:
            noted["auto.field_names"] = automatic
        self._schema.create_index("name", unique=True)
        self._schema.update_one({"name": table}, {"$set": noted or {"name": table}}, upsert=True)

    def _create_collection(self, table: str) -> None:
        if self._database.list_collection_names(filter={"name": table}):
            return
        try:
            self._database.create_collection(table, check_exists=False)
        except OperationFailure as error:
            if error.code != NAMESPACE_EXISTS:  # another process made it in between
                raise

    def _create_indexes(self, table: str, wanted: list[IndexModel]) -> None:
        """Create indexes; one that is there under another name is left at that."""
        if not wanted:
            return
        try:
            self._database[table].create_indexes(wanted)
        except OperationFailure as error:
            if error.code != INDEX_OPTIONS_CONFLICT:
                raise
            there = {
                index_info.signature(info) for info in index_info.list_indexes(self._database[table]).values()
            }
            rest = [index for index in wanted if index_info.signature(index.document) not in there]
            if len(rest) == len(wanted):
                raise
            names = {str(index.document["name"]) for index in wanted} - {
                str(i.document["name"]) for i in rest
            }
            logger.info("%s already has the indexes %s, under other names.", table, ", ".join(sorted(names)))
            self._create_indexes(table, rest)

    def _drop_indexes(self, model: Model, condition: Callable[[Document], bool]) -> None:
        for name, info in index_info.list_indexes(self._collection(model)).items():
            if condition(info):
                self._drop_index(model._meta.db_table, name)

    def _drop_named(self, model: Model, name: str) -> None:
        with self._translated():
            self._drop_index(model._meta.db_table, name)

    def _drop_index(self, table: str, name: str) -> None:
        """Drop an index; one that is not there was dropped by a run that did not come to its end."""
        try:
            self._database[table].drop_index(name)
        except OperationFailure as error:
            if error.code not in NOT_THERE:
                raise
            logger.info("The index %s of %s was dropped before.", name, table)


CONVERTIBLE = frozenset({"int", "long", "double", "decimal", "string", "bool"})


def _noted(field: AnyField, connection: DatabaseWrapper) -> Document:
    """Return what djongo's notebook and ``inspectdb`` know of a column; what a field does not have is left out."""
    target: Any = field
    while target.is_relation:
        target = target.target_field
    known = {
        "type_code": field.db_type(connection),
        "null": field.null,
        "length": target.max_length,
        "digits": getattr(target, "max_digits", None),
        "places": getattr(target, "decimal_places", None),
    }
    return {name: value for name, value in known.items() if value is not None}


def _automatic_throughs(fields: Iterable[Any]) -> list[Model]:
    """Return the models that Django makes for many-to-many fields."""
    throughs = [field.remote_field.through for field in fields if field.many_to_many]
    return [through for through in throughs if through._meta.auto_created]


def _column(model: Model, name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def _is_unique_field(model: Model, names: Sequence[str]) -> bool:
    return len(names) == 1 and bool(getattr(model._meta.get_field(names[0]), "unique", False))


def _is_unique_on(columns: list[str], info: Document) -> bool:
    return index_info.is_unique_on(info, columns)


def _is_plain_on(columns: list[str], info: Document) -> bool:
    return not info.get("unique") and index_info.columns_of(info) == columns


def _idx_name(model: Model, names: Sequence[str]) -> str:
    return "_".join([model._meta.db_table, *names, "idx"])[: indexes.NAME_LENGTH]
