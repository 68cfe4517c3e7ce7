"""Add, move, annotate, and remove playlist items."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from playlists import ordering
from playlists.access import may_show_video
from playlists.models import MAX_ITEMS, Playlist, PlaylistItem, Sort
from playlists.ordering import Place
from playlists.services.locking import SortedByRule, item_cap, lock_playlist, run_locked
from streamsite.errors import Absent, Conflict, Stale
from streamsite.sanitize import clean_line, truncate_line
from videos.access import video_for_watching
from videos.models import Video

MAX_NOTE_LENGTH = 300


class AlreadyInPlaylist(Conflict):
    """The playlist already contains the video."""

    code = "already_in_playlist"
    detail = _("This video is already in the playlist.")


def add_video(
    playlist: Playlist, actor: User, video_id: str, *, note: str = "", position: int | None = None
) -> PlaylistItem:
    """Append a video that ``actor`` may watch, or insert it at ``position`` (from 0). Return the item.

    Raises ``Absent`` for a video that ``actor`` may not watch or that was deleted meanwhile, ``AlreadyInPlaylist``,
    ``PlaylistFull``, and ``SortedByRule`` for a position if a rule decides the order.
    """
    return add_watchable(playlist, actor, video_for_watching(actor, video_id), note=note, position=position)


def add_watchable(
    playlist: Playlist, actor: User, video: Video, *, note: str = "", position: int | None = None
) -> PlaylistItem:
    """Do what ``add_video`` does with a video that the gate has just admitted ``actor`` to."""

    def store() -> PlaylistItem:
        now = lock_playlist(playlist, actor, items=1, duration=video.duration)
        if position is not None and now.sort != Sort.MANUAL:
            raise SortedByRule
        if not now.allow_duplicates and _contains(now, video):
            raise AlreadyInPlaylist
        item = PlaylistItem(
            playlist=now,
            video=video,
            sort=now.sort,
            sort_key=ordering.sort_key_for(video, now.sort),
            duration=video.duration,
            note=truncate_line(clean_line(note), MAX_NOTE_LENGTH),
            added_by=actor,
        )
        item.copy = item.pk if now.allow_duplicates else ""
        if position is None:
            item.rank = ordering.next_rank(now.pk)
        else:
            item.rank = ordering.rank_for(now.pk, item.pk, Place(position=position))
        item.save(force_insert=True)
        return item

    try:
        item = run_locked(playlist.pk, store)
    except IntegrityError:
        raise AlreadyInPlaylist from None
    if not Video.objects.filter(pk=video.pk).exists():
        # It was deleted meanwhile, perhaps after its items were removed.
        remove_item(playlist, item)
        raise Absent
    item_cap(playlist.owner_id).confirm(lambda: remove_item(playlist, item))
    return item


def _contains(playlist: Playlist, video: Video) -> bool:
    return PlaylistItem.objects.filter(playlist=playlist, video=video).exists()


def remove_item(
    playlist: Playlist, item: PlaylistItem, *, actor: User | None = None, expected_version: int | None = None
) -> Playlist | None:
    """Remove an item and return the updated playlist; ``None`` if it was removed already, so counts change once."""

    def take_out() -> Playlist | None:
        row = PlaylistItem.objects.filter(pk=item.pk).first()
        if row is None:
            return None
        now = lock_playlist(playlist, actor, version=expected_version, items=-1, duration=-row.duration)
        PlaylistItem.objects.filter(pk=item.pk).delete()
        return now

    return run_locked(playlist.pk, take_out)


def remove_hidden_items(playlist: Playlist, owner: User) -> int:
    """Remove items hidden even from the owner, such as videos that became private. Return how many."""
    rows = PlaylistItem.objects.filter(playlist=playlist).select_related("video__channel")
    hidden = [row for row in rows.order_by() if not may_show_video(owner, playlist, row.video)]
    for row in hidden:
        remove_item(playlist, row, actor=owner)
    return len(hidden)


def set_note(
    playlist: Playlist, item: PlaylistItem, note: str, *, expected_version: int | None = None
) -> None:
    """Change an item's note. Does not change the playlist's version, so other tabs can continue sorting.

    Raises ``Stale`` unless the playlist is at ``expected_version``.
    """
    if expected_version is not None and playlist.version != expected_version:
        raise Stale
    PlaylistItem.objects.filter(pk=item.pk).update(note=truncate_line(clean_line(note), MAX_NOTE_LENGTH))


def move_item(
    playlist: Playlist,
    item: PlaylistItem,
    *,
    position: int | None = None,
    before: str | None = None,
    after: str | None = None,
    expected_version: int | None = None,
    actor: User | None = None,
) -> Playlist:
    """Move an item to ``position`` (from 0), or ``before``/``after`` another item of the list.

    Writes the moved item and the playlist's version; neighbors keep their ranks. Raises ``Stale`` if the list changed
    since ``expected_version``, ``SortedByRule`` if a rule decides the order.
    """
    place = Place(position=position, before=before, after=after)
    return _move_to(playlist, item, place, actor=actor, expected_version=expected_version)


def _move_to(
    playlist: Playlist,
    item: PlaylistItem,
    place: Place,
    *,
    actor: User | None,
    expected_version: int | None,
) -> Playlist:
    def change_rank() -> Playlist:
        now = lock_playlist(playlist, actor, version=expected_version)
        if now.sort != Sort.MANUAL:
            raise SortedByRule
        rank = ordering.rank_for(now.pk, item.pk, place)
        if not PlaylistItem.objects.filter(pk=item.pk).update(rank=rank):
            raise Absent
        return now

    return run_locked(playlist.pk, change_rank)


def move_one_step(
    playlist: Playlist,
    item: PlaylistItem,
    direction: str,
    *,
    actor: User | None = None,
    expected_version: int | None = None,
) -> None:
    """Move an item one place ``up`` or ``down``, or to the ``top`` or ``bottom``; do nothing at the end of the list."""
    if direction == "top":
        place: Place | None = Place(position=0)
    elif direction == "bottom":
        place = Place(position=MAX_ITEMS)
    elif direction == "up":
        before = ordering.neighbor_id(playlist, item, -1)
        place = Place(before=before) if before is not None else None
    else:
        after = ordering.neighbor_id(playlist, item, 1)
        place = Place(after=after) if after is not None else None
    if place is not None:
        _move_to(playlist, item, place, actor=actor, expected_version=expected_version)


def remove_deleted_video(video_id: str) -> None:
    """Remove a deleted video from every playlist. Idempotent."""
    rows = PlaylistItem.objects.select_related("playlist").filter(video_id=video_id)
    for item in rows.order_by().iterator():
        remove_item(item.playlist, item)
