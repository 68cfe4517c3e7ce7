"""Playlists as plain mappings."""

from __future__ import annotations

from typing import Any

from accounts.mappers import badge
from playlists.models import Playlist, PlaylistItem
from streamsite.api.renderers import iso
from streamsite.visibility import Viewer, is_owner
from videos.access import may_watch
from videos.mappers import card
from videos.models import Video


def full(playlist: Playlist, viewer: Viewer, cover: Video | None) -> dict[str, Any]:
    """The playlist object. ``cover`` is its first video; its picture shows only to those who may watch it."""
    picture = card(cover)["thumbnail_url"] if cover is not None and may_watch(viewer, cover) else None
    return {
        "id": playlist.pk,
        "title": playlist.title,
        "description": playlist.description,
        "visibility": playlist.visibility,
        "owner": badge(playlist.owner),
        "item_count": playlist.item_count,
        "duration": max(0.0, round(playlist.duration, 3)),
        "thumbnail_url": picture,
        "collaborators": [],
        "sort": "manual",
        "version": playlist.version,
        "created_at": iso(playlist.created_at),
        "updated_at": iso(playlist.updated_at),
        "url": playlist.get_absolute_url(),
        "can_edit": is_owner(viewer, playlist.owner_id),
    }


def item(row: PlaylistItem, position: int, added_by: str | None) -> dict[str, Any]:
    """An item whose video is loaded and visible to the viewer."""
    return {
        "id": row.pk,
        "position": position,
        "note": row.note,
        "added_at": iso(row.added_at),
        "added_by": added_by,
        "video": card(row.video),
    }
