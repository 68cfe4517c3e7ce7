"""Public playlists in the sitemaps."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from django.db.models import QuerySet

from playlists import access
from playlists.models import Playlist
from videos.syndication.sitemaps import Section, add_page


def _rows() -> QuerySet[Playlist]:
    return access.searchable_playlists().select_related("owner")


def _add(root: Element, playlists: list[Playlist]) -> None:
    """Write those that have videos and whose owner's channel is there: no index knows these two."""
    for playlist in playlists:
        if playlist.item_count and playlist.owner.is_active:
            add_page(root, playlist.get_absolute_url(), playlist.updated_at)


SECTION = Section("playlists", "created_at", _rows, _add)
