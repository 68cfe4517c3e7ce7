"""Repairs of the public totals of playlists, which the previous release only half maintains."""

from __future__ import annotations

from collections.abc import Iterator

from playlists import mongo, search
from playlists.models import Playlist
from streamsite.mongo.repairs import Repair, batches

CLOSE = 0.01  # seconds that sums may differ by
LISTS_AT_ONCE = 100


def _wrong() -> Iterator[str]:
    """Yield the ids of playlists whose stored public item count or duration is wrong."""
    known = Playlist.objects.exclude(shown_items=None).exclude(shown_duration=None).order_by("pk")
    for lists in batches(known.iterator(chunk_size=LISTS_AT_ONCE), LISTS_AT_ONCE):
        totals = mongo.added_up(lists)
        for one in lists:
            items, seconds = totals[one.pk]
            if one.shown_items != items or abs((one.shown_duration or 0.0) - seconds) > CLOSE:
                yield one.pk


def _correct(playlist_ids: list[str]) -> None:
    for ids in batches(playlist_ids, LISTS_AT_ONCE):
        mongo.shown_totals(Playlist.objects.filter(pk__in=ids))


ALL = (Repair(f"{mongo.LISTS}.shown_items", _wrong, _correct), search.INDEX.repair)
