"""Public playlists in the sitemaps."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from accounts.access import listed_accounts
from playlists import access
from playlists.models import Playlist
from videos.syndication.sitemaps import Section, add_page


def _add(root: Element, playlists: list[Playlist]) -> None:
    """Write those that have videos and whose owner's channel is there: no index knows these two."""
    owners = listed_accounts().filter(pk__in={playlist.owner_id for playlist in playlists})
    active = set(owners.values_list("pk", flat=True))
    for playlist in playlists:
        if playlist.item_count and playlist.owner_id in active:
            add_page(root, playlist.get_absolute_url(), playlist.updated_at)


SECTION = Section("playlists", "created_at", access.searchable_playlists, _add)
