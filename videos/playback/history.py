"""An account's history: one row per video, moved to the front whenever it is watched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts import preferences
from accounts.models import User
from streamsite.ids import object_id
from videos import folded_titles
from videos.access import may_anyone_watch
from videos.card_rows import with_video_cards
from videos.models import Video, Watch
from videos.playback import history_store
from videos.video_store import BriefVideo

RECENT = ("-watched_at", "-id")
# The rest of a video that counts as watched: the smaller of the two, as in static/js/player/position.js.
FINISHED_SHARE, FINISHED_SECONDS = 0.05, 180.0
# Before this position there is nothing to resume.
MIN_RESUME_SECONDS = 5.0


def record_position(user: User, video: Video | BriefVideo, position: float) -> bool:
    """Store the viewer's position. Return False when they paused their history."""
    if preferences.value_of(user.preferences, "history_paused"):
        return False
    values: dict[str, object] = {
        "title": video.title,
        "folded_title": folded_titles.fold_title(video.title),
        "position": position,
        "duration": video.duration,
        "completed": is_finished(position, video.duration),
        "watched_at": timezone.now(),
    }
    first: dict[str, object] = {"_id": object_id()}
    if position < MIN_RESUME_SECONDS and not values["completed"]:
        # Opened again, and hardly more: what was seen to its end stays so.
        first["completed"] = values.pop("completed")
    history_store.save_entry(user.pk, video.pk, values, first)
    return True


def restore_entry(
    user_id: str,
    video: Video,
    *,
    position: float,
    duration: float,
    completed: bool,
    watched_at: datetime,
) -> bool:
    """Store an entry of an earlier history, and return True, unless there is one of the video."""
    values: dict[str, object] = {
        "_id": object_id(),
        "title": video.title,
        "folded_title": folded_titles.fold_title(video.title),
        "position": position,
        "duration": duration,
        "completed": completed,
        "watched_at": watched_at,
    }
    return history_store.add_entry(user_id, video.pk, values)


def is_finished(position: float, duration: float) -> bool:
    """Return whether a viewer who left there has seen the video."""
    return duration > 0 and position >= duration - min(FINISHED_SHARE * duration, FINISHED_SECONDS)


def history_of_user(user_id: str, words: str = "") -> QuerySet[Watch]:
    """Return an account's history, with ``words`` in the title, videos and channels loaded; order by ``RECENT``."""
    rows = with_video_cards(Watch.objects.filter(user_id=user_id))
    return folded_titles.filter_by_words(rows, words)


def unfinished_of_user(user_id: str) -> QuerySet[Watch]:
    """Return the videos that an account can resume; order by ``RECENT``."""
    rows = Watch.objects.filter(user_id=user_id, completed=False, position__gte=MIN_RESUME_SECONDS)
    return with_video_cards(rows, "category")


def refresh_title(video_id: str) -> None:
    """Update all copies of a video's title; of a hidden video only its owner's. Idempotent.

    Others could find out by searching their history what a video that was hidden from them is called now.
    """
    video = Video.objects.select_related("channel").filter(pk=video_id).first()
    if video is None:
        return
    only_of = "" if may_anyone_watch(video) else video.channel_id
    history_store.set_title(video_id, video.title, only_of=only_of)


def iter_outdated_titles() -> Iterator[str]:
    """Yield the ids of videos whose title in some history is outdated, though its account may see the new one."""
    for piece in history_store.iter_titles():
        videos = Video.objects.select_related("channel").in_bulk({row["video_id"] for row in piece})
        for row in piece:
            video = videos.get(row["video_id"])
            if video is None or row.get("title") == video.title:
                continue
            if row["user_id"] == video.channel_id or may_anyone_watch(video):
                yield row["video_id"]
