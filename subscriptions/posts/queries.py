"""Reads of posts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from streamsite.api.pagination import Page, paginate_latest
from streamsite.mongo import keyset_merge
from streamsite.visibility import Viewer
from subscriptions.models import Post
from subscriptions.posts.access import LISTED, listed_posts
from subscriptions.posts.reactions import POST_REACTIONS
from subscriptions.queries import followed_channels

NEWEST = ("-created_at", "-id")


def posts_of_channel(channel_id: str) -> QuerySet[Post]:
    """Return a channel's posts, channels and videos loaded; order by ``NEWEST``."""
    return listed_posts().filter(channel_id=channel_id).select_related("channel", "video__channel")


def posts_feed(request: HttpRequest | Request, user_id: str, *, absolute: bool = True) -> Page[Post]:
    """Return a page of the subscribed channels' posts, latest first, without those of inactive channels."""
    channels = followed_channels(user_id)
    rows, following = paginate_latest(
        request, lambda before, size: _newest_posts(channels, size, before), absolute=absolute
    )
    return Page([post for post in rows if post.channel.is_active], following, None)


def _newest_posts(channel_ids: list[str], limit: int, before: keyset_merge.Moment | None) -> list[Post]:
    found = keyset_merge.find_newest(
        Post._meta.db_table,
        "channel_id",
        channel_ids,
        LISTED,
        by="created_at",
        most=limit,
        before=before,
        fields=["_id"],
    )
    ids = [row["_id"] for row in found]
    posts = listed_posts().select_related("channel", "video__channel").in_bulk(ids)
    return [posts[post_id] for post_id in ids if post_id in posts]


def viewer_reactions(viewer: Viewer, posts: Iterable[Post]) -> dict[str, str]:
    """Return the viewer's reactions to some posts, by post id."""
    return (
        POST_REACTIONS.reactions_of(str(viewer.pk), [post.pk for post in posts])
        if viewer.is_authenticated
        else {}
    )


def titles_by_id(ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the beginnings and URLs of some posts, by id."""
    rows = listed_posts().filter(pk__in=list(ids)).only("pk", "text")
    return {post.pk: (str(post), post.get_absolute_url()) for post in rows}
