"""Playlists in Django admin."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from playlists import services
from playlists.models import Playlist, PlaylistItem, SavedPlaylist
from playlists.services.playlists import delete_any_playlist
from streamsite.service_admin import ServiceAdmin


@admin.register(Playlist)
class PlaylistAdmin(ServiceAdmin[Playlist]):
    """Find playlists and change or delete them."""

    admin_group, admin_rank = "content", 30
    list_display = ("title", "owner", "visibility", "sort", "item_count", "created_at")
    list_filter = ("visibility", "sort", "is_watch_later", "created_at")
    list_select_related = ("owner",)
    search_fields = ("title", "owner__username")
    search_help_text = gettext_lazy("Search by words in the title or username.")
    ordering = ("-created_at",)
    # Items repeat the playlist's sort rule, and its totals count them: services change both.
    readonly_fields = (
        "id",
        "owner",
        "sort",
        "is_watch_later",
        "collaborators",
        "item_count",
        "duration",
        "version",
        "created_at",
        "updated_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: people create playlists."""
        return False

    def write(self, request: HttpRequest, row: Playlist, changes: dict[str, object]) -> None:
        """Change the playlist as its owner would."""
        services.update_playlist(row, changes)

    def remove(self, request: HttpRequest, row: Playlist) -> None:
        """Delete it with its items, and for whoever saved it."""
        delete_any_playlist(row)


@admin.register(PlaylistItem)
class PlaylistItemAdmin(ServiceAdmin[PlaylistItem]):
    """The items of playlists."""

    admin_group, admin_rank = "content", 40
    list_display = ("video", "playlist", "rank", "added_by", "added_at")
    list_select_related = ("video", "playlist", "added_by")
    search_fields = ("=playlist", "=video")
    search_help_text = gettext_lazy("Search by the ID of a playlist or video.")
    ordering = ("-id",)
    readonly_fields = (
        *("id", "playlist", "video", "rank", "sort", "sort_key", "copy", "duration", "added_by", "added_at"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: videos are added on the site, which updates the playlist's totals and version."""
        return False

    def write(self, request: HttpRequest, row: PlaylistItem, changes: dict[str, object]) -> None:
        """Change the note, the only field that is not the list's."""
        services.set_note(row.playlist, row, str(changes["note"]))

    def remove(self, request: HttpRequest, row: PlaylistItem) -> None:
        """Remove the video; the playlist's totals follow."""
        services.remove_item(row.playlist, row)


@admin.register(SavedPlaylist)
class SavedPlaylistAdmin(ServiceAdmin[SavedPlaylist]):
    """Saved playlists of other people."""

    admin_group, admin_rank = "content", 50
    list_display = ("playlist", "user", "created_at")
    list_select_related = ("playlist", "user")
    search_fields = ("=playlist", "user__username")
    search_help_text = gettext_lazy("Search by playlist ID or username.")
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: people save playlists."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: SavedPlaylist | None = None) -> bool:
        """Return False: there is nothing to change."""
        return False

    def remove(self, request: HttpRequest, row: SavedPlaylist) -> None:
        """Remove the playlist from the library."""
        services.unsave_playlist(row.user, row.playlist_id)
