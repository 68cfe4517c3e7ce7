"""A resumable upload."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from streamsite.ids import object_id
from videos.models.video import Video


class Upload(models.Model):
    """What the server knows of an upload; how many bytes have come is the size of its file, and nothing else.

    A finished one is kept until it expires, so that a client that missed the last answer learns that all is there.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=16, default=object_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="upload")
    length = models.BigIntegerField()
    metadata = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="upload_own"),
            models.Index(fields=["expires_at"], name="upload_expiry"),
        ]

    def __str__(self) -> str:
        return self.pk
