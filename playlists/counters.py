"""The counters of playlists, for ``streamsite.mongo.counters``."""

from __future__ import annotations

from playlists.models import Playlist, PlaylistItem
from streamsite.mongo.counters import counting

LISTS, ITEMS = Playlist._meta.db_table, PlaylistItem._meta.db_table

ALL = (
    counting(LISTS, "item_count", ITEMS, "playlist_id"),
    counting(LISTS, "duration", ITEMS, "playlist_id", sum_of="duration"),
)
