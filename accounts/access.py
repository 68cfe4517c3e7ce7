"""The gates of accounts: who may be seen and by whom."""

from __future__ import annotations

from collections.abc import Callable

from accounts import preferences
from accounts.models import User
from accounts.usernames import normalise
from streamsite.errors import Absent
from streamsite.visibility import Viewer, is_owner


def channel_for_viewing(username: str) -> User:
    """The channel of an active account, or ``Absent``."""
    channel = User.objects.filter(username=normalise(username)).first()
    if channel is None:
        raise Absent
    if not channel.is_active:
        raise Absent
    return channel


def channel_for_leaving(username: str, is_tied: Callable[[User], bool]) -> User:
    """The channel of an account that is there for everybody; a closed one for whoever ``is_tied`` to it still."""
    channel = User.objects.filter(username=normalise(username)).first()
    if channel is None:
        raise Absent
    if channel.is_active or is_tied(channel):
        return channel
    raise Absent


def channel_for_listing_subscribers(viewer: Viewer, username: str) -> User:
    """The channel, when ``viewer`` may see who is subscribed to it."""
    return _unless_kept_private(viewer, channel_for_viewing(username), "subscribers_private")


def channel_for_listing_subscriptions(viewer: Viewer, username: str) -> User:
    """The channel, when ``viewer`` may see what it is subscribed to."""
    return _unless_kept_private(viewer, channel_for_viewing(username), "subscriptions_private")


def _unless_kept_private(viewer: Viewer, channel: User, preference: str) -> User:
    if is_owner(viewer, channel.pk):
        return channel
    if preferences.complete(channel.preferences)[preference]:
        raise Absent
    return channel
