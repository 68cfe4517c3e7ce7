"""Videos are found by the folded keys of their tags."""

from django.conf import settings
from django.db import migrations, models
from pymongo import UpdateOne

from streamsite.mongo.batches import batches
from streamsite.mongo.collections import collection
from videos import tags

# Tags without keys: the field's default, or nothing. The keys of some tags are never empty.
NOT_FILLED = {"tag_keys": {"$in": [[], None]}, "tags": {"$nin": [[], None]}}


def fill(apps, schema_editor):
    """Rows of the former version have no keys."""
    videos = collection("videos_video")
    for rows in batches(videos, NOT_FILLED, fields=("tags",)):
        videos.bulk_write(
            [
                UpdateOne({"_id": row["_id"]}, {"$set": {"tag_keys": tags.tag_keys(row["tags"])}})
                for row in rows
            ],
            ordered=False,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0017_finding"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="video",
            name="tag_keys",
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, atomic=False),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                fields=[
                    *("listed", "tag_keys", "-published_at", "-id"),
                    *("channel", "category", "language", "has_captions", "duration"),
                ],
                name="video_tag_key_filtered",
            ),
        ),
        migrations.RemoveIndex(
            model_name="video",
            name="video_tag_filtered",
        ),
    ]
