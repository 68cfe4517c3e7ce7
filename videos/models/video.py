"""Videos. One document holds all that a card or a watch page shows, counters included."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streamsite.ids import video_id
from streamsite.licenses import License
from streamsite.mongo.engine.rows import StoredModel
from streamsite.visibility import Visibility

CATEGORIES = (
    ("film", _("Film & animation")),
    ("music", _("Music")),
    ("gaming", _("Gaming")),
    ("education", _("Education")),
    ("science", _("Science & technology")),
    ("howto", _("How-to & style")),
    ("news", _("News & politics")),
    ("sports", _("Sports")),
    ("travel", _("Travel & events")),
    ("comedy", _("Comedy")),
    ("people", _("People & blogs")),
    ("other", _("Other")),
)


class Status(models.TextChoices):
    """The state of a video from its upload to its first viewer."""

    UPLOADING = "uploading", _("Uploading")
    QUEUED = "queued", _("Queued")
    PROCESSING = "processing", _("Processing")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class Video(StoredModel):
    """A video of a channel.

    Who may see it is decided in ``access``; ``status`` moves in ``pipeline`` only. A video can be played as soon as it
    has a ``generation``, the folder that is served; ``is_complete`` says that its ladder has ended. ``listed`` repeats
    "public, playable, with a thumbnail" so that lists have one index and the channel's counter one switch;
    ``services.refresh_listing`` sets it. ``stored_generation`` names the generation's copy in the bucket once it is
    served from there (see ``bucket``).

    ``poster`` is "" for the automatic choice, "2" or "3" for another of them, else the revision of an own picture.
    ``chapters`` is ``[{"start": seconds, "title": text}]``, imported from the file, or edited and then final.
    ``report`` is ``[{"code": str, "detail": sentence}]``: what processing did with the file (see
    ``transcoding.report``).
    """

    kept_while_reading: ClassVar[bool] = True

    id = models.CharField(primary_key=True, db_column="_id", max_length=11, default=video_id, editable=False)
    channel = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="videos")
    title = models.CharField(max_length=120)
    # What the studio finds it by: see ``videos.folded_titles``.
    folded_title = models.TextField(blank=True, default="", editable=False)
    description = models.TextField(max_length=5000, blank=True)
    tags = models.JSONField(default=list, blank=True)
    # What spellings of a tag have in common: see ``videos.tags``.
    tag_keys = models.JSONField(default=list, editable=False)
    category = models.CharField(max_length=20, choices=CATEGORIES, default="other")
    language = models.CharField(max_length=12, blank=True)
    license = models.CharField(max_length=12, choices=License.choices, default=License.STANDARD)
    # The marks of the owner and of staff, and what follows from them and the channel's: see ``videos.sensitive_marks``.
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    is_sensitive_by_staff = models.BooleanField(_("marked as sensitive"), default=False, editable=False)
    shown_as_sensitive = models.BooleanField(default=False, editable=False)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When it came out elsewhere, and when it came out first anywhere: see ``videos.original_dates``.
    originally_published_on = models.DateField(null=True, blank=True)
    first_published_at = models.DateTimeField(null=True, editable=False)
    # Counts the changes of who may see it. Each invalidates media URLs issued before: see ``videos.files.tokens``.
    visibility_epoch = models.IntegerField(default=0, editable=False)
    publish_at = models.DateTimeField(null=True, blank=True)
    publish_visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    # The ``visibility_epoch`` that the schedule was made for: see ``videos.schedules``.
    schedule_epoch = models.IntegerField(null=True, blank=True, editable=False)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED, editable=False)
    progress = models.FloatField(default=0.0, editable=False)
    failure_code = models.CharField(max_length=40, blank=True, editable=False)
    failure_detail = models.CharField(max_length=500, blank=True, editable=False)
    steps = models.JSONField(default=list, editable=False)
    report = models.JSONField(default=list, editable=False)
    attempt = models.IntegerField(default=0, editable=False)

    source_name = models.CharField(max_length=255, blank=True, editable=False)
    source_size = models.BigIntegerField(default=0, editable=False)
    # In hexadecimal; "" until it is known: see ``videos.duplicate_uploads``.
    source_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    # When its ladder was complete; when its original file is to go, and when it went: see ``processing.sources``.
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True, editable=False)
    source_leaves_at = models.DateTimeField(
        _("original file kept until"), null=True, blank=True, editable=False
    )
    source_removed_at = models.DateTimeField(
        _("original file removed at"), null=True, blank=True, editable=False
    )
    generation = models.CharField(max_length=32, blank=True, editable=False)
    stored_generation = models.CharField(max_length=64, blank=True, editable=False)
    is_complete = models.BooleanField(default=False, editable=False)
    duration = models.FloatField(default=0.0, editable=False)
    width = models.IntegerField(default=0, editable=False)
    height = models.IntegerField(default=0, editable=False)
    media_bytes = models.BigIntegerField(default=0, editable=False)
    has_poster = models.BooleanField(default=False, editable=False)
    has_storyboard = models.BooleanField(default=False, editable=False)
    poster = models.CharField(max_length=24, blank=True, editable=False)
    poster_choices = models.IntegerField(default=0, editable=False)
    has_download = models.BooleanField(default=False, editable=False)
    # The size of that file; 0 of files made before it was noted: see ``syndication.enclosures``.
    download_bytes = models.BigIntegerField(default=0, editable=False)
    loudness = models.FloatField(null=True, blank=True, editable=False)
    chapters = models.JSONField(default=list, blank=True, editable=False)
    chapters_edited = models.BooleanField(default=False, editable=False)

    view_count = models.BigIntegerField(default=0, editable=False)
    like_count = models.BigIntegerField(default=0, editable=False)
    dislike_count = models.BigIntegerField(default=0, editable=False)
    comment_count = models.BigIntegerField(default=0, editable=False)

    has_captions = models.BooleanField(default=False, editable=False)
    # Every combination of what lists can be filtered by: see ``videos.facets``.
    facets = models.JSONField(default=list, editable=False)
    # How much it is watched of late: see ``playback.trend``.
    trend = models.FloatField(default=0.0, editable=False)

    listed = models.BooleanField(default=False, editable=False)
    # Taken down by staff: only its owner sees it, until that is undone.
    is_taken_down = models.BooleanField(default=False, editable=False)
    allow_comments = models.BooleanField(default=True)
    allow_embed = models.BooleanField(default=True)
    # The hosts that may embed it, all when empty: see ``embed_domains``.
    embed_domains = models.JSONField(default=list, blank=True)
    allow_download = models.BooleanField(default=False)
    normalise_loudness = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        permissions = [("watch_private_video", "Can watch private videos")]
        indexes = [
            models.Index(fields=["listed", "-published_at", "-id"], name="video_listed"),
            models.Index(
                fields=[
                    *("channel", "listed", "-published_at", "-id"),
                    *("category", "language", "has_captions", "duration"),
                ],
                name="video_channel_filtered",
            ),
            models.Index(fields=["listed", "-first_published_at", "-id"], name="video_first_published"),
            models.Index(
                fields=["channel", "listed", "-first_published_at", "-id"],
                name="video_channel_first_published",
            ),
            models.Index(
                fields=["channel", "source_size", "source_sha256", "created_at", "id"], name="video_same_file"
            ),
            models.Index(fields=["listed", "-view_count", "-id"], name="video_most_viewed"),
            models.Index(fields=["listed", "-like_count", "-id"], name="video_most_liked"),
            models.Index(fields=["listed", "-trend", "-id"], name="video_trending"),
            models.Index(
                fields=[
                    *("listed", "tag_keys", "-published_at", "-id"),
                    *("channel", "category", "language", "has_captions", "duration"),
                ],
                name="video_tag_key_filtered",
            ),
            models.Index(
                fields=["facets", "-published_at", "-id"],
                name="video_facets",
                condition=models.Q(listed=True),
            ),
            # The studio's filters follow the order, so that rows that do not match are not read.
            models.Index(
                fields=[
                    *("channel", "-created_at", "-id"),
                    *("folded_title", "status", "visibility", "category"),
                ],
                name="video_own_folded",
            ),
            models.Index(fields=["channel", "-view_count", "-id"], name="video_own_viewed"),
            models.Index(fields=["channel", "-like_count", "-id"], name="video_own_liked"),
            # As above, for the filters and the search of the admin.
            models.Index(
                fields=[
                    "-created_at",
                    "-id",
                    "title",
                    "channel",
                    "status",
                    "visibility",
                    "category",
                    "is_taken_down",
                ],
                name="video_newest_filtered",
            ),
            models.Index(
                fields=["publish_at"], name="video_scheduled", condition=models.Q(publish_at__isnull=False)
            ),
            models.Index(
                fields=["source_leaves_at"],
                name="video_source_leaves",
                condition=models.Q(source_leaves_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the path of the watch page."""
        return f"/watch/{self.id}"
