"""Videos as plain mappings, for the API and for templates alike."""

from __future__ import annotations

from typing import Any

from accounts.mappers import badge
from streamsite.api.renderers import iso
from streamsite.visibility import Viewer, is_linkable, is_owner
from videos import media_tokens
from videos.models import Status, Video

MASTER, POSTER, CARD_POSTER, STORYBOARD = "master.m3u8", "poster.webp", "card.webp", "storyboard.vtt"


def media_url(video: Video, name: str) -> str | None:
    """The address of one of the video's files for whoever may open the video now; ``None`` while there is none."""
    if not video.generation:
        return None
    viewer_class = (
        media_tokens.PUBLIC
        if is_linkable(video.visibility) and video.status == Status.READY
        else media_tokens.OWNER
    )
    token = media_tokens.make(video.pk, video.generation, viewer_class)
    return f"/media/v/{token}/{video.pk}/{video.generation}/{name}"


def card(video: Video) -> dict[str, Any]:
    """A video in a list. ``video.channel`` must be loaded."""
    return {
        "id": video.pk,
        "title": video.title,
        "visibility": video.visibility,
        "status": video.status,
        "progress": video.progress,
        "duration": video.duration,
        "thumbnail_url": media_url(video, CARD_POSTER) if video.has_poster else None,
        "storyboard_url": media_url(video, STORYBOARD) if video.has_storyboard else None,
        "channel": badge(video.channel),
        "counts": _counts(video),
        "url": video.get_absolute_url(),
        "published_at": iso(video.published_at),
        "created_at": iso(video.created_at),
    }


def full(video: Video, viewer: Viewer) -> dict[str, Any]:
    """The video object of the contract, for somebody who may open it."""
    can_edit = is_owner(viewer, video.channel_id)
    return card(video) | {
        "description": video.description,
        "tags": video.tags,
        "category": video.category,
        "language": video.language,
        "publish_at": None,
        "failure": _failure(video) if can_edit else None,
        "width": video.width,
        "height": video.height,
        "thumbnail_url": media_url(video, POSTER) if video.has_poster else None,
        "hls_url": media_url(video, MASTER) if video.status == Status.READY else None,
        "download_url": None,
        "captions": [],
        "chapters": [],
        "allow_comments": video.allow_comments,
        "allow_embed": video.allow_embed,
        "updated_at": iso(video.updated_at),
        "version": video.version,
        "viewer": _viewer(can_edit) if viewer.is_authenticated else None,
    }


def processing(video: Video) -> dict[str, Any]:
    """The job as its owner may read it."""
    return {
        "status": video.status,
        "progress": video.progress,
        "attempt": video.attempt,
        "steps": video.steps,
        "error": _failure(video),
    }


def _counts(video: Video) -> dict[str, int]:
    return {"views": video.view_count, "likes": video.like_count, "comments": video.comment_count}


def _failure(video: Video) -> dict[str, str] | None:
    if not video.failure_code:
        return None
    return {"code": video.failure_code, "detail": video.failure_detail}


def _viewer(can_edit: bool) -> dict[str, Any]:
    return {"reaction": None, "position": 0.0, "in_watch_later": False, "can_edit": can_edit}
