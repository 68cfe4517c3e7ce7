"""Watch histories."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel
from videos.models.video import Video


class Watch(StoredModel):
    """One viewer and one video: when it was last watched and where it was left. Written by ``playback.history``.

    ``position`` and ``duration`` are in seconds; ``completed`` says that the end was reached. ``title`` and
    ``folded_title`` are the video's, so that history can be searched without reading the videos; they follow it when it
    is renamed.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    video = models.ForeignKey(Video, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    title = models.CharField(max_length=120, blank=True)
    folded_title = models.TextField(blank=True, default="", editable=False)
    position = models.FloatField(default=0.0)
    duration = models.FloatField(default=0.0)
    completed = models.BooleanField(default=False)
    watched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "watches"
        constraints = [models.UniqueConstraint(fields=["user", "video"], name="watch_once")]
        indexes = [
            # With the title, so that a search reads no row that does not match.
            models.Index(fields=["user", "-watched_at", "-id", "folded_title"], name="watch_of_user_folded"),
            models.Index(fields=["user", "completed", "-watched_at", "-id"], name="watch_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} watched {self.video_id}"
