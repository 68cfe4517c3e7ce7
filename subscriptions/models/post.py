"""Posts of channels and reactions to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel
from videos.models import Video
from videos.models.reaction import AbstractReaction

MAX_TEXT_LENGTH = 5_000


class Post(StoredModel):
    """A text, optionally with an image or a video. Public while its channel is active.

    ``picture`` is the id of a folder in ``accounts.image_storage``; ``picture_size`` its ``[width, height]``. Only
    services change the counters.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    channel = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="posts", db_index=False
    )
    text = models.TextField(max_length=MAX_TEXT_LENGTH)
    picture = models.CharField(max_length=20, blank=True, editable=False)
    picture_size = models.JSONField(default=list, editable=False)
    video = models.ForeignKey(
        Video, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    allow_comments = models.BooleanField(default=True)
    is_taken_down = models.BooleanField(default=False, editable=False)
    like_count = models.BigIntegerField(default=0, editable=False)
    dislike_count = models.BigIntegerField(default=0, editable=False)
    comment_count = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["channel", "is_taken_down", "-created_at", "-id"], name="post_of_channel"),
            models.Index(fields=["-created_at", "-id", "is_taken_down"], name="post_newest_filtered"),
            models.Index(fields=["picture"], name="post_picture", condition=models.Q(picture__gt="")),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        """Return the path of its page."""
        return f"/posts/{self.id}"


class PostReaction(AbstractReaction):
    """One viewer's reaction to one post."""

    post = models.ForeignKey(Post, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="post_reaction_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.value}s {self.post_id}"
