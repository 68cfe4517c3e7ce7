"""Reactions of viewers to videos."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel
from videos.models.video import Video


class ReactionValue(models.TextChoices):
    """Like or dislike."""

    LIKE = "like", pgettext_lazy("noun", "Like")
    DISLIKE = "dislike", pgettext_lazy("noun", "Dislike")


class AbstractReaction(StoredModel):
    """One viewer's reaction to one target, which a subclass names. Written by ``reactions.store``.

    A subclass needs a unique constraint on the user and its target, which makes a reaction exist once.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    value = models.CharField(max_length=8, choices=ReactionValue.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class Reaction(AbstractReaction):
    """One viewer's reaction to one video.

    A deleted video's rows are removed by a worker, so deleting takes the same time for every video.
    """

    video = models.ForeignKey(
        Video, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "video"], name="reaction_once")]
        indexes = [
            models.Index(fields=["user", "value", "-created_at", "-id"], name="reaction_of_user"),
            models.Index(fields=["video", "value"], name="reaction_of_video"),
            models.Index(fields=["-created_at", "-id", "value"], name="reaction_newest_by_value"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.value}s {self.video_id}"
