"""The studio and the history search by folded titles, and what is renamed finds its copies by their addresses."""

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from pymongo import UpdateOne

from streamsite.mongo.batches import batches
from streamsite.mongo.collections import collection
from videos import folded_titles
from videos import folded_title_store

NOT_FILLED = {"folded_title": {"$in": ["", None]}}


NEEDED = ("title", "channel_id", "visibility", "is_taken_down")


def _may_know(watch: dict[str, object], video: dict[str, object]) -> bool:
    """Return whether the video's title now is no secret to whoever watched it."""
    is_hidden = video.get("is_taken_down") or video["visibility"] == "private"
    return not is_hidden or watch["user_id"] == video["channel_id"]


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the folded titles of videos, and bring the titles in the history in line with them."""
    folded_title_store.fill_folded_titles("videos_video", unfilled=True)
    watches = collection("videos_watch")
    for piece in batches(watches, NOT_FILLED, fields=("user_id", "video_id", "title")):
        ids = list({row["video_id"] for row in piece})
        videos = collection("videos_video").find({"_id": {"$in": ids}}, dict.fromkeys(NEEDED, 1))
        known = {row["_id"]: row for row in videos}
        writes = []
        for row in piece:
            video = known.get(row["video_id"])
            title = video["title"] if video and _may_know(row, video) else row.get("title") or ""
            change = {"title": title, "folded_title": folded_titles.fold_title(title)}
            writes.append(UpdateOne({"_id": row["_id"]}, {"$set": change}))
        watches.bulk_write(writes, ordered=False)


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0016_schedule"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="video",
            name="folded_title",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.AddField(
            model_name="watch",
            name="folded_title",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, atomic=False),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["url"], name="case_about"),
        ),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(
                fields=[
                    *("channel", "-created_at", "-id"),
                    *("folded_title", "status", "visibility", "category"),
                ],
                name="video_own_folded",
            ),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(
                fields=["user", "-watched_at", "-id", "folded_title"], name="watch_of_user_folded"
            ),
        ),
        migrations.RemoveIndex(model_name="video", name="video_own_filtered"),
        migrations.RemoveIndex(model_name="watch", name="watch_of_user_titled"),
    ]
