"""The contents of the database: collections, their columns as migrations noted them, their indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.backends.base.introspection import FieldInfo
from djongo.introspection import DatabaseIntrospection as DjongoDatabaseIntrospection

if TYPE_CHECKING:
    from .base import Cursor

SCHEMA_COLLECTION = "__schema__"
# The BSON types of columns, as Django's fields; a text without a noted length is a TextField.
FIELDS_OF_TYPES = {
    "int": "IntegerField",
    "long": "BigIntegerField",
    "double": "FloatField",
    "decimal": "DecimalField",
    "string": "CharField",
    "bool": "BooleanField",
    "date": "DateTimeField",
    "object": "JSONField",
    "array": "JSONField",
    "binData": "BinaryField",
}


class DatabaseIntrospection(DjongoDatabaseIntrospection):
    """djongo's introspection, without its assumption that every collection is noted in its schema."""

    def get_field_type(self, data_type: str, description: FieldInfo) -> str:
        """Return a column's field for ``inspectdb``; an unknown type is an error that it reports as a comment."""
        field = FIELDS_OF_TYPES[data_type]
        return "TextField" if field == "CharField" and not description.display_size else field

    def get_table_description(self, cursor: Cursor, table_name: str) -> list[FieldInfo]:
        """Return the noted columns of a collection, its key first; none for one that no migration made."""
        noted = cursor.db_conn[SCHEMA_COLLECTION].find_one({"name": table_name}, {"fields": True}) or {}
        columns: dict[str, dict[str, Any]] = noted.get("fields") or {}
        if columns and self.get_primary_key_columns(cursor, table_name) == ["_id"]:
            columns = {"_id": {"type_code": "string", "length": 120}, **columns}
        return [_column(name, properties) for name, properties in columns.items()]

    def get_relations(self, cursor: object, table_name: str) -> dict[str, tuple[str, str]]:
        """Return no relations: the server knows of none."""
        return {}

    def get_primary_key_columns(self, cursor: object, table_name: str) -> list[str]:
        """Return the columns of the index that djongo keeps for the primary key, or ``_id``."""
        for constraint in self.get_constraints(cursor, table_name).values():
            if constraint["primary_key"]:
                return list(constraint["columns"])
        return ["_id"]


def _column(name: str, properties: dict[str, Any]) -> FieldInfo:
    length = properties.get("length")
    facts = (properties["type_code"], length, length, properties.get("digits"), properties.get("places"))
    # The stubs know no database that leaves some of these open.
    return FieldInfo(name, *facts, properties.get("null"), None, None)  # type: ignore[arg-type]
