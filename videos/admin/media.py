"""Thumbnails and playable previews of videos in the admin, of those that the staff member may watch."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from videos import thumbnails
from videos.files.urls import MASTER, REVIEW, media_url
from videos.models import Video
from videos.review import reviewable_ids

EMPTY_THUMBNAIL = SafeString('<span class="thumb thumb-none"></span>')


def mark_reviewable(staff: User | AnonymousUser, videos: Iterable[Video]) -> None:
    """Note on the videos which of them ``staff`` may watch, for the functions below, with at most one read.

    A video without the note has no preview.
    """
    rows = list(videos)
    reviewable = reviewable_ids(staff, rows)
    for video in rows:
        video.is_reviewable = video.pk in reviewable  # type: ignore[attr-defined]


def _is_reviewable(video: Video) -> bool:
    return bool(getattr(video, "is_reviewable", False))


def preview_context(video: Video) -> dict[str, object]:
    """Return the context of ``admin/videos/preview.html``."""
    if not _is_reviewable(video):
        return {"video": video, "is_hidden": True}
    return {
        "video": video,
        "hls_url": media_url(video, MASTER, REVIEW),
        "poster_url": thumbnails.thumbnail_url(video, thumbnails.LARGE, REVIEW),
    }


def render_preview(video: Video) -> SafeString:
    """Render a player of the video."""
    return render_to_string("admin/videos/preview.html", {"player": preview_context(video)})


def render_thumbnail(video: Video | None) -> SafeString:
    """Render a small thumbnail, or an empty frame if there is none or staff may not see it."""
    is_shown = video is not None and _is_reviewable(video)
    address = thumbnails.thumbnail_url(video, thumbnails.SMALL, REVIEW) if video and is_shown else None
    if not address:
        return EMPTY_THUMBNAIL
    return format_html('<img class="thumb" src="{}" alt="" width="96" height="54" loading="lazy">', address)
