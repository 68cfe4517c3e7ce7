"""Reads of playlists and their items."""

from __future__ import annotations

from django.db.models import QuerySet

from playlists.models import Playlist, PlaylistItem
from streamsite.visibility import Viewer
from videos.access import may_watch
from videos.models import Video

RECENT = ("-updated_at", "-id")
BY_RANK = ("rank", "id")


def items(playlist: Playlist) -> QuerySet[PlaylistItem]:
    """The items of a playlist; order by ``BY_RANK``. Visibility of the videos is the caller's next step."""
    return PlaylistItem.objects.filter(playlist=playlist)


def with_videos(viewer: Viewer, rows: list[PlaylistItem]) -> tuple[list[PlaylistItem], int]:
    """Items whose videos ``viewer`` may watch, videos and channels loaded, and how many were left out."""
    videos = Video.objects.select_related("channel").in_bulk([row.video_id for row in rows])
    visible = []
    for row in rows:
        video = videos.get(row.video_id)
        if video is not None and may_watch(viewer, video):
            row.video = video
            visible.append(row)
    return visible, len(rows) - len(visible)


def first_position(playlist: Playlist, row: PlaylistItem) -> int:
    """How many items come before ``row``: its position, counted from 0, by the order's index."""
    before = PlaylistItem.objects.filter(playlist=playlist, rank__lt=row.rank).count()
    return before + PlaylistItem.objects.filter(playlist=playlist, rank=row.rank, pk__lt=row.pk).count()


def cover_video(playlist: Playlist) -> Video | None:
    """The first video of the playlist, for its picture."""
    row = items(playlist).order_by(*BY_RANK).first()
    if row is None:
        return None
    return Video.objects.select_related("channel").filter(pk=row.video_id).first()
