"""Reads of posts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import QuerySet

from streamsite.api.pagination import Page
from streamsite.visibility import Viewer
from subscriptions.models import Post
from subscriptions.posts.access import listed_posts
from subscriptions.posts.reactions import OPINIONS
from subscriptions.queries import followed_channels

NEWEST = ("-created_at", "-id")


def of_channel(channel_id: str) -> QuerySet[Post]:
    """What a channel posted, channels and videos loaded; order by ``NEWEST``."""
    return listed_posts().filter(channel_id=channel_id).select_related("channel", "video__channel")


def feed(user_id: str) -> QuerySet[Post]:
    """What the subscribed channels posted; order by ``NEWEST``."""
    rows = listed_posts().filter(channel_id__in=followed_channels(user_id))
    return rows.select_related("channel", "video__channel")


def without_closed(page: Page[Post]) -> Page[Post]:
    """The page without posts of channels that are closed."""
    return replace(page, rows=[post for post in page.rows if post.channel.is_active])


def opinions(viewer: Viewer, posts: Iterable[Post]) -> dict[str, str]:
    """What ``viewer`` thinks of some posts, by id."""
    return OPINIONS.of(str(viewer.pk), [post.pk for post in posts]) if viewer.is_authenticated else {}


def titles(ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The beginnings and addresses of some posts, by id."""
    rows = listed_posts().filter(pk__in=list(ids)).only("pk", "text")
    return {post.pk: (str(post), post.get_absolute_url()) for post in rows}
