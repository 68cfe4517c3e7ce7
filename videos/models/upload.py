"""A resumable upload."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel
from videos.models.video import Video


class UploadKind(models.TextChoices):
    """The kind of an upload: a file, a part of one, or a file made of such parts (tus ``concatenation``)."""

    WHOLE = "whole"
    PARTIAL = "partial"
    FINAL = "final"


class Upload(StoredModel):
    """A resumable upload. The size of its file is the only record of how many bytes have arrived.

    A finished one is kept until it expires, so that a client that missed the last answer learns that all is there.
    A partial one has no video; it belongs to a final one from the moment that one is created.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=16, default=object_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    video = models.OneToOneField(Video, null=True, on_delete=models.CASCADE, related_name="upload")
    kind = models.CharField(max_length=8, choices=UploadKind.choices, default=UploadKind.WHOLE)
    # Null while the client does not know it (tus ``creation-defer-length``).
    length = models.BigIntegerField(null=True)
    # Of a partial upload: bytes counted against the quota. Those of others are their video's ``source_size``.
    reserved = models.BigIntegerField(default=0)
    metadata = models.TextField(blank=True)
    # Of a final upload: Upload-Concat as it was sent, and the ids it names, in order and separated by spaces.
    concat = models.TextField(blank=True)
    part_ids = models.TextField(blank=True)
    joined_into = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="parts")
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="upload_own"),
            models.Index(fields=["expires_at"], name="upload_expiry"),
            # The unique index leaves out uploads without a video, so look-ups by video cannot use it.
            models.Index(fields=["video", "kind"], name="upload_video"),
        ]

    def __str__(self) -> str:
        return self.pk
