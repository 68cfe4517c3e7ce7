"""Posts as API bodies, for the API and for templates alike."""

from __future__ import annotations

from accounts import image_processing
from accounts.mappers import image_urls, serialize_badge
from streamsite.api.renderers import iso
from streamsite.site_settings.features import features
from streamsite.visibility import Viewer, is_owner
from subscriptions.models import Post
from subscriptions.posts.schemas import PostDict, PostPictureDict
from videos.access import may_watch
from videos.mappers import serialize_card


def serialize_post(
    row: Post, viewer: Viewer, reaction: str | None = None, *, hidden_comments: int = 0
) -> PostDict:
    """Return a post; a video that ``viewer`` may not open is left out.

    Its channel, and its video with channel, must be loaded.

    ``hidden_comments`` is the number of its comments that the viewer's blocks hide from them.
    """
    shown = row.video if row.video_id and row.video is not None and may_watch(viewer, row.video) else None
    can_edit = is_owner(viewer, row.channel_id)
    return {
        "id": row.pk,
        "text": row.text,
        "channel": serialize_badge(row.channel),
        "picture": _serialize_image(row),
        "video": serialize_card(shown) if shown is not None else None,
        "counts": {"likes": row.like_count, "comments": max(0, row.comment_count - hidden_comments)},
        "allow_comments": row.allow_comments and features().comments,
        "created_at": iso(row.created_at),
        "edited_at": iso(row.edited_at),
        "url": row.get_absolute_url(),
        "version": row.version,
        "viewer": {"reaction": reaction, "can_edit": can_edit} if viewer.is_authenticated else None,
    }


def _serialize_image(row: Post) -> PostPictureDict | None:
    if not row.picture or len(row.picture_size) != 2:
        return None
    large, small = image_urls(row.picture, image_processing.POST)
    width, height = row.picture_size
    return {"url": large, "small_url": small, "width": width, "height": height}
