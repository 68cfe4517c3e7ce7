"""Captions: what is said in a video, with times."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel
from videos.models.video import Video


class CaptionKind(models.TextChoices):
    """The purpose of a text track: HTML's ``<track>`` kinds, and forced tracks, which are subtitles there."""

    SUBTITLES = "subtitles", _("Subtitles")
    CAPTIONS = "captions", _("Captions (deaf and hard of hearing)")
    DESCRIPTIONS = "descriptions", _("Descriptions (blind and low vision)")
    FORCED = "forced", _("Forced (foreign dialogue only)")


# From the kind with the most complete text to the one with the least.
FULLEST_FIRST = (CaptionKind.SUBTITLES, CaptionKind.CAPTIONS, CaptionKind.DESCRIPTIONS, CaptionKind.FORCED)


class CaptionSource(models.TextChoices):
    """The origin of the text."""

    UPLOADED = "uploaded", _("Uploaded")
    EMBEDDED = "embedded", _("From the video file")


class Caption(StoredModel):
    """One text track of a video, identified by its language, kind and label.

    ``cues`` is ``[[start, end, text], ...]`` in seconds, sorted; the served WebVTT file is written from it and named
    after ``revision``, so that a changed text has an address of its own.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=16, default=object_id, editable=False)
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(max_length=12)
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=CaptionKind.choices, default=CaptionKind.SUBTITLES)
    source = models.CharField(max_length=10, choices=CaptionSource.choices, default=CaptionSource.UPLOADED)
    cues = models.JSONField(default=list)
    revision = models.CharField(max_length=16, default=object_id)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["video", "language", "kind", "label"], name="caption_track_once"),
        ]
        # Not unique, but named like the unique index of the last release. While that release runs beside this one, it
        # would otherwise create its own, which refuses a second track of a language and kind. Remove it in the
        # release after the next.
        indexes = [models.Index(fields=["video", "language", "kind"], name="caption_once")]

    def __str__(self) -> str:
        return f"{self.label} ({self.language})"
