"""Reads of subscriptions and of the feed, which is computed when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts import mappers, preferences
from accounts.badge_rows import with_badges
from accounts.models import User
from accounts.schemas import ChannelDict, ChannelViewerDict
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import Page, paginate_latest
from streamsite.visibility import Viewer
from subscriptions import subscription_store
from subscriptions.models import Subscription
from videos import queries as video_queries
from videos.hooks.home_page import MAX_CANDIDATES, Shelf
from videos.mappers import serialize_card
from videos.models import Video
from videos.schemas.cards import FeedCardDict

RECENT = ("-created_at", "-id")
MAX_FEED_CHANNELS = 2_000


def viewer_relation(viewer: Viewer, channel: User) -> ChannelViewerDict | None:
    """Return ``{is_self, is_subscribed, notify}`` of a signed-in viewer, or ``None``."""
    notify = None
    if viewer.is_authenticated and viewer.pk != channel.pk:
        rows = Subscription.objects.filter(subscriber_id=str(viewer.pk), channel=channel)
        row = rows.only("notify").first()
        notify = row.notify if row is not None else None
    return build_viewer_relation(viewer, channel, notify)


def build_viewer_relation(viewer: Viewer, channel: User, notify: str | None) -> ChannelViewerDict | None:
    """Return ``viewer_relation`` from a known bell setting (``None`` if not subscribed)."""
    if not viewer.is_authenticated:
        return None
    is_self = viewer.pk == channel.pk
    return {"is_self": is_self, "is_subscribed": notify is not None, "notify": notify}


def notify_stages(user_id: str, video: Video) -> tuple[str, list[dict[str, object]]]:
    """Return collection and pipeline of the viewer's subscription, ``{notify}``, for ``videos.viewer_state``."""
    pair = {"subscriber_id": user_id, "channel_id": video.channel_id}
    return Subscription._meta.db_table, [{"$match": pair}, {"$project": {"_id": 0, "notify": 1}}]


def channel_body(viewer: Viewer, channel: User) -> ChannelDict:
    """Return the channel object for ``viewer``."""
    return mappers.serialize_channel(channel, viewer_relation(viewer, channel))


def subscriptions_of_user(user_id: str) -> QuerySet[Subscription]:
    """Return the account's subscriptions, channels loaded; order by ``RECENT``."""
    return with_badges(Subscription.objects.filter(subscriber_id=user_id, away=False), "channel")


def subscribers_of_channel(channel_id: str) -> QuerySet[Subscription]:
    """Return a channel's subscriptions, subscribers loaded; order by ``RECENT``."""
    rows = Subscription.objects.filter(channel_id=channel_id, away=False)
    return with_badges(rows, "subscriber", "preferences")


def without_inactive_channels(page: Page[Subscription]) -> Page[Subscription]:
    """Return the page without inactive channels. Channels must be loaded."""
    return replace(page, rows=[row for row in page.rows if row.channel.is_active])


def without_hidden_subscribers(page: Page[Subscription]) -> Page[Subscription]:
    """Return the page without inactive accounts and those with private subscriptions. Subscribers must be loaded.

    Filtered here because the database would join every subscriber of the channel to find the first few.
    """
    return replace(page, rows=[row for row in page.rows if _may_be_named(row.subscriber)])


def _may_be_named(subscriber: User) -> bool:
    return subscriber.is_active and not preferences.value_of(subscriber.preferences, "subscriptions_private")


def followed_channels(user_id: str) -> list[str]:
    """Return the ids of the channels in an account's feed: the latest ``MAX_FEED_CHANNELS`` subscriptions."""
    return list(
        Subscription.objects.filter(subscriber_id=user_id)
        .order_by(*RECENT)
        .values_list("channel_id", flat=True)[:MAX_FEED_CHANNELS]
    )


def feed_shelf(user: User, _before: Sequence[Shelf]) -> Shelf:
    """Return the home page's shelf of the newest videos in the feed."""
    rows = newest_feed_videos(user, MAX_CANDIDATES) if user.subscription_count else []
    return Shelf(
        "feed",
        _("New from your subscriptions"),
        "/feed",
        [{"video": serialize_card(video)} for video in rows],
    )


def feed_page(request: HttpRequest | Request, user: User, *, absolute: bool = True) -> PageDict[FeedCardDict]:
    """Return a page of the feed in list form; ``is_new`` marks videos published since the feed was last seen.

    ``previous`` is always ``None``, since newer videos may have come from any channel meanwhile.
    """
    channels, seen = subscription_store.followed_and_seen(user.pk, MAX_FEED_CHANNELS)
    rows, following = paginate_latest(
        request,
        lambda before, size: video_queries.newest_of_channels(user, channels, size, before),
        by="published_at",
        absolute=absolute,
    )
    cards: list[FeedCardDict] = [
        {
            **serialize_card(video),
            "is_new": bool(seen and video.published_at and video.published_at > seen),
        }
        for video in rows
    ]
    return {"next": following, "previous": None, "results": cards}


def newest_feed_videos(user: User, limit: int, *more: str) -> list[Video]:
    """Return the newest videos of the subscribed channels that lists may show ``user``.

    They have what cards show, and ``more`` of their fields.
    """
    return video_queries.newest_of_channels(user, followed_channels(user.pk), limit, None, *more)
