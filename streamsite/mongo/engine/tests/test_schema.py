"""Django's migration operations on a collection with 10,000 documents, there and back, indexes carried along."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, NotSupportedError, connection, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps
from django.db.models.functions import Lower
from pymongo.collection import Collection

from streamsite.mongo.engine.client import get_database
from streamsite.mongo.engine.tests.clips import create_clips

MANY = 10_000
APP = "schema_tests"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


class Schema:
    """A project's state and its database, moved by operations."""

    def __init__(self) -> None:
        self.state = ProjectState()

    def apply(self, *operations: Operation) -> Callable[[], None]:
        """Run operations forwards; what undoes them."""
        before = self.state
        self.state = before.clone()
        for operation in operations:
            old = self.state.clone()
            operation.state_forwards(APP, self.state)
            with connection.schema_editor() as editor:
                operation.database_forwards(APP, editor, old, self.state)

        def undo() -> None:
            for number in reversed(range(len(operations))):
                old = before.clone()
                for operation in operations[:number]:
                    operation.state_forwards(APP, old)
                new = old.clone()
                operations[number].state_forwards(APP, new)
                with connection.schema_editor() as editor:
                    operations[number].database_backwards(APP, editor, new, old)
            self.state = before

        return undo

    def model(self, name: str) -> type[models.Model]:
        """Return a model as it is now."""
        return self.state.apps.get_model(APP, name)


def _raw(name: str = "clip") -> Collection[dict[str, object]]:
    return get_database()[f"{APP}_{name}"]


def _indexes(name: str = "clip") -> dict[str, list[tuple[str, int | str]]]:
    return {key: info["key"] for key, info in _raw(name).index_information().items() if key != "_id_"}


@pytest.fixture
def schema(database: None) -> Iterator[Schema]:
    """Ten thousand clips of one owner, with an index of each kind."""
    schema = Schema()
    schema.apply(*create_clips(APP))
    owner = schema.model("Owner").objects.create()
    clip = schema.model("Clip")
    clip.objects.bulk_create(
        [clip(title=f"t{n}", code=None if n % 2 else f"c{n}", rank=n % 100, owner=owner) for n in range(MANY)]
    )
    yield schema
    database = get_database()
    for name in database.list_collection_names():
        if name.startswith(APP):
            database.drop_collection(name)
    database["__schema__"].delete_many({"name": {"$regex": f"^{APP}"}})


def test_create_makes_every_index(schema: Schema) -> None:
    """Of fields, options and constraints."""
    assert sorted(map(tuple, _indexes().values())) == sorted(
        [
            (("id", 1),),
            (("title", 1),),
            (("code", 1),),
            (("kind", 1), ("rank", -1)),
            (("rank", 1),),
            (("owner_id", 1),),
        ]
    )
    info = _raw().index_information()["clip_special_rank"]
    assert info["unique"]
    assert info["partialFilterExpression"]["kind"] == {"$eq": "special"}


@pytest.mark.parametrize(
    ("field", "stored"),
    [
        (models.IntegerField(default=7), 7),
        (models.IntegerField(null=True), None),
        (models.IntegerField(db_default=8), 8),
        (models.IntegerField(default=7, db_default=8), 8),
        (models.CharField(max_length=9, default="x", db_index=True), "x"),
        (models.JSONField(default=dict), {}),
        (models.BooleanField(default=True), True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, models.Field) else None,
)
def test_add_and_remove_a_field(schema: Schema, field: models.Field[object, object], stored: object) -> None:
    """Every row gets the default; going back leaves no trace."""
    before = _indexes()
    undo = schema.apply(migrations.AddField("Clip", "extra", field))
    assert _raw().count_documents({"extra": stored}) == MANY
    assert ("extra_idx" in _indexes()) is field.db_index
    assert schema.model("Clip").objects.first().extra == stored
    undo()
    assert _raw().count_documents({"extra": {"$exists": True}}) == 0
    assert _indexes() == before


def test_remove_a_field_with_its_indexes(schema: Schema) -> None:
    """An index over several columns goes with the first of them, and comes back with it."""
    undo = schema.apply(
        migrations.RemoveIndex("Clip", "clip_kind_rank"), migrations.RemoveField("Clip", "kind")
    )
    assert _raw().count_documents({"kind": {"$exists": True}}) == 0
    assert "clip_kind_rank" not in _indexes()
    undo()
    assert _raw().count_documents({"kind": "a"}) == MANY
    assert _indexes()["clip_kind_rank"] == [("kind", 1), ("rank", -1)]


def test_rename_a_field(schema: Schema) -> None:
    """Values and indexes move along, conditions of partial indexes included."""
    undo = schema.apply(
        migrations.RenameField("Clip", "rank", "place"), migrations.RenameField("Clip", "kind", "sort")
    )
    assert schema.model("Clip").objects.filter(place=7).count() == MANY // 100
    assert _raw().count_documents({"rank": {"$exists": True}}) == 0
    assert _indexes()["clip_kind_rank"] == [("sort", 1), ("place", -1)]
    assert _raw().index_information()["clip_special_rank"]["partialFilterExpression"]["sort"] == {
        "$eq": "special"
    }
    undo()
    assert schema.model("Clip").objects.filter(rank=7).count() == MANY // 100
    assert _indexes()["clip_kind_rank"] == [("kind", 1), ("rank", -1)]


def test_rename_the_model(schema: Schema) -> None:
    """Rows, indexes and the counter of keys stay."""
    before, last = _indexes(), schema.model("Clip").objects.latest("pk").pk
    undo = schema.apply(migrations.RenameModel("Clip", "Film"))
    assert _indexes("film") == before
    film = schema.model("Film").objects.create(title="x", owner_id=1)
    assert film.pk == last + 1
    undo()
    assert schema.model("Clip").objects.count() == MANY + 1
    undo = schema.apply(migrations.AlterModelTable("Clip", f"{APP}_elsewhere"))
    assert _raw("elsewhere").estimated_document_count() == MANY + 1
    undo()
    assert _indexes() == before


def test_alter_a_type(schema: Schema) -> None:
    """Values are converted, both ways; one that cannot be is an error and nothing is changed."""
    undo = schema.apply(migrations.AlterField("Clip", "rank", models.CharField(max_length=9, null=True)))
    assert schema.model("Clip").objects.filter(rank="7").count() == MANY // 100
    undo()
    assert schema.model("Clip").objects.filter(rank=7).count() == MANY // 100
    with pytest.raises(Exception, match=r"t0|convert"):
        schema.apply(migrations.AlterField("Clip", "title", models.IntegerField()))
    assert _raw().count_documents({"title": {"$type": "string"}}) == MANY


def test_alter_null(schema: Schema) -> None:
    """Nulls that are no longer allowed get the default; unique with nulls allows many of them."""
    _raw().update_many({"rank": 5}, {"$set": {"rank": None}})
    schema.apply(migrations.AlterField("Clip", "rank", models.IntegerField(default=-1)))
    assert schema.model("Clip").objects.filter(rank=-1).count() == MANY // 100
    assert schema.model("Clip").objects.filter(code=None).count() == MANY // 2


def test_unique_on_and_off(schema: Schema) -> None:
    """Turned on it holds, turned off it does not; duplicates refuse it and leave all as it was."""
    clip = schema.model("Clip")
    undo = schema.apply(migrations.AlterField("Clip", "title", models.CharField(max_length=40, unique=True)))
    with pytest.raises(IntegrityError):
        schema.model("Clip").objects.create(title="t1", owner_id=1)
    undo()
    clip.objects.create(title="t1", owner_id=1)
    before = _indexes()
    with pytest.raises(IntegrityError):
        schema.apply(migrations.AlterUniqueTogether("Clip", {("title", "kind")}))
    assert _indexes() == before


def test_unique_together(schema: Schema) -> None:
    """Made and dropped; a set of one unique field needs no index of its own."""
    before = _indexes()
    undo = schema.apply(migrations.AlterUniqueTogether("Clip", {("title", "kind"), ("id",)}))
    with pytest.raises(IntegrityError):
        schema.model("Clip").objects.create(title="t1", kind="a", owner_id=1)
    undo()
    assert _indexes() == before


def test_indexes(schema: Schema) -> None:
    """Added, renamed, removed."""
    added = models.Index(fields=["-title", "rank"], name="clip_new")
    partial = models.Index(fields=["rank"], condition=models.Q(rank__gt=50), name="clip_high")
    undo = schema.apply(
        migrations.AddIndex("Clip", added),
        migrations.AddIndex("Clip", partial),
        migrations.RenameIndex("Clip", new_name="clip_newer", old_name="clip_new"),
    )
    assert _indexes()["clip_newer"] == [("title", -1), ("rank", 1)]
    assert _raw().index_information()["clip_high"]["partialFilterExpression"] == {"rank": {"$gt": 50}}
    undo()
    assert {"clip_new", "clip_newer", "clip_high"}.isdisjoint(_indexes())


def test_constraints(schema: Schema) -> None:
    """A unique constraint counts nulls as different and keeps to its condition."""
    constraint = models.UniqueConstraint(
        fields=["title", "kind"], condition=models.Q(kind="b"), name="clip_title_of_b"
    )
    undo = schema.apply(migrations.AddConstraint("Clip", constraint))
    clip = schema.model("Clip")
    clip.objects.create(title="t1", kind="b", owner_id=1)
    clip.objects.create(title="t1", kind="a", owner_id=1)
    with pytest.raises(IntegrityError):
        clip.objects.create(title="t1", kind="b", owner_id=1)
    undo()
    clip.objects.create(title="t1", kind="b", owner_id=1)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddIndex("Clip", models.Index(Lower("title"), name="clip_lower")),
        migrations.AddConstraint("Clip", models.UniqueConstraint(Lower("title"), name="clip_lower")),
        migrations.AddConstraint(
            "Clip",
            models.UniqueConstraint(
                fields=["title"], name="clip_lower", deferrable=models.Deferrable.DEFERRED
            ),
        ),
        migrations.AddIndex(
            "Clip", models.Index(fields=["rank"], condition=~models.Q(rank=3), name="clip_lower")
        ),
        migrations.RunSQL("DROP TABLE clip"),
    ],
    ids=["index on an expression", "unique expression", "deferrable", "condition", "SQL"],
)
def test_what_cannot_be_kept_is_refused(schema: Schema, operation: Operation) -> None:
    """By name, and nothing is changed."""
    before = _indexes()
    with pytest.raises(NotSupportedError, match=r"clip_lower|SQL"):
        schema.apply(operation)
    assert _indexes() == before


def test_many_to_many(schema: Schema) -> None:
    """The table between comes, is renamed and goes with its field."""
    undo = schema.apply(
        migrations.AddField("Clip", "owners", models.ManyToManyField(f"{APP}.Owner", related_name="+"))
    )
    clip = schema.model("Clip").objects.first()
    clip.owners.add(1)
    rename = schema.apply(migrations.RenameField("Clip", "owners", "makers"))
    assert schema.model("Clip").objects.get(pk=clip.pk).makers.count() == 1
    rename()
    undo()
    assert f"{APP}_clip_owners" not in get_database().list_collection_names()


def test_a_key_of_another_type_takes_its_relations_along(schema: Schema) -> None:
    """Joins still find their rows."""
    undo = schema.apply(
        migrations.AlterField("Owner", "id", models.CharField(max_length=20, primary_key=True))
    )
    assert schema.model("Clip").objects.filter(owner__id="1").count() == MANY
    assert _raw().count_documents({"owner_id": {"$type": "string"}}) == MANY
    undo()
    assert schema.model("Clip").objects.filter(owner__id=1).count() == MANY


def test_order_with_respect_to_and_code(schema: Schema) -> None:
    """The hidden order column, Python in migrations, and operations on the state alone."""
    undo = schema.apply(migrations.AlterOrderWithRespectTo("Clip", "owner"))
    assert _raw().count_documents({"_order": 0}) == MANY
    undo()
    assert _raw().count_documents({"_order": {"$exists": True}}) == 0

    def shout(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        apps.get_model(APP, "Clip").objects.filter(rank=1).update(kind="loud")

    schema.apply(
        migrations.RunPython(shout, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddField("Clip", "ghost", models.IntegerField(null=True))]
        ),
    )
    assert _raw().count_documents({"kind": "loud"}) == MANY // 100
    assert _raw().count_documents({"ghost": {"$exists": True}}) == 0


def test_delete_the_model(schema: Schema) -> None:
    """Gone, and back again empty with its indexes."""
    before = _indexes()
    undo = schema.apply(migrations.DeleteModel("Clip"))
    assert f"{APP}_clip" not in get_database().list_collection_names()
    undo()
    assert _indexes() == before
    assert schema.model("Clip").objects.count() == 0
