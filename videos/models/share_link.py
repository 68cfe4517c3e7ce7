"""Links that let whoever has them watch a private video."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel
from videos.models.video import Video


class ShareLink(StoredModel):
    """A link to one video. Its secret is derived from its id and the site's key, so nothing secret is stored.

    ``views`` counts browsers let in, each once a day; it never exceeds ``max_views``.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=16, default=object_id, editable=False)
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="share_links")
    label = models.CharField(max_length=60, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    max_views = models.IntegerField(null=True, blank=True)
    views = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["video", "-created_at", "-id"], name="share_link_of_video")]

    def __str__(self) -> str:
        return self.label or self.pk
