"""Playlists in Django admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from playlists import services
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from playlists.services.playlists import erase
from streamsite.admin_lists import BoundedListMixin


@admin.register(Playlist)
class PlaylistAdmin(BoundedListMixin[Playlist], admin.ModelAdmin[Playlist]):
    """Find a playlist and see what is in it."""

    list_display = ("title", "owner", "visibility", "sort", "item_count", "created_at")
    list_filter = ("visibility", "sort", "is_watch_later", "created_at")
    list_select_related = ("owner",)
    search_fields = ("title", "owner__username")
    search_help_text = "Words of the title, or the beginning of a username."
    ordering = ("-created_at",)
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

    def delete_model(self, request: HttpRequest, obj: Playlist) -> None:
        """With its items, and whoever saved it."""
        erase(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Playlist]) -> None:
        """Each as by itself."""
        for playlist in queryset:
            erase(playlist)


@admin.register(PlaylistItem)
class PlaylistItemAdmin(BoundedListMixin[PlaylistItem], admin.ModelAdmin[PlaylistItem]):
    """Which video is where."""

    list_display = ("video", "playlist", "rank", "added_by", "added_at")
    list_select_related = ("video", "playlist", "added_by")
    search_fields = ("=playlist", "=video")
    search_help_text = "The id of a playlist or of a video."
    ordering = ("-id",)
    raw_id_fields = ("added_by",)
    readonly_fields = ("id", "playlist", "video", "sort", "sort_key", "copy", "duration", "added_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Videos are added where they are watched: the playlist's sums and its version follow there."""
        return False

    def delete_model(self, request: HttpRequest, obj: PlaylistItem) -> None:
        """The playlist's sums follow."""
        services.remove(obj.playlist, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[PlaylistItem]) -> None:
        """Each as by itself."""
        for item in queryset.select_related("playlist"):
            services.remove(item.playlist, item)


@admin.register(SavedPlaylist)
class SavedPlaylistAdmin(BoundedListMixin[SavedPlaylist], admin.ModelAdmin[SavedPlaylist]):
    """Who keeps which playlist of somebody else."""

    list_display = ("playlist", "user", "created_at")
    list_select_related = ("playlist", "user")
    search_fields = ("=playlist", "user__username")
    search_help_text = "The id of a playlist, or the beginning of a username."
    ordering = ("-id",)
    raw_id_fields = ("playlist", "user")
    readonly_fields = ("id", "created_at")
