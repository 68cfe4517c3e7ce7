"""The data of events: what a webhook's owner may see, and never an email address.

The webhook of a channel gets what its owner sees of their own videos. One of the site gets what everybody sees: of
videos that are not listed only an id, the channel, and what became of the processing.
"""

from __future__ import annotations

from typing import TypedDict

from django.conf import settings

from accounts import preferences
from accounts.models import User
from streamsite.api.renderers import iso
from videos.models import Comment, Video


class ChannelData(TypedDict):
    """A channel."""

    username: str
    full_name: str
    url: str


class VideoData(TypedDict):
    """A video; ``title``, ``url`` and ``visibility`` are null for a site's webhook while it is not listed."""

    id: str
    title: str | None
    url: str | None
    visibility: str | None
    status: str
    duration: float | None
    failure: dict[str, str] | None
    channel: ChannelData


class CommentData(TypedDict):
    """A comment that everybody can read who can open what it is about."""

    id: str
    text: str
    created_at: str
    parent_id: str | None
    author: ChannelData
    channel: ChannelData
    about: dict[str, str]


class SubscriptionData(TypedDict):
    """A subscription; ``subscriber`` is null for accounts that keep their subscriptions to themselves."""

    channel: ChannelData
    subscriber: ChannelData | None
    subscribers: int


def channel_data(user: User) -> ChannelData:
    """Return a channel's data."""
    return {
        "username": user.username,
        "full_name": user.get_full_name(),
        "url": f"{settings.SITE_URL}{user.get_absolute_url()}",
    }


def video_data(video: Video, *, is_open: bool) -> VideoData:
    """Return a video's data. ``is_open`` says that the receiver may see title and address. Its channel is loaded."""
    failed = bool(video.failure_code)
    return {
        "id": video.pk,
        "title": video.title if is_open else None,
        "url": f"{settings.SITE_URL}{video.get_absolute_url()}" if is_open else None,
        "visibility": str(video.visibility) if is_open else None,
        "status": str(video.status),
        "duration": video.duration or None,
        "failure": {"code": video.failure_code, "detail": video.failure_detail} if failed else None,
        "channel": channel_data(video.channel),
    }


def comment_data(comment: Comment) -> CommentData:
    """Return a comment's data. Its author and owner are loaded."""
    return {
        "id": comment.pk,
        "text": comment.text,
        "created_at": iso(comment.created_at),
        "parent_id": comment.parent or None,
        "author": channel_data(comment.author),
        "channel": channel_data(comment.owner),
        "about": {"type": comment.about, "id": comment.subject},
    }


def subscription_data(channel: User, subscriber: User | None) -> SubscriptionData:
    """Return a subscription's data."""
    shows = (
        subscriber is not None
        and subscriber.is_active
        and not preferences.value_of(subscriber.preferences, "subscriptions_private")
    )
    return {
        "channel": channel_data(channel),
        "subscriber": channel_data(subscriber) if subscriber is not None and shows else None,
        "subscribers": channel.subscriber_count,
    }
