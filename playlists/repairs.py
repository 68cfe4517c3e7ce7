"""Repair of public playlist totals, which the previous release maintains only partly."""

from __future__ import annotations

from collections.abc import Iterator

from playlists import search, store
from playlists.models import Playlist
from streamsite.mongo.repairs import Repair, chunk_values

TOLERANCE_SECONDS = 0.01  # of sums of durations
BATCH_SIZE = 100


def _ids_with_wrong_totals() -> Iterator[str]:
    """Yield the ids of playlists whose stored public item count or duration is wrong."""
    known = Playlist.objects.exclude(shown_items=None).exclude(shown_duration=None).order_by("pk")
    for lists in chunk_values(known.iterator(chunk_size=BATCH_SIZE), BATCH_SIZE):
        totals = store.compute_public_totals(lists)
        for one in lists:
            items, seconds = totals[one.pk]
            if one.shown_items != items or abs((one.shown_duration or 0.0) - seconds) > TOLERANCE_SECONDS:
                yield one.pk


def _correct(playlist_ids: list[str]) -> None:
    for ids in chunk_values(playlist_ids, BATCH_SIZE):
        store.refresh_public_totals(Playlist.objects.filter(pk__in=ids))


REPAIRS = (Repair(f"{store.LISTS}.shown_items", _ids_with_wrong_totals, _correct), search.INDEX.repair)
