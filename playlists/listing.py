"""Pages of playlists and of items, for the API and for pages alike."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User
from playlists import mappers, queries
from playlists.models import Playlist, PlaylistItem
from streamsite.api.pagination import Page, paginate
from streamsite.visibility import Viewer
from videos.models import Video


def covers(playlists: list[Playlist]) -> dict[str, Video]:
    """The first video of each playlist, by playlist id, in two reads."""
    wanted = [playlist.pk for playlist in playlists if playlist.item_count]
    first: dict[str, str] = {}
    for playlist_id in wanted:
        row = (
            PlaylistItem.objects.filter(playlist_id=playlist_id)
            .order_by(*queries.BY_RANK)
            .values_list("video_id", flat=True)
            .first()
        )
        if row:
            first[playlist_id] = row
    videos = Video.objects.select_related("channel").in_bulk(set(first.values()))
    return {playlist_id: videos[video_id] for playlist_id, video_id in first.items() if video_id in videos}


def body(page: Page[Playlist], viewer: Viewer) -> dict[str, Any]:
    """A page of playlists in the contract's list form."""
    pictures = covers(page.rows)
    return page.body(lambda playlist: mappers.full(playlist, viewer, pictures.get(playlist.pk)))


def items_body(
    request: HttpRequest | Request, playlist: Playlist, viewer: Viewer, *, absolute: bool = True
) -> dict[str, Any]:
    """A page of items: what ``viewer`` may not see is left out and counted in ``hidden_count``."""
    page = paginate(request, queries.items(playlist), queries.BY_RANK, absolute=absolute)
    visible, hidden = queries.with_videos(viewer, page.rows)
    first = queries.first_position(playlist, page.rows[0]) if page.rows else 0
    places = {row.pk: first + index for index, row in enumerate(page.rows)}
    adders = dict(
        User.objects.filter(pk__in={row.added_by_id for row in visible if row.added_by_id}).values_list(
            "pk", "username"
        )
    )
    return {
        "next": page.next,
        "previous": page.previous,
        "hidden_count": hidden,
        "results": [mappers.item(row, places[row.pk], adders.get(row.added_by_id or "")) for row in visible],
    }
