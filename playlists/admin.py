"""Playlists in Django admin."""

from __future__ import annotations

from django.contrib import admin

from playlists.models import Playlist, PlaylistItem, SavedPlaylist


@admin.register(Playlist)
class PlaylistAdmin(admin.ModelAdmin[Playlist]):
    """Find a playlist and see what is in it."""

    list_display = ("title", "owner", "visibility", "sort", "item_count", "updated_at")
    list_filter = ("visibility", "sort", "is_watch_later", "updated_at")
    list_select_related = ("owner",)
    search_fields = ("title", "description", "owner__username")
    date_hierarchy = "created_at"
    ordering = ("-updated_at",)
    raw_id_fields = ("owner",)
    # The order's rule is kept in every item as well, and an item in the playlist's sums: services change those.
    readonly_fields = (
        "id",
        "sort",
        "is_watch_later",
        "collaborators",
        "item_count",
        "duration",
        "version",
        "created_at",
        "updated_at",
    )


@admin.register(PlaylistItem)
class PlaylistItemAdmin(admin.ModelAdmin[PlaylistItem]):
    """Which video is where."""

    list_display = ("video", "playlist", "rank", "added_by", "added_at")
    list_filter = ("added_at",)
    list_select_related = ("video", "playlist", "added_by")
    search_fields = ("video__title", "playlist__title")
    ordering = ("-added_at",)
    raw_id_fields = ("playlist", "video", "added_by")
    readonly_fields = ("id", "sort", "sort_key", "copy", "duration", "added_at")


@admin.register(SavedPlaylist)
class SavedPlaylistAdmin(admin.ModelAdmin[SavedPlaylist]):
    """Who keeps which playlist of somebody else."""

    list_display = ("playlist", "user", "created_at")
    list_select_related = ("playlist", "user")
    search_fields = ("playlist__title", "user__username")
    ordering = ("-created_at",)
    raw_id_fields = ("playlist", "user")
    readonly_fields = ("id", "created_at")
