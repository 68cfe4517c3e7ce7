"""Filters of lists, the admin's lists and searches of the history read little, however little they find."""

from django.conf import settings
from django.db import migrations, models

from streamsite.mongo.batches import id_batches
from streamsite.mongo.collections import collection
from videos import facet_store

# What a row has before its facets are computed: the field's default, or nothing. Computed, they are never empty.
NOT_FILLED = {"facets": {"$in": [[], None]}}


def fill(apps, schema_editor):
    """Rows and search documents of the former version have no facets."""
    for table in ("videos_video", "search_video"):
        for ids in id_batches(collection(table), NOT_FILLED):
            facet_store.refresh_facets(table, {"_id": {"$in": ids}})


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0013_visibility_epoch"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="video",
            name="facets",
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, atomic=False),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["-state", "-report_count", "-created_at", "-id", "about", "decision", "subject"],
                name="case_queue_filtered",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["-created_at", "-id", "state", "about", "pinned"], name="comment_any_newest_filtered"
            ),
        ),
        migrations.AddIndex(
            model_name="reaction",
            index=models.Index(fields=["-created_at", "-id", "value"], name="reaction_newest_by_value"),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["-created_at", "-id", "reason"], name="report_newest_by_reason"),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                condition=models.Q(("listed", True)),
                fields=["facets", "-published_at", "-id"],
                name="video_facets",
            ),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                fields=["channel", "-created_at", "-id", "title", "status", "visibility", "category"],
                name="video_own_filtered",
            ),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                fields=[
                    "-created_at",
                    "-id",
                    "title",
                    "channel",
                    "status",
                    "visibility",
                    "category",
                    "is_taken_down",
                ],
                name="video_newest_filtered",
            ),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(fields=["user", "-watched_at", "-id", "title"], name="watch_of_user_titled"),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                fields=[
                    *("channel", "listed", "-published_at", "-id"),
                    *("category", "language", "has_captions", "duration"),
                ],
                name="video_channel_filtered",
            ),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                fields=[
                    *("listed", "tags", "-published_at", "-id"),
                    *("channel", "category", "language", "has_captions", "duration"),
                ],
                name="video_tag_filtered",
            ),
        ),
        migrations.RemoveIndex(
            model_name="video",
            name="video_category_listed",
        ),
        migrations.RemoveIndex(
            model_name="video",
            name="video_channel_listed",
        ),
        migrations.RemoveIndex(
            model_name="video",
            name="video_tag_listed",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="case_queue",
        ),
        migrations.RemoveIndex(
            model_name="comment",
            name="comment_any_newest",
        ),
        migrations.RemoveIndex(
            model_name="reaction",
            name="reaction_newest",
        ),
        migrations.RemoveIndex(
            model_name="report",
            name="report_newest",
        ),
        migrations.RemoveIndex(
            model_name="video",
            name="video_own",
        ),
        migrations.RemoveIndex(
            model_name="video",
            name="video_newest",
        ),
        migrations.RemoveIndex(
            model_name="video",
            name="video_language_listed",
        ),
        migrations.RemoveIndex(
            model_name="watch",
            name="watch_of_user",
        ),
    ]
