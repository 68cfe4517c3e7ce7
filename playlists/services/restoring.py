"""Playlists from an archive: with their ids, times and notes, and once however often they are restored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from playlists import ordering
from playlists.models import MAX_ITEMS, Playlist, PlaylistItem
from playlists.ordering import GAP
from playlists.services.items import MAX_NOTE_LENGTH
from playlists.services.locking import item_cap, lock_playlist, run_locked
from playlists.services.playlists import create_playlist
from streamsite.sanitize import clean_line, truncate_line
from videos.models import Video


@dataclass(frozen=True)
class FormerItem:
    """An item of a playlist as it was: a video that the account may watch, its note, and when it was added."""

    video: Video
    note: str
    added_at: datetime


def restore_playlist(
    owner: User, data: Mapping[str, object], *, playlist_id: str, created_at: datetime
) -> Playlist:
    """Create a playlist without items. Raises as ``create_playlist`` does."""
    playlist = create_playlist(owner, data, playlist_id=playlist_id)
    Playlist.objects.filter(pk=playlist.pk).update(created_at=created_at)
    playlist.created_at = created_at
    return playlist


def restore_items(playlist: Playlist, owner: User, items: Sequence[FormerItem]) -> int:
    """Append those items that the playlist does not contain yet, in their order; return how many.

    A video may be in it as often as in ``items`` if duplicates are allowed, else once. Raises ``PlaylistFull`` or
    ``LimitReached``, and then nothing is added.
    """

    def store() -> int:
        rows = _missing(playlist, items)
        if not rows:
            return 0
        item_cap(playlist.owner_id).require_room(len(rows))
        now = lock_playlist(playlist, None, items=len(rows), duration=sum(row.video.duration for row in rows))
        first = ordering.next_rank(now.pk)
        PlaylistItem.objects.bulk_create(
            [_item(now, owner, row, first + GAP * number) for number, row in enumerate(rows)]
        )
        return len(rows)

    return run_locked(playlist.pk, store)


def _missing(playlist: Playlist, items: Sequence[FormerItem]) -> list[FormerItem]:
    present = Counter(PlaylistItem.objects.filter(playlist=playlist).values_list("video_id", flat=True))
    found: list[FormerItem] = []
    seen: Counter[str] = Counter()
    for item in items[:MAX_ITEMS]:
        seen[item.video.pk] += 1
        if seen[item.video.pk] > present[item.video.pk] and (
            playlist.allow_duplicates or (seen[item.video.pk] == 1)
        ):
            found.append(item)
    return found


def _item(playlist: Playlist, owner: User, row: FormerItem, rank: float) -> PlaylistItem:
    item = PlaylistItem(
        playlist=playlist,
        video=row.video,
        rank=rank,
        sort=playlist.sort,
        sort_key=ordering.sort_key_for(row.video, playlist.sort),
        duration=row.video.duration,
        note=truncate_line(clean_line(row.note), MAX_NOTE_LENGTH),
        added_by=owner,
        added_at=row.added_at,
    )
    item.copy = item.pk if playlist.allow_duplicates else ""
    return item
