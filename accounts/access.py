"""The gates of accounts: who may be seen and by whom."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from accounts import preferences
from accounts.models import User
from accounts.usernames import normalize_username
from streamsite.errors import Absent, Forbidden
from streamsite.visibility import Viewer, is_owner


def channel_for_viewing(username: str) -> User:
    """The channel of an active account, or ``Absent``."""
    channel = User.objects.filter(username=normalize_username(username)).first()
    if channel is None:
        raise Absent
    if not channel.is_active:
        raise Absent
    return channel


def listed_accounts() -> QuerySet[User]:
    """Accounts whose channels may appear in anybody's lists: neither closed nor suspended."""
    return User.objects.filter(is_active=True)


def channel_for_unsubscribing(username: str, is_tied: Callable[[User], bool]) -> User:
    """The channel of an account that is there for everybody; a closed one for whoever ``is_tied`` to it still."""
    channel = User.objects.filter(username=normalize_username(username)).first()
    if channel is None:
        raise Absent
    if channel.is_active or is_tied(channel):
        return channel
    raise Absent


def channel_for_listing_subscribers(viewer: Viewer, username: str) -> User:
    """The channel, when ``viewer`` may see who is subscribed to it."""
    return _unless_private(viewer, channel_for_viewing(username), "subscribers_private")


def channel_for_listing_subscriptions(viewer: Viewer, username: str) -> User:
    """The channel, when ``viewer`` may see what it is subscribed to."""
    return _unless_private(viewer, channel_for_viewing(username), "subscriptions_private")


def _unless_private(viewer: Viewer, channel: User, preference: str) -> User:
    if is_owner(viewer, channel.pk):
        return channel
    if preferences.with_defaults(channel.preferences)[preference]:
        raise Absent
    return channel


# --- staff ---


def may_manage(actor: User, account: User) -> bool:
    """Whether ``actor`` may act on ``account`` as staff.

    Nobody acts on their own account, and only superusers on accounts of staff: whoever takes one over has its rights.
    """
    if actor.pk == account.pk:
        return False
    return actor.is_superuser or not (account.is_staff or account.is_superuser)


def may_manage_rights(actor: User, account: User) -> bool:
    """Whether ``actor`` may give ``account`` rights in the administration, or take them away."""
    return actor.is_superuser and actor.pk != account.pk


def require_manageable(actor: User | None, account: User) -> None:
    """Raise ``Forbidden`` unless ``actor`` may act on ``account``; ``None`` is the operator at the command line."""
    if actor is None:
        return
    if actor.pk == account.pk:
        raise Forbidden("This is your own account. Use your settings instead.")
    if not may_manage(actor, account):
        raise Forbidden("Only superusers can change accounts of staff.")


def require_rights_manageable(actor: User | None, account: User) -> None:
    """Raise ``Forbidden`` unless ``actor`` may change what ``account`` is allowed to do."""
    if actor is not None and not may_manage_rights(actor, account):
        raise Forbidden("Only another superuser can change these permissions.")
