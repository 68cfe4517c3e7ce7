"""Thumbnails and playable previews of videos in the admin, for every state of visibility."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from videos import thumbnails
from videos.files.urls import MASTER, REVIEW, media_url
from videos.models import Video

EMPTY_THUMBNAIL = SafeString('<span class="thumb thumb-none"></span>')


def preview_context(video: Video) -> dict[str, object]:
    """Return the context of ``admin/videos/preview.html``."""
    return {
        "video": video,
        "hls_url": media_url(video, MASTER, REVIEW),
        "poster_url": thumbnails.thumbnail_url(video, thumbnails.LARGE, REVIEW),
    }


def render_preview(video: Video) -> SafeString:
    """Render a player of the video."""
    return render_to_string("admin/videos/preview.html", {"player": preview_context(video)})


def render_thumbnail(video: Video | None) -> SafeString:
    """Render a small thumbnail, or an empty frame while there is none."""
    address = thumbnails.thumbnail_url(video, thumbnails.SMALL, REVIEW) if video is not None else None
    if not address:
        return EMPTY_THUMBNAIL
    return format_html('<img class="thumb" src="{}" alt="" width="96" height="54" loading="lazy">', address)
