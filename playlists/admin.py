"""Playlists in Django admin."""

from __future__ import annotations

from django.contrib import admin

from playlists.models import Playlist, PlaylistItem


@admin.register(Playlist)
class PlaylistAdmin(admin.ModelAdmin[Playlist]):
    """Find a playlist and see what is in it."""

    list_display = ("title", "owner", "visibility", "item_count", "updated_at")
    list_filter = ("visibility", "updated_at")
    list_select_related = ("owner",)
    search_fields = ("title", "description", "owner__username")
    date_hierarchy = "created_at"
    ordering = ("-updated_at",)
    raw_id_fields = ("owner",)
    readonly_fields = ("id", "item_count", "duration", "version", "created_at", "updated_at")


@admin.register(PlaylistItem)
class PlaylistItemAdmin(admin.ModelAdmin[PlaylistItem]):
    """Which video is where."""

    list_display = ("video", "playlist", "rank", "added_by", "added_at")
    list_filter = ("added_at",)
    list_select_related = ("video", "playlist", "added_by")
    search_fields = ("video__title", "playlist__title")
    ordering = ("-added_at",)
    raw_id_fields = ("playlist", "video", "added_by")
    readonly_fields = ("id", "added_at")
