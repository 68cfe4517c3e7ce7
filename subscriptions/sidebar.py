"""The subscribed channels in the sidebar of every page, with a mark at those with something new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.image_processing import AVATAR
from accounts.mappers import image_url_pair
from accounts.models import User
from subscriptions import subscription_store
from subscriptions.subscription_store import ChannelNewsRow
from videos.access import listed_match_for

MAX_CHANNELS = 50
FIRST_SHOWN = 7
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class SidebarChannel:
    """A subscribed channel."""

    username: str
    full_name: str
    avatar_small_url: str | None
    newest_at: datetime
    is_new: bool


def channels_of(user: User) -> list[SidebarChannel]:
    """Return the channels of the account's latest ``MAX_CHANNELS`` subscriptions, latest upload first, in one read.

    A channel is new when a video of it that lists may show the account was published after the latest of three moments:
    when they subscribed, when they last opened the feed, and when they last opened the channel.
    """
    rows = subscription_store.channels_with_newest(user.pk, MAX_CHANNELS, listed_match_for(user))
    feed_seen_at = max((row["feed_seen_at"] for row in rows if row.get("feed_seen_at")), default=None)
    channels = [_channel(row, feed_seen_at) for row in rows if row.get("channel")]
    return sorted(channels, key=lambda channel: channel.newest_at, reverse=True)


def _channel(row: ChannelNewsRow, feed_seen_at: datetime | None) -> SidebarChannel:
    found = row["channel"][0]
    newest = row["newest"][0]["published_at"] if row["newest"] else None
    seen = [at for at in (row["created_at"], row.get("seen_at"), feed_seen_at) if at is not None]
    return SidebarChannel(
        username=found["username"],
        full_name=found["full_name"],
        avatar_small_url=image_url_pair(found["avatar"], AVATAR)[1],
        newest_at=newest.replace(tzinfo=UTC) if newest else NEVER,
        is_new=newest is not None and newest > max(seen),
    )
