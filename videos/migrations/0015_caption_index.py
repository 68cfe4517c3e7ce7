"""An index under the name of a former unique one: the last release, started again, then does not make its own."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from pymongo.errors import OperationFailure

NOT_THERE = {26, 27}  # NamespaceNotFound, IndexNotFound


def drop_unique(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the unique index, which the last release made again if it was started after migration 0010."""
    captions = schema_editor.connection.database["videos_caption"]
    if not captions.index_information().get("caption_once", {}).get("unique"):
        return
    try:
        captions.drop_index("caption_once")
    except OperationFailure as error:
        if error.code not in NOT_THERE:
            raise


class Migration(migrations.Migration):
    dependencies = [("videos", "0014_facets")]
    operations = [
        migrations.RunPython(drop_unique, migrations.RunPython.noop, atomic=False),
        migrations.AddIndex(
            model_name="caption",
            index=models.Index(fields=["video", "language", "kind"], name="caption_once"),
        ),
    ]
