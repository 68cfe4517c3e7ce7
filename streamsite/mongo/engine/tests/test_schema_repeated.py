"""A migration that was killed is run again from its first operation: each can be repeated, whatever was done of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import operations as all_operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps
from pymongo.errors import OperationFailure

from streamsite.mongo.engine.client import get_database
from streamsite.mongo.engine.tests.clips import create_clips
from tests.support import snapshots
from tests.support.commands import LOG
from tests.support.kills import collect_writes, kill_after
from tests.support.profile import walk

APP = "repeated"
OURS = (APP, "__schema__")
ROWS = 6


def _create() -> list[Operation]:
    """Return operations that make a collection with an index of each kind."""
    owners = models.ManyToManyField(f"{APP}.Owner", related_name="+")
    return create_clips(APP, [("owners", owners)], unique_together={("title", "rank")})


def _number(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model(APP, "Clip").objects.filter(rank=None).update(rank=0)


OPERATIONS: dict[str, list[Operation]] = {
    "create": [
        migrations.CreateModel(
            "Note",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("text", models.TextField(unique=True)),
                ("clips", models.ManyToManyField(f"{APP}.Clip")),
            ],
        )
    ],
    "create without an index": [
        migrations.CreateModel(
            "Bare", [("name", models.CharField(primary_key=True, db_column="_id", max_length=9))]
        )
    ],
    "delete": [migrations.DeleteModel("Clip")],
    "rename": [migrations.RenameModel("Clip", "Film")],
    "rename what others refer to": [migrations.RenameModel("Owner", "Person")],
    "rename the table": [migrations.AlterModelTable("Clip", f"{APP}_elsewhere")],
    "add a field": [migrations.AddField("Clip", "extra", models.IntegerField(default=7, db_index=True))],
    "add a nullable field": [
        migrations.AddField("Clip", "extra", models.IntegerField(null=True, unique=True))
    ],
    "add a relation": [migrations.AddField("Clip", "makers", models.ManyToManyField(f"{APP}.Owner"))],
    "remove a field": [migrations.RemoveField("Clip", "kind")],
    "remove a unique field": [migrations.RemoveField("Clip", "code")],
    "remove a relation": [migrations.RemoveField("Clip", "owners")],
    "rename a field": [migrations.RenameField("Clip", "rank", "place")],
    "rename a unique field": [migrations.RenameField("Clip", "code", "number")],
    "rename a field with an index": [migrations.RenameField("Clip", "title", "name")],
    "rename a relation": [migrations.RenameField("Clip", "owners", "makers")],
    "move a column": [
        migrations.AlterField("Clip", "rank", models.CharField(max_length=9, null=True, db_column="place"))
    ],
    "convert": [migrations.AlterField("Clip", "rank", models.CharField(max_length=9, null=True))],
    "convert a key": [
        migrations.AlterField("Owner", "id", models.CharField(max_length=20, primary_key=True))
    ],
    "no more nulls": [migrations.AlterField("Clip", "rank", models.IntegerField(default=-1))],
    "unique": [migrations.AlterField("Clip", "title", models.CharField(max_length=40, unique=True))],
    "unique with nulls": [migrations.AlterField("Clip", "code", models.CharField(max_length=40, null=True))],
    "unique together": [migrations.AlterUniqueTogether("Clip", {("title", "kind")})],
    "order": [migrations.AlterOrderWithRespectTo("Clip", "owner")],
    "add an index": [migrations.AddIndex("Clip", models.Index(fields=["-title", "rank"], name="clip_new"))],
    "remove an index": [migrations.RemoveIndex("Clip", "clip_kind_rank")],
    "rename an index": [migrations.RenameIndex("Clip", new_name="clip_newer", old_name="clip_kind_rank")],
    "replace an index": [
        migrations.AddIndex("Clip", models.Index(fields=["kind", "-rank", "title"], name="clip_wide")),
        migrations.RemoveIndex("Clip", "clip_kind_rank"),
    ],
    "add and rename an index": [
        migrations.AddIndex("Clip", models.Index(fields=["-title"], name="clip_new")),
        migrations.RenameIndex("Clip", new_name="clip_newer", old_name="clip_new"),
    ],
    "remove an index and the model": [
        migrations.RemoveIndex("Clip", "clip_kind_rank"),
        migrations.DeleteModel("Clip"),
    ],
    "add a constraint": [
        migrations.AddConstraint("Clip", models.UniqueConstraint(fields=["title", "kind"], name="clip_once"))
    ],
    "remove a constraint": [migrations.RemoveConstraint("Clip", "clip_special_rank")],
    "change a constraint": [
        migrations.RemoveConstraint("Clip", "clip_special_rank"),
        migrations.AddConstraint(
            "Clip", models.UniqueConstraint(fields=["rank", "title"], name="clip_special_rank")
        ),
    ],
    "code": [migrations.RunPython(_number, migrations.RunPython.noop)],
}


@pytest.fixture
def before(database: None) -> Iterator[ProjectState]:
    """A few clips of two owners."""
    state = ProjectState()
    _run(state, _create())
    owner, clip = (state.apps.get_model(APP, name) for name in ("Owner", "Clip"))
    owners = owner.objects.bulk_create([owner(), owner()])
    clip.objects.bulk_create(
        [
            clip(title=f"t{n}", code=f"c{n}" if n % 2 else None, rank=n if n < 4 else None, owner=owners[0])
            for n in range(ROWS)
        ]
    )
    clip.objects.first().owners.set(owners)
    yield state
    database_ = get_database()
    for name in database_.list_collection_names():
        if name.startswith(APP):
            database_.drop_collection(name)
    database_["__schema__"].delete_many({"name": {"$regex": f"^{APP}"}})


def _run(state: ProjectState, operations: list[Operation]) -> None:
    """Run operations as one migration does; ``state`` moves along."""
    for operation in operations:
        old = state.clone()
        operation.state_forwards(APP, state)
        with connection.schema_editor() as editor:
            operation.database_forwards(APP, editor, old, state)


def _kills(done: list[str]) -> list[int]:
    """Return after which writes to kill, from 1: usually after what is undone least easily."""
    every = list(range(1, len(done) + 1))
    drops = [number for number in every if done[number - 1].startswith(("drop", "rename", "update"))]
    return every if walk(0, deep=1) else drops[:: max(1, len(drops) - 1)]


def _state() -> dict[str, snapshots.Contents]:
    return snapshots.without_generated_ids(snapshots.take_snapshot(get_database(), OURS))


@pytest.mark.parametrize("name", OPERATIONS)
def test_killed_after_each_write_it_can_be_run_again(before: ProjectState, name: str) -> None:
    """The same documents, indexes and notes as without the kill; run once more, nothing changes."""
    database, operations = get_database(), OPERATIONS[name]
    start = snapshots.take_snapshot(database, OURS)
    with collect_writes(LOG.writes) as done:
        _run(before.clone(), operations)
    expected = _state()
    _run(before.clone(), operations)
    assert _state() == expected
    for last in _kills(done):
        snapshots.restore_snapshot(database, start, OURS)
        with kill_after(LOG.writes, last):
            _run(before.clone(), operations)
        _run(before.clone(), operations)
        assert _state() == expected, f"killed after {done[:last]}"


def test_every_operation_of_django_is_here() -> None:
    """A new one is added to the table, or to what needs no test because it changes no collection."""
    on_state_only = {
        "AlterModelOptions",
        "AlterModelManagers",
        "SeparateDatabaseAndState",
        "AlterModelTableComment",
    }
    not_supported = {"RunSQL"}
    # Removed from Django's models; "unique together" runs the same code.
    not_creatable = {"AlterIndexTogether"}
    # Check constraints, the only ones that it is about, change no collection.
    checked_elsewhere = {"AlterConstraint"}
    used = {type(operation).__name__ for operations in OPERATIONS.values() for operation in operations}
    known = set(all_operations.__all__)
    assert known - on_state_only - not_supported - not_creatable - checked_elsewhere == used


def test_what_was_done_before_is_logged(before: ProjectState, caplog: pytest.LogCaptureFixture) -> None:
    """At INFO, by name: nobody has to act."""
    caplog.set_level(logging.INFO, "streamsite.mongo.engine.schema")
    for name in ("remove an index", "rename"):
        for _ in range(2):
            _run(before.clone(), OPERATIONS[name])
    assert "The index clip_kind_rank of repeated_clip was dropped before." in caplog.text
    assert "The collection repeated_clip was renamed repeated_film before." in caplog.text


def test_what_cannot_have_been_done_before_is_an_error(before: ProjectState) -> None:
    """A table that is nowhere, another table in the way, an index of that name that is another one."""
    database = get_database()
    with (
        connection.schema_editor() as editor,
        pytest.raises(DatabaseError, match="no collection repeated_none"),
    ):
        editor.alter_db_table(before.apps.get_model(APP, "Clip"), f"{APP}_none", f"{APP}_neither")
    database.create_collection(f"{APP}_film")
    with pytest.raises(DatabaseError, match="exists"):
        _run(before.clone(), OPERATIONS["rename"])
    database[f"{APP}_clip"].create_index([("kind", 1)], name="clip_new")
    with pytest.raises(DatabaseError, match="clip_new"):
        _run(before.clone(), OPERATIONS["add an index"])


def test_a_failure_of_the_server_is_no_reason_to_go_on(before: ProjectState) -> None:
    """Only what is not there counts as done."""
    with connection.schema_editor() as editor, pytest.raises(OperationFailure, match="not authorized"):
        editor._drop_index("system.profile", "*")
