"""Pages of playlists and of items, for the API and for HTML pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from rest_framework.request import Request

from playlists import access, mappers, queries
from playlists.models import Playlist, SavedPlaylist
from playlists.ordering import order_fields
from playlists.schemas import ListedPlaylistDict, PageOfItemsDict, PageOfPlaylistsDict, PlaylistDict
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import Page, paginate
from streamsite.visibility import Viewer


def playlists_page(page: Page[Playlist], viewer: Viewer) -> PageDict[PlaylistDict]:
    """Return a page of playlists in list form, without those that ``viewer`` may not open."""
    return {"next": page.next, "previous": page.previous, "results": serialize_playlists(page.rows, viewer)}


def saved_playlists_page(page: Page[SavedPlaylist], viewer: Viewer) -> PageDict[PlaylistDict]:
    """Return a page of saved playlists in list form, without those that ``viewer`` may not open."""
    playlists = [row.playlist for row in page.rows]
    return {"next": page.next, "previous": page.previous, "results": serialize_playlists(playlists, viewer)}


def save_dialog_page(page: Page[Playlist], viewer: Viewer, video_id: str) -> PageOfPlaylistsDict:
    """Return a page of playlists to save a video to, each with ``contains`` and ``item_id``, without thumbnails.

    ``in_watch_later`` is given separately, whichever page Watch later itself is on.
    """
    later = queries.watch_later_id(str(viewer.pk))
    found = queries.items_containing(video_id, [later, *(row.pk for row in page.rows)])
    people = queries.active_users(one for row in page.rows for one in row.collaborators)
    results: list[ListedPlaylistDict] = [
        {
            **mappers.serialize_playlist(row, viewer, None, people),
            "contains": row.pk in found,
            "item_id": found.get(row.pk),
        }
        for row in page.rows
        if access.may_view(viewer, row)
    ]
    return {
        "next": page.next,
        "previous": page.previous,
        "in_watch_later": later in found,
        "results": results,
    }


def serialize_playlists(
    playlists: list[Playlist], viewer: Viewer, *, only_listed: bool = False
) -> list[PlaylistDict]:
    """Return those of the playlists that ``viewer`` may open, as dictionaries with thumbnails.

    With ``only_listed``, a thumbnail is included only if its video is listed: in public search results, the thumbnail
    of an unlisted video would reveal its id.
    """
    shown = [row for row in playlists if access.may_view(viewer, row)]
    queries.load_public_totals(viewer, shown)
    pictures = queries.thumbnail_videos(shown)
    if only_listed:
        pictures = {playlist_id: video for playlist_id, video in pictures.items() if video.listed}
    people = queries.active_users(one for row in shown for one in row.collaborators)
    return [mappers.serialize_playlist(row, viewer, pictures.get(row.pk), people) for row in shown]


@dataclass(frozen=True)
class ItemsPage:
    """A page of items, and the playlist they belong to."""

    body: PageOfItemsDict
    playlist: PlaylistDict


def items_page(
    request: HttpRequest | Request, playlist: Playlist, viewer: Viewer, *, absolute: bool = True
) -> ItemsPage:
    """Return a page of items. What ``viewer`` may not see is left out and counted in ``hidden_count``.

    The playlist's thumbnail is that of the page's first video.
    """
    page = paginate(request, queries.items_with_videos(playlist), order_fields(playlist), absolute=absolute)
    shown = queries.visible_items(viewer, playlist, page.rows)
    places = {row.pk: page.first + index for index, row in enumerate(page.rows)}
    guests = {row.added_by_id for row in shown} - {playlist.owner_id}
    people = queries.active_users([*guests, *playlist.collaborators]) | {playlist.owner_id: playlist.owner}
    results = []
    for row in shown:
        adder = people.get(row.added_by_id or "")
        name = adder.username if adder is not None else None
        results.append(mappers.serialize_item(row, places[row.pk], name, viewer, playlist))
    content: PageOfItemsDict = {
        "next": page.next,
        "previous": page.previous,
        "hidden_count": len(page.rows) - len(shown),
        "results": results,
    }
    cover = page.rows[0].video if page.rows else None
    return ItemsPage(content, mappers.serialize_playlist(playlist, viewer, cover, people))
