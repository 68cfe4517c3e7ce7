"""Channels and subscriptions."""

from __future__ import annotations

from typing import Literal

from streamsite_client.binding import Listing
from streamsite_client.core import Core, path_of
from streamsite_client.models import Card, Channel, ChannelProfile, Subscription
from streamsite_client.steps import Flow


def search(q: str) -> Listing[Channel]:
    """Find channels by username and display name."""
    return Listing("channels", {"q": q})


def get(core: Core, /, username: str) -> Flow[ChannelProfile]:
    """Read a channel."""
    channel: ChannelProfile = yield from core.call("GET", path_of("channels", username))
    return channel


def videos(username: str) -> Listing[Card]:
    """List a channel's public videos, the newest first."""
    return Listing(path_of("channels", username, "videos"))


def subscriptions() -> Listing[Channel]:
    """List the channels that the caller is subscribed to."""
    return Listing("me/subscriptions")


def feed() -> Listing[Card]:
    """List the newest videos of the subscribed channels."""
    return Listing("me/feed")


def subscribe(
    core: Core, /, username: str, *, notify: Literal["all", "none"] | None = None
) -> Flow[Subscription]:
    """Subscribe to a channel, or change its bell."""
    body = {"notify": notify} if notify else {}
    state: Subscription = yield from core.call(
        "PUT", path_of("channels", username, "subscription"), json=body
    )
    return state


def unsubscribe(core: Core, /, username: str) -> Flow[Subscription]:
    """End the subscription to a channel."""
    state: Subscription = yield from core.call("DELETE", path_of("channels", username, "subscription"))
    return state
