"""The feeds that the hub distributes, by their addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve, reverse

from accounts.access import channel_for_viewing
from accounts.models import User
from accounts.registration import login_only
from streamsite.errors import SiteError
from videos.syndication import feeds, urls
from videos.syndication.feeds import Feed


@dataclass(frozen=True)
class Topic:
    """A feed: its address, and what builds it. ``build`` raises ``SiteError`` once nobody may see it."""

    url: str
    build: Callable[[], Feed]


def hub_url() -> str:
    """Return the address of the hub, as feeds name it."""
    return urls.absolute_url(reverse("websub"))


def link_header(topic: str) -> str:
    """Return the ``Link`` header by which a feed names itself and the hub."""
    return f'<{hub_url()}>; rel="hub", <{topic}>; rel="self"'


def channel_topic(owner: User) -> str:
    """Return the address of a channel's feed."""
    return f"{settings.SITE_URL}{reverse('channel-feed', args=[owner.username])}"


def find_topic(url: str) -> Topic | None:
    """Return the feed with this address; ``None`` for what is no feed of the site that everybody may read."""
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" != settings.SITE_URL or parts.query or login_only.is_on():
        return None
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    if match.url_name != "channel-feed":
        return None
    username = match.kwargs["username"]
    try:
        owner = channel_for_viewing(username)
    except SiteError:
        return None
    return Topic(channel_topic(owner), lambda: feeds.build_channel_feed(channel_for_viewing(username)))
