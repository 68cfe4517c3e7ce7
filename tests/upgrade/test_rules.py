"""Rules by which migrations can be repeated as a whole: docs/contributing.md, "Migrations"."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation

from tests.upgrade import release

OURS = {"accounts", "videos", "playlists", "subscriptions", "streamsite"}
LOSING = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.DeleteModel,
    migrations.AlterModelTable,
)


def new_migrations() -> list[Migration]:
    """Return the site's own migrations that the recorded release does not have."""
    recorded = next(about for about in release.collections() if about["name"] == "django_migrations")
    known = {(row["app"], row["name"]) for row in recorded["documents"]}
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return [found for key, found in disk.items() if key not in known]


def offences(migration: Migration) -> Iterator[str]:
    """Yield why a migration cannot be repeated from its first operation."""
    named: set[tuple[str, str]] = set()
    for number, operation in enumerate(migration.operations):
        if isinstance(operation, LOSING) and any(
            isinstance(other, migrations.RunPython) for other in migration.operations
        ):
            yield f"{migration}: {operation.describe()} beside a data step"
        names = _columns(operation)
        if names & named and any(isinstance(other, LOSING) for other in migration.operations[: number + 1]):
            yield f"{migration}: {operation.describe()} after another operation on the same name"
        named |= names


def _columns(operation: Operation) -> set[tuple[str, str]]:
    """Return the names that an operation makes, frees or changes."""
    if isinstance(operation, migrations.RenameField):
        model = operation.model_name.lower()
        return {(model, operation.old_name.lower()), (model, operation.new_name.lower())}
    if isinstance(operation, (migrations.AddField, migrations.RemoveField, migrations.AlterField)):
        return {(operation.model_name.lower(), operation.name.lower())}
    if isinstance(operation, migrations.RenameModel):
        return {(operation.old_name.lower(), ""), (operation.new_name.lower(), "")}
    if isinstance(operation, (migrations.CreateModel, migrations.DeleteModel)):
        return {(operation.name.lower(), "")}
    return set()


def test_no_data_step_is_a_transaction() -> None:
    """Django makes one of it unless told otherwise. MongoDB ends it after a minute, or a minute after a kill."""
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours = [found for found in disk.values() if found.app_label in OURS]
    steps = [
        (str(migration), step)
        for migration in ours
        for step in migration.operations
        if isinstance(step, migrations.RunPython)
    ]
    assert len(steps) >= 10
    assert [migration for migration, step in steps if step.atomic is not False] == []


def test_every_new_migration_can_be_repeated() -> None:
    """No data step beside what takes its fields away, no name used twice."""
    assert [offence for migration in new_migrations() for offence in offences(migration)] == []


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.RunPython(migrations.RunPython.noop), migrations.RemoveField("Clip", "old")],
        [migrations.RenameField("Clip", "a", "b"), migrations.RenameField("Clip", "b", "c")],
        [migrations.RenameModel("Clip", "Film"), migrations.DeleteModel("Film")],
    ],
)
def test_what_cannot_be_repeated_is_found(operations: list[Operation]) -> None:
    """One of each kind."""
    migration = Migration("test", "clips")
    migration.operations = operations
    assert list(offences(migration))
