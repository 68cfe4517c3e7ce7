"""Likes and dislikes of videos."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from videos.card_rows import with_video_cards
from videos.models import Reaction, Video
from videos.models.reaction import ReactionValue
from videos.playback import statistics_store
from videos.reactions.store import ReactionStore
from videos.signals import like_count_changed
from videos.video_store import BriefVideo

REACTIONS = ReactionStore(rows=Reaction._meta.db_table, key="video_id", counted=Video._meta.db_table)
RECENT = ("-created_at", "-id")


def react(user: User, video: Video | BriefVideo, value: object, *, given_at: datetime | None = None) -> int:
    """Set the viewer's reaction; return the video's likes afterwards. Raises ``Invalid`` for an unknown one.

    ``video`` was just read: a repetition is told the likes that it had then. ``given_at`` is when it was given, if not
    now.
    """
    given = REACTIONS.set_reaction(user.pk, video.pk, value, likes=video.like_count, given_at=given_at)
    _note(video, given.change)
    if given.change.get("like_count", 0) > 0:
        like_count_changed.send(sender=Video, video_id=video.pk, likes=given.likes)
    return given.likes


def withdraw(user: User, video: Video | BriefVideo) -> int:
    """Remove the viewer's reaction; return the video's likes afterwards."""
    given = REACTIONS.remove_reaction(user.pk, video.pk, likes=video.like_count)
    _note(video, given.change)
    return given.likes


def get_reaction(user: User, video: Video | BriefVideo) -> str | None:
    """Return the viewer's reaction, ``None`` without one."""
    return REACTIONS.reactions_of(user.pk, [video.pk]).get(video.pk)


def likes_of_user(user_id: str) -> QuerySet[Reaction]:
    """Return an account's likes with videos and channels; order by ``RECENT``."""
    return with_video_cards(Reaction.objects.filter(user_id=user_id, value=ReactionValue.LIKE))


def delete_for_user(user_id: str) -> None:
    """Delete a deleted account's reactions. Idempotent."""
    REACTIONS.delete_for_user(user_id)


def delete_for_video(video_id: str) -> None:
    """Delete a deleted video's reactions."""
    REACTIONS.delete_for_targets([video_id])


def _note(video: Video | BriefVideo, change: dict[str, int]) -> None:
    """Add the change to the statistics of the day."""
    if change:
        statistics_store.add_today(
            video.pk,
            video.channel_id,
            likes=change.get("like_count", 0),
            dislikes=change.get("dislike_count", 0),
        )
