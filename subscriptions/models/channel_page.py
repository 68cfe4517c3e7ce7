"""The arrangement of a channel's front page."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from streamsite.mongo.engine.rows import StoredModel


class ChannelPage(StoredModel):
    """``shelves`` is ``[{"kind", "value"}]`` in order; ``featured`` a video id or ``""``. No row: the newest videos.

    ``trailer`` is shown in place of ``featured`` to those who do not follow the channel; without one they see that.

    Access rules are applied on every read, since a video named here may have been hidden or deleted since.
    """

    user_id = models.CharField(primary_key=True, db_column="_id", max_length=32)
    featured = models.CharField(max_length=11, blank=True)
    trailer = models.CharField(max_length=11, blank=True, default="")
    shelves = models.JSONField(default=list, blank=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"channel page of {self.user_id}"

    @property
    def is_arranged(self) -> bool:
        """True if the owner arranged anything."""
        return bool(self.featured or self.trailer or self.shelves)
