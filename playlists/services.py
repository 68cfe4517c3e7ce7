"""What can be done to a playlist. ``version`` grows with every change; a move names the version it was made from."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.db.models import F, Max
from django.utils import timezone

from accounts.models import User
from playlists.models import MAX_ITEMS, Playlist, PlaylistItem
from playlists.queries import BY_RANK
from streamsite.errors import Conflict, Invalid, Stale
from streamsite.mongo.retry import in_transaction
from streamsite.text import clean_line, clean_text
from streamsite.visibility import Visibility
from videos.access import video_for_watching
from videos.models import Video

GAP = 1024.0
LEAST_GAP = 1e-6


class AlreadyInPlaylist(Conflict):
    """The video is in the playlist already."""

    code = "already_in_playlist"
    detail = "This video is in the playlist already."


class PlaylistFull(Conflict):
    """The playlist holds as many videos as a playlist may."""

    code = "playlist_full"
    detail = f"A playlist holds at most {MAX_ITEMS} videos."


def create(owner: User, data: dict[str, Any]) -> Playlist:
    """A new playlist, with the videos of ``video_ids`` in their order."""
    clean = _clean(data, complete=True)
    video_ids = data.get("video_ids") or []
    videos = [video_for_watching(owner, video_id) for video_id in dict.fromkeys(video_ids)]

    def store() -> Playlist:
        playlist = Playlist(owner=owner, **clean)
        playlist.item_count = len(videos)
        playlist.duration = sum(video.duration for video in videos)
        playlist.save(force_insert=True)
        PlaylistItem.objects.bulk_create(
            PlaylistItem(playlist=playlist, video=video, rank=GAP * (index + 1), added_by=owner)
            for index, video in enumerate(videos)
        )
        return playlist

    return in_transaction(store)


def update(playlist: Playlist, data: dict[str, Any], *, expected_version: int | None = None) -> Playlist:
    """Change title, description or visibility."""
    changes = _clean(data, complete=False)
    _bump(playlist, expected_version, **changes)
    return Playlist.objects.select_related("owner").get(pk=playlist.pk)


def delete(playlist: Playlist, *, expected_version: int | None = None) -> None:
    """Remove the playlist and its items; the videos stay."""
    if expected_version is not None and playlist.version != expected_version:
        raise Stale

    def remove_rows() -> None:
        PlaylistItem.objects.filter(playlist=playlist).delete()
        Playlist.objects.filter(pk=playlist.pk).delete()

    in_transaction(remove_rows)


def add(playlist: Playlist, actor: User, video_id: str, *, note: str = "") -> PlaylistItem:
    """Append a video that ``actor`` may watch. ``AlreadyInPlaylist`` and ``PlaylistFull`` change nothing."""
    video = video_for_watching(actor, video_id)

    def store() -> PlaylistItem:
        room = Playlist.objects.filter(pk=playlist.pk, item_count__lt=MAX_ITEMS).update(
            item_count=F("item_count") + 1,
            duration=F("duration") + video.duration,
            version=F("version") + 1,
            updated_at=timezone.now(),
        )
        if not room:
            raise PlaylistFull
        last = PlaylistItem.objects.filter(playlist=playlist).aggregate(last=Max("rank"))["last"]
        item = PlaylistItem(
            playlist=playlist,
            video=video,
            rank=(last or 0.0) + GAP,
            note=clean_line(note)[:300],
            added_by=actor,
        )
        item.save(force_insert=True)
        return item

    try:
        return in_transaction(store)
    except IntegrityError:
        raise AlreadyInPlaylist from None


def remove(playlist: Playlist, item: PlaylistItem) -> None:
    """Take an item out. Removing it twice counts once."""
    duration = Video.objects.filter(pk=item.video_id).values_list("duration", flat=True).first() or 0.0

    def take_out() -> None:
        removed, _ = PlaylistItem.objects.filter(pk=item.pk).delete()
        if removed:
            Playlist.objects.filter(pk=playlist.pk).update(
                item_count=F("item_count") - 1,
                duration=F("duration") - duration,
                version=F("version") + 1,
                updated_at=timezone.now(),
            )

    in_transaction(take_out)


def set_note(item: PlaylistItem, note: str) -> None:
    """Change an item's note."""
    PlaylistItem.objects.filter(pk=item.pk).update(note=clean_line(note)[:300])


def move(
    playlist: Playlist,
    item: PlaylistItem,
    *,
    position: int | None = None,
    before: str | None = None,
    after: str | None = None,
    expected_version: int | None = None,
) -> Playlist:
    """Put an item at ``position`` (from 0), or ``before``/``after`` another item of the list.

    Writes the moved item and the playlist's version; neighbours keep their ranks. ``Stale`` when the list changed
    since ``expected_version``.
    """

    def change_rank() -> None:
        # The version's update comes first: of two moves made from one version, one finds it gone.
        _bump(playlist, expected_version)
        low, high = _gap(playlist, item, position, before, after)
        if low is not None and high is not None and high - low < LEAST_GAP:
            _respace(playlist)
            low, high = _gap(playlist, item, position, before, after)
        PlaylistItem.objects.filter(pk=item.pk).update(rank=_between(low, high))

    in_transaction(change_rank)
    return Playlist.objects.select_related("owner").get(pk=playlist.pk)


def step(playlist: Playlist, item: PlaylistItem, direction: str) -> None:
    """Move an item one place ``up`` or ``down``; at the end it stays where it is."""
    ids = list(PlaylistItem.objects.filter(playlist=playlist).order_by(*BY_RANK).values_list("pk", flat=True))
    here = ids.index(item.pk)
    there = here + (-1 if direction == "up" else 1)
    if 0 <= there < len(ids):
        move(playlist, item, position=there)


def forget_video(video_id: str) -> None:
    """Take a video that is being deleted out of every playlist."""
    for item in (
        PlaylistItem.objects.select_related("playlist").filter(video_id=video_id).order_by().iterator()
    ):
        remove(item.playlist, item)


def _bump(playlist: Playlist, expected_version: int | None, **changes: Any) -> None:
    rows = Playlist.objects.filter(pk=playlist.pk)
    if expected_version is not None:
        rows = rows.filter(version=expected_version)
    if not rows.update(version=F("version") + 1, updated_at=timezone.now(), **changes):
        raise Stale


def _gap(
    playlist: Playlist, item: PlaylistItem, position: int | None, before: str | None, after: str | None
) -> tuple[float | None, float | None]:
    """The ranks between which the item goes; ``None`` for an end of the list."""
    others = PlaylistItem.objects.filter(playlist=playlist).exclude(pk=item.pk).order_by(*BY_RANK)
    if position is not None:
        ranks = list(others.values_list("rank", flat=True)[max(0, position - 1) : position + 1])
        if position == 0:
            return None, ranks[0] if ranks else None
        if not ranks:
            last = others.reverse().values_list("rank", flat=True).first()
            return last, None
        return ranks[0], ranks[1] if len(ranks) > 1 else None
    anchor_id = before or after
    if anchor_id == item.pk:
        raise Invalid(
            "An item cannot be moved next to itself.",
            fields={"before" if before else "after": ["The item itself."]},
        )
    anchor = others.filter(pk=anchor_id).first()
    if anchor is None:
        raise Invalid(
            "No such item in this playlist.", fields={"before" if before else "after": ["Unknown item."]}
        )
    if before:
        low = others.filter(rank__lt=anchor.rank).reverse().values_list("rank", flat=True).first()
        return low, anchor.rank
    high = others.filter(rank__gt=anchor.rank).values_list("rank", flat=True).first()
    return anchor.rank, high


def _between(low: float | None, high: float | None) -> float:
    if low is None and high is None:
        return GAP
    if low is None:
        return (high or 0.0) - GAP
    if high is None:
        return low + GAP
    return (low + high) / 2


def _respace(playlist: Playlist) -> None:
    """Give the ranks their gaps back, in the present order."""
    rows = list(PlaylistItem.objects.filter(playlist=playlist).order_by(*BY_RANK))
    for index, row in enumerate(rows):
        row.rank = GAP * (index + 1)
    PlaylistItem.objects.bulk_update(rows, ["rank"], batch_size=500)


def _clean(data: dict[str, Any], *, complete: bool) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    if complete or "title" in data:
        clean["title"] = clean_line(str(data.get("title") or ""))
        if not clean["title"]:
            problems["title"] = ["Give the playlist a title."]
        elif len(clean["title"]) > 150:
            problems["title"] = ["At most 150 characters."]
    if "description" in data:
        clean["description"] = clean_text(str(data["description"] or ""))[:5000]
    if "visibility" in data:
        clean["visibility"] = data["visibility"]
        if data["visibility"] not in Visibility.values:
            problems["visibility"] = [f"One of: {', '.join(Visibility.values)}."]
    if problems:
        raise Invalid("Some fields are not right.", fields=problems)
    return clean
