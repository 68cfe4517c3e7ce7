"""Playlists as plain mappings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.mappers import serialize_badge
from accounts.models import User
from playlists import queries
from playlists.access import is_collaborator, may_edit_item, may_show_video
from playlists.models import Playlist, PlaylistItem
from streamsite.api.renderers import iso
from streamsite.visibility import Viewer, is_owner
from videos.mappers import serialize_card
from videos.models import Video

OWNER, COLLABORATOR = "owner", "collaborator"


def serialize_playlist(
    playlist: Playlist, viewer: Viewer, cover: Video | None, people: Mapping[str, User] | None = None
) -> dict[str, Any]:
    """The playlist object. ``cover`` is its first video; its picture shows only to those who may watch it.

    ``people`` are the collaborators' accounts, loaded; whoever is not among them is left out.
    """
    picture = (
        serialize_card(cover)["thumbnail_url"]
        if cover is not None and may_show_video(viewer, playlist, cover)
        else None
    )
    known = people or {}
    return {
        "id": playlist.pk,
        "title": playlist.title,
        "description": playlist.description,
        "visibility": playlist.visibility,
        "owner": serialize_badge(playlist.owner),
        "item_count": queries.visible_item_count(viewer, playlist),
        "duration": round(queries.visible_duration(viewer, playlist), 3),
        "thumbnail_url": picture,
        "collaborators": [serialize_badge(known[one]) for one in playlist.collaborators if one in known],
        "sort": playlist.sort,
        "allow_duplicates": playlist.allow_duplicates,
        "is_watch_later": playlist.is_watch_later,
        "version": playlist.version,
        "created_at": iso(playlist.created_at),
        "updated_at": iso(playlist.updated_at),
        "url": playlist.get_absolute_url(),
        "can_edit": is_owner(viewer, playlist.owner_id),
        "role": viewer_role(viewer, playlist),
    }


def viewer_role(viewer: Viewer, playlist: Playlist) -> str | None:
    """What ``viewer`` is to the playlist: ``owner``, ``collaborator`` or ``None``."""
    if is_owner(viewer, playlist.owner_id):
        return OWNER
    return COLLABORATOR if is_collaborator(viewer, playlist) else None


def serialize_item(row: PlaylistItem, position: int, added_by: str | None) -> dict[str, Any]:
    """An item whose video is loaded and visible to the viewer."""
    return {
        "id": row.pk,
        "position": position,
        "note": row.note,
        "added_at": iso(row.added_at),
        "added_by": added_by,
        "video": serialize_card(row.video),
    }


def serialize_item_for(
    row: PlaylistItem, position: int, added_by: str | None, viewer: Viewer, playlist: Playlist
) -> dict[str, Any]:
    """An item and whether ``viewer`` may take it out or change its note."""
    return serialize_item(row, position, added_by) | {"can_edit": may_edit_item(viewer, playlist, row)}
