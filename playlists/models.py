"""Playlists and their items, ordered by rank, so that a move writes one document."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel
from streamsite.visibility import Visibility

MAX_ITEMS = 5_000
MAX_COLLABORATORS = 50


class Sort(models.TextChoices):
    """Rules of order: by hand, or by a property of the videos."""

    MANUAL = "manual", _("Custom")
    NEWEST = "newest", _("Newest first")
    OLDEST = "oldest", _("Oldest first")
    MOST_VIEWED = "most_viewed", _("Most viewed first")


class Playlist(StoredModel):
    """A list of videos with one owner. ``version`` rises with every change of order or collaborators and guards moves.

    ``collaborators`` holds account ids inside this document, so that changes can be conditional on them. The id of an
    account's Watch later is derived from the account's, so it is unique.
    """

    kept_while_reading: ClassVar[bool] = True

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    # Relations without an index of their own are the first field of one below; another would only offer worse plans.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="playlists", db_index=False
    )
    title = models.CharField(max_length=150)
    description = models.TextField(max_length=5000, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE)
    sort = models.CharField(max_length=12, choices=Sort.choices, default=Sort.MANUAL)
    allow_duplicates = models.BooleanField(default=False)
    is_watch_later = models.BooleanField(default=False, editable=False)
    collaborators = models.JSONField(default=list, blank=True, editable=False)
    item_count = models.IntegerField(default=0, editable=False)
    duration = models.FloatField(default=0.0, editable=False)
    # Duration and number of the publicly visible items; null until they are needed. ``shown_turn`` rises when they
    # are reset.
    shown_duration = models.FloatField(null=True, editable=False)
    shown_items = models.IntegerField(null=True, editable=False)
    shown_turn = models.IntegerField(default=0, editable=False)
    version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-updated_at", "-id"], name="playlist_own"),
            models.Index(fields=["owner", "visibility", "-updated_at", "-id"], name="playlist_owner_listed"),
            models.Index(fields=["collaborators", "-updated_at", "-id"], name="playlist_shared_with"),
            # Covers the filters and the search of the admin's list in its order.
            models.Index(
                fields=["-created_at", "-id", "title", "owner", "visibility", "sort", "is_watch_later"],
                name="playlist_newest_filtered",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=models.Q(is_watch_later=True), name="playlist_watch_later_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the path of its page."""
        return f"/playlists/{self.id}"


class PlaylistItem(StoredModel):
    """A video at a place in a playlist. ``rank`` orders; gaps let a move write one document.

    ``sort`` is the playlist's rule, and ``sort_key`` the video's key under it: the order under every rule except by
    hand. ``copy`` is empty unless duplicates were allowed when the video was added; then it is the item's own id.
    ``duration`` is what this item adds to its playlist's.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="items", db_index=False)
    video = models.ForeignKey(
        "videos.Video", on_delete=models.CASCADE, related_name="playlist_items", db_index=False
    )
    rank = models.FloatField()
    sort = models.CharField(max_length=12, choices=Sort.choices, default=Sort.MANUAL, editable=False)
    sort_key = models.FloatField(default=0.0, editable=False)
    copy = models.CharField(max_length=32, blank=True, editable=False)
    duration = models.FloatField(default=0.0, editable=False)
    note = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playlist", "video", "copy"], name="playlist_item_once"),
        ]
        indexes = [
            models.Index(fields=["playlist", "rank", "id"], name="playlist_item_order"),
            models.Index(fields=["playlist", "sort_key", "id"], name="playlist_item_sorted"),
            models.Index(fields=["video", "sort"], name="playlist_item_of_video"),
        ]

    def __str__(self) -> str:
        return f"{self.playlist_id}: {self.video_id}"


class SavedPlaylist(StoredModel):
    """A playlist of someone else that an account keeps in its library."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_playlists", db_index=False
    )
    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="saves")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "playlist"], name="playlist_saved_once")]
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="playlist_saved_recent")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.playlist_id}"


class PlaylistInvite(StoredModel):
    """A link by which accounts become collaborators of a playlist. Only the hash of its secret part is stored.

    ``epoch`` is the owner's ``security_epoch`` at creation; at any other the link is invalid. ``uses`` counts those who
    joined by it.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="invites", db_index=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    epoch = models.IntegerField(editable=False)
    expires_at = models.DateTimeField()
    uses = models.IntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["playlist", "-created_at", "-id"], name="playlist_invite_newest")]

    def __str__(self) -> str:
        return f"invitation to {self.playlist_id}"
