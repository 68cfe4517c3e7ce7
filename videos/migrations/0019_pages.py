"""Add the date of a video's first publication, here or elsewhere, and the hash of its file."""

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from streamsite.mongo.batches import id_batches
from streamsite.mongo.collections import collection

NOT_FILLED = {"first_published_at": None, "published_at": {"$ne": None}}


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let what was published here have come out first then."""
    videos = collection("videos_video")
    for ids in id_batches(videos, NOT_FILLED):
        videos.update_many(
            {"_id": {"$in": ids}, **NOT_FILLED}, [{"$set": {"first_published_at": "$published_at"}}]
        )


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0018_texts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="video",
            name="first_published_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="video",
            name="originally_published_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="video",
            name="source_sha256",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, atomic=False),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(fields=["listed", "-first_published_at", "-id"], name="video_first_published"),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                fields=["channel", "listed", "-first_published_at", "-id"],
                name="video_channel_first_published",
            ),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                fields=["channel", "source_size", "source_sha256", "created_at", "id"],
                name="video_same_file",
            ),
        ),
    ]
