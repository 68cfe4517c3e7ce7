"""A video that the site fetches from an address."""

from __future__ import annotations

import math

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel

MAX_URL = 2_000


class ImportStatus(models.TextChoices):
    """How far an import is. A ready one has its whole file, which is then processed like an upload."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Downloading")
    READY = "ready", _("Downloaded")
    FAILED = "failed", _("Failed")


class AddressImport(StoredModel):
    """An import by address. Its bytes are appended to an upload, which has the draft of the video.

    ``total`` is in bytes, null while it is not known. ``failure`` is one of ``videos.imports.failures``.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=16, default=object_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports")
    url = models.CharField(max_length=MAX_URL)
    status = models.CharField(max_length=8, choices=ImportStatus.choices, default=ImportStatus.QUEUED)
    failure = models.CharField(max_length=24, blank=True)
    # Both may be gone: the upload when it is finished and expired, the video when its owner deletes it.
    upload_id = models.CharField(max_length=16)
    video_id = models.CharField(max_length=11)
    playlist_id = models.CharField(max_length=32, blank=True)
    received = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    tries = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    # By ``time.monotonic``, while a worker fetches it. Not stored.
    ends_at: float = math.inf

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at", "-id"], name="import_of_owner")]

    def __str__(self) -> str:
        return self.pk
