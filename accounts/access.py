"""The gates of accounts: who may be seen and by whom."""

from __future__ import annotations

from accounts.models import User
from accounts.usernames import normalise
from streamsite.errors import Absent


def channel_for_viewing(username: str) -> User:
    """The channel of an active account, or ``Absent``."""
    channel = User.objects.filter(username=normalise(username)).first()
    if channel is None:
        raise Absent
    if not channel.is_active:
        raise Absent
    return channel
