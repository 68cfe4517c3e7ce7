"""The test database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from djongo.creation import DatabaseCreation as DjongoDatabaseCreation

if TYPE_CHECKING:
    from .base import DatabaseWrapper


class DatabaseCreation(DjongoDatabaseCreation):
    """MongoDB makes a database when it is first written to, so making one means dropping what is there."""

    connection: DatabaseWrapper

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name: str = self._get_test_db_name()
        if not keepdb:
            self._destroy_test_db(name, verbosity)
        return name

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        self.connection.mongo_client.drop_database(test_database_name)
