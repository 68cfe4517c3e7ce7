"""The fields of a video card. Lists load only these fields of videos and channels.

Reading any other field of a row sends one more command; ``tests/test_card_rows.py`` counts the commands of every list.
Rows of a list share their channel objects, so do not change or save them.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from accounts.badge_rows import BADGE_FIELDS
from videos.playback_gate import PlaybackGate

Row = TypeVar("Row", bound=Model)

# What ``PlaybackGate`` and media addresses need, what ``mappers.serialize_card`` shows, and what lists are ordered by.
VIDEO_FIELDS = (
    *PlaybackGate.DOCUMENT_FIELDS,
    *("title", "status", "progress", "duration", "shown_as_sensitive"),
    *("view_count", "like_count", "comment_count", "trend"),
    *("published_at", "originally_published_on", "first_published_at", "created_at"),
    *("listed", "stored_generation", "visibility_epoch", "poster", "has_storyboard"),
)


def with_cards(rows: QuerySet[Row], *more: str) -> QuerySet[Row]:
    """Return videos with what cards show, their channels included, and ``more`` of their fields."""
    return rows.select_related("channel").only(*more, *_card_fields(""))


def with_video_cards(rows: QuerySet[Row], *more: str) -> QuerySet[Row]:
    """Return rows that have a ``video``, such as a history's: all of their fields, and what cards show of the video.

    ``more`` names other fields of the video.
    """
    own = [field.name for field in rows.model._meta.concrete_fields]
    return rows.select_related("video__channel").only(
        *own, *_card_fields("video__"), *(f"video__{name}" for name in more)
    )


def _card_fields(prefix: str) -> list[str]:
    channel = [f"{prefix}channel__{name}" for name in BADGE_FIELDS]
    return [*(f"{prefix}{name}" for name in VIDEO_FIELDS), *channel]
