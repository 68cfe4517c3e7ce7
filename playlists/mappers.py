"""Playlists as API bodies, for the API and for templates alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mappers import serialize_badge
from accounts.models import User
from playlists import queries
from playlists.access import is_collaborator, may_edit_item, may_show_video
from playlists.models import Playlist, PlaylistInvite, PlaylistItem
from playlists.schemas import InviteDict, ItemDict, PlaylistDict, Role
from streamsite.api.renderers import iso
from streamsite.visibility import Viewer, is_owner
from videos.mappers import serialize_card
from videos.models import Video

OWNER: Final = "owner"
COLLABORATOR: Final = "collaborator"


def serialize_playlist(
    playlist: Playlist, viewer: Viewer, cover: Video | None, people: Mapping[str, User] | None = None
) -> PlaylistDict:
    """Return the playlist object.

    ``cover`` is its first video, whose thumbnail is shown to those who may watch it. ``people`` are the accounts of
    collaborators by id; those that are not among them are left out.
    """
    thumbnail = (
        serialize_card(cover)["thumbnail_url"]
        if cover is not None and may_show_video(viewer, playlist, cover)
        else None
    )
    known = people or {}
    return {
        "id": playlist.pk,
        "title": _("Watch later") if playlist.is_watch_later else playlist.title,
        "description": playlist.description,
        "visibility": playlist.visibility,
        "owner": serialize_badge(playlist.owner),
        "item_count": queries.visible_item_count(viewer, playlist),
        "duration": round(queries.visible_duration(viewer, playlist), 3),
        "thumbnail_url": thumbnail,
        "is_sensitive": bool(thumbnail and cover and cover.shown_as_sensitive),
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


def viewer_role(viewer: Viewer, playlist: Playlist) -> Role | None:
    """Return the viewer's role in the playlist, ``None`` without one."""
    if is_owner(viewer, playlist.owner_id):
        return OWNER
    return COLLABORATOR if is_collaborator(viewer, playlist) else None


def serialize_item(
    row: PlaylistItem, position: int, added_by: str | None, viewer: Viewer, playlist: Playlist
) -> ItemDict:
    """Return an item whose video is loaded and visible to the viewer.

    ``added_by`` is a username; ``can_edit`` says whether ``viewer`` may remove it or change its note.
    """
    return {
        "id": row.pk,
        "position": position,
        "note": row.note,
        "added_at": iso(row.added_at),
        "added_by": added_by,
        "video": serialize_card(row.video),
        "can_edit": may_edit_item(viewer, playlist, row),
    }


def serialize_invite(invite: PlaylistInvite) -> InviteDict:
    """Return an invite link, without its secret."""
    return {
        "id": invite.pk,
        "expires_at": iso(invite.expires_at),
        "is_over": invite.expires_at <= timezone.now(),
        "uses": invite.uses,
        "created_at": iso(invite.created_at),
    }
