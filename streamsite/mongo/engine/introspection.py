"""What is in the database: collections, their columns as djongo notes them, their indexes."""

from __future__ import annotations

from typing import Any

from djongo.introspection import DatabaseIntrospection as DjongoDatabaseIntrospection

SCHEMA_COLLECTION = "__schema__"


class DatabaseIntrospection(DjongoDatabaseIntrospection):  # type: ignore[misc]
    """djongo's introspection, without its assumption that every collection is noted in its schema."""

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:
        """Return the noted columns of a collection; none for one that no migration made."""
        noted = cursor.db_conn[SCHEMA_COLLECTION].find_one({"name": table_name}, {"fields": True})
        if noted is None or "fields" not in noted:
            return []
        columns: list[Any] = super().get_table_description(cursor, table_name)
        return columns

    def get_primary_key_columns(self, cursor: Any, table_name: str) -> list[str]:
        """Return the columns of the index that djongo keeps for the primary key, or ``_id``."""
        for constraint in self.get_constraints(cursor, table_name).values():
            if constraint["primary_key"]:
                return list(constraint["columns"])
        return ["_id"]
