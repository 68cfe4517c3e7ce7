"""The counters of playlists, for ``streamsite.mongo.counters``."""

from __future__ import annotations

from playlists.models import Playlist, PlaylistItem
from streamsite.mongo.counters import build_counter

LISTS, ITEMS = Playlist._meta.db_table, PlaylistItem._meta.db_table

COUNTERS = (
    build_counter(LISTS, "item_count", ITEMS, "playlist_id"),
    build_counter(LISTS, "duration", ITEMS, "playlist_id", sum_of="duration"),
)
