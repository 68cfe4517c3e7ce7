"""The order of a playlist: ranks with gaps, set by moves, or keys that a rule derives from the videos.

By hand the order is ``(rank, id)``: a move writes one item, ranked between its new neighbors, which keep their ranks.
Under a rule it is ``(sort_key, id)``; ranks are kept, so the order by hand can be restored.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from playlists import store
from playlists.models import Playlist, PlaylistItem, Sort
from streamsite.errors import Invalid
from videos.models import Video

BY_RANK = ("rank", "id")
BY_KEY = ("sort_key", "id")
GAP = 1024.0
MIN_GAP = 1e-6


@dataclass(frozen=True)
class Place:
    """The target of a move: ``position`` (from 0), or a neighboring item."""

    position: int | None = None
    before: str | None = None
    after: str | None = None


def order_fields(playlist: Playlist) -> tuple[str, str]:
    """Return the fields that order the playlist now; each pair has an index."""
    return BY_RANK if playlist.sort == Sort.MANUAL else BY_KEY


def sort_key_for(video: Video, sort: str) -> float:
    """Return the sort key of a video under a rule. Unpublished videos count from their creation."""
    if sort == Sort.MOST_VIEWED:
        return -float(video.view_count)
    if sort == Sort.MANUAL:
        return 0.0
    moment = (video.published_at or video.created_at).timestamp()
    return -moment if sort == Sort.NEWEST else moment


def next_rank(playlist_id: str) -> float:
    """Return a rank after the last item."""
    rows = PlaylistItem.objects.filter(playlist_id=playlist_id).order_by("-rank", "-id")
    last = rows.values_list("rank", flat=True).first()
    return GAP if last is None else last + GAP


def rank_for(playlist_id: str, item_id: str, place: Place) -> float:
    """Return the rank that puts an item at ``place``, making room if necessary. Raises ``Invalid``."""
    low, high = _gap(playlist_id, item_id, place)
    if low is not None and high is not None and high - low < MIN_GAP:
        rebalance_ranks(playlist_id)
        low, high = _gap(playlist_id, item_id, place)
    return _between(low, high)


def rebalance_ranks(playlist_id: str) -> None:
    """Restore the gaps between ranks, keeping the order."""
    rows = PlaylistItem.objects.filter(playlist_id=playlist_id).order_by(*BY_RANK)
    ids = list(rows.values_list("pk", flat=True))
    store.set_item_fields({item_id: {"rank": GAP * (index + 1)} for index, item_id in enumerate(ids)})


def apply_sort_rule(playlist_id: str, sort: str) -> None:
    """Set every item's key under a rule: at most 5,000 items, read and written in one command each."""
    rows = list(PlaylistItem.objects.filter(playlist_id=playlist_id).values_list("pk", "video_id"))
    videos = Video.objects.only("view_count", "published_at", "created_at").in_bulk(
        {video_id for _, video_id in rows}
    )
    store.set_item_fields(
        {
            item_id: {"sort": str(sort), "sort_key": sort_key_for(videos[video_id], sort)}
            for item_id, video_id in rows
            if video_id in videos
        }
    )


def neighbor_id(playlist: Playlist, item: PlaylistItem, direction: int) -> str | None:
    """Return the id of the item before (-1) or after (1) another in the order by hand, or ``None``."""
    rows = PlaylistItem.objects.filter(playlist=playlist)
    side = _after(rows, item.rank, item.pk) if direction > 0 else _before(rows, item.rank, item.pk)
    return side.values_list("pk", flat=True).first()


def _after(rows: QuerySet[PlaylistItem], rank: float, item_id: str) -> QuerySet[PlaylistItem]:
    """Return the items after a place, nearest first. The first condition uses the index, the second breaks ties."""
    return rows.filter(Q(rank__gt=rank) | Q(pk__gt=item_id), rank__gte=rank).order_by(*BY_RANK)


def _before(rows: QuerySet[PlaylistItem], rank: float, item_id: str) -> QuerySet[PlaylistItem]:
    return rows.filter(Q(rank__lt=rank) | Q(pk__lt=item_id), rank__lte=rank).order_by("-rank", "-id")


def _gap(playlist_id: str, item_id: str, place: Place) -> tuple[float | None, float | None]:
    """Return the ranks between which the item goes; ``None`` for an end of the list."""
    others = PlaylistItem.objects.filter(playlist_id=playlist_id).exclude(pk=item_id)
    if place.position is not None:
        return _gap_at(others.order_by(*BY_RANK), place.position)
    name, anchor_id = ("before", place.before) if place.before else ("after", place.after)
    if anchor_id == item_id:
        raise Invalid(
            _("A video can't be moved next to itself."),
            fields={name: [_("Choose a different video.")]},
        )
    anchor = others.filter(pk=anchor_id).first()
    if anchor is None:
        raise Invalid(
            _("That video isn't in this playlist."), fields={name: [_("That video isn't in this playlist.")]}
        )
    side = _before if name == "before" else _after
    other = side(others, anchor.rank, anchor.pk).values_list("rank", flat=True).first()
    return (other, anchor.rank) if name == "before" else (anchor.rank, other)


def _gap_at(others: QuerySet[PlaylistItem], position: int) -> tuple[float | None, float | None]:
    """Return the ranks around a position, stepping over at most 5,000 index keys."""
    if position == 0:
        return None, others.values_list("rank", flat=True).first()
    ranks = list(others.values_list("rank", flat=True)[position - 1 : position + 1])
    if not ranks:
        return others.reverse().values_list("rank", flat=True).first(), None
    return ranks[0], ranks[1] if len(ranks) > 1 else None


def _between(low: float | None, high: float | None) -> float:
    if low is None and high is None:
        return GAP
    if low is None:
        return (high or 0.0) - GAP
    if high is None:
        return low + GAP
    return (low + high) / 2


def item_position(playlist: Playlist, item: PlaylistItem) -> int:
    """Return how many items come before one, counted over at most 5,000 index keys, without reading documents.

    For responses about a single item; a page of items has its places from its cursor.
    """
    field = order_fields(playlist)[0]
    key = getattr(item, field)
    rows = PlaylistItem.objects.filter(playlist=playlist)
    before = rows.filter(**{f"{field}__lt": key}).count()
    return before + rows.filter(**{field: key}, pk__lt=item.pk).count()


def update_view_keys(video_id: str, views: int) -> None:
    """Update the sort key of a video in playlists ordered by views."""
    PlaylistItem.objects.filter(video_id=video_id, sort=Sort.MOST_VIEWED).update(sort_key=-float(views))


def sync_video(video_id: str) -> None:
    """Update a video's sort keys and durations, and the durations of its playlists.

    Each row is one conditional update whose outcome decides the playlist's sum, so repeats and races count once.
    """
    video = Video.objects.filter(pk=video_id).first()
    if video is None:
        return
    for sort in (Sort.NEWEST, Sort.OLDEST):
        PlaylistItem.objects.filter(video_id=video_id, sort=sort).update(sort_key=sort_key_for(video, sort))
    for item in PlaylistItem.objects.filter(video_id=video_id).order_by().iterator():
        if item.duration == video.duration:
            continue
        changed = PlaylistItem.objects.filter(pk=item.pk, duration=item.duration).update(
            duration=video.duration
        )
        if changed:
            more = video.duration - item.duration
            Playlist.objects.filter(pk=item.playlist_id).update(duration=F("duration") + more)
