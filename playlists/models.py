"""Playlists and their items. Order is a rank, so that a move writes one document."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from streamsite.ids import object_id
from streamsite.visibility import Visibility

MAX_ITEMS = 5_000


class Playlist(models.Model):
    """A list of videos of one owner. ``version`` grows with every change and guards moves."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="playlists")
    title = models.CharField(max_length=150)
    description = models.TextField(max_length=5000, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE)
    item_count = models.IntegerField(default=0, editable=False)
    duration = models.FloatField(default=0.0, editable=False)
    version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-updated_at", "-id"], name="playlist_own"),
            models.Index(fields=["owner", "visibility", "-updated_at", "-id"], name="playlist_owner_listed"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The playlist's page."""
        return f"/playlists/{self.id}"


class PlaylistItem(models.Model):
    """A video at a place in a playlist. ``rank`` orders; gaps let a move write one document."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="items")
    video = models.ForeignKey("videos.Video", on_delete=models.CASCADE, related_name="playlist_items")
    rank = models.FloatField()
    note = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(fields=["playlist", "video"], name="playlist_item_once"),
        ]
        indexes = [models.Index(fields=["playlist", "rank", "id"], name="playlist_item_order")]

    def __str__(self) -> str:
        return f"{self.playlist_id}: {self.video_id}"
