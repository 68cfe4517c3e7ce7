"""Access rules of posts: anyone may read an active channel's posts unless staff took them down."""

from __future__ import annotations

import re

from django.db.models import QuerySet

from streamsite.errors import Absent, Forbidden
from streamsite.visibility import Viewer, is_owner
from subscriptions.models import Post

POST_ID = re.compile(r"\A[A-Za-z0-9_-]{12,32}\Z")


# ``listed_posts`` for pipelines.
LISTED = {"is_taken_down": False}


def listed_posts() -> QuerySet[Post]:
    """Return posts that may appear in public lists if their channel may."""
    return Post.objects.filter(**LISTED)


def post_for_reading(viewer: Viewer, post_id: str) -> Post:
    """Return the post, with channel and video, if ``viewer`` may read it. Raises ``Absent``."""
    return _readable(viewer, post_id, Post.objects.select_related("channel", "video__channel"))


def post_for_reacting(viewer: Viewer, post_id: str) -> Post:
    """Return as much of the post as a reaction needs, if ``viewer`` may read it. Raises ``Absent``."""
    fields = ("channel_id", "is_taken_down", "like_count", "channel__is_active")
    return _readable(viewer, post_id, Post.objects.select_related("channel").only(*fields))


def _readable(viewer: Viewer, post_id: str, rows: QuerySet[Post]) -> Post:
    post = rows.filter(pk=post_id).first() if POST_ID.match(post_id) else None
    if post is None:
        raise Absent
    if is_owner(viewer, post.channel_id):
        return post
    if not may_anyone_read(post):
        raise Absent
    return post


def may_anyone_read(post: Post) -> bool:
    """Return whether the post is open to everyone. Its channel must be loaded."""
    if not post.channel.is_active:
        return False
    return not post.is_taken_down


def post_for_editing(viewer: Viewer, post_id: str) -> Post:
    """Return the post if ``viewer`` may change it. Raises ``Absent``, or ``Forbidden`` if they may only read it."""
    post = post_for_reading(viewer, post_id)
    if not is_owner(viewer, post.channel_id):
        raise Forbidden
    return post
