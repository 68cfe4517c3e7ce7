"""Access rules of accounts: who may see a channel, and which staff may act on an account."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import preferences
from accounts.models import User
from accounts.usernames import normalize_username
from streamsite.errors import Absent, Forbidden
from streamsite.visibility import Viewer, is_owner


def channel_for_viewing(username: str) -> User:
    """Return the channel of an active account. Raises ``Absent``."""
    channel = User.objects.filter(username=normalize_username(username)).first()
    if channel is None:
        raise Absent
    if not channel.is_active:
        raise Absent
    return channel


def channel_by_id_or_name(name: str) -> User:
    """Return the channel with this account id or else this username. Raises ``Absent``."""
    return listed_accounts().filter(pk=name).first() or channel_for_viewing(name.removeprefix("@"))


def listed_accounts() -> QuerySet[User]:
    """Return accounts whose channels may appear in public lists, that is, active ones."""
    return User.objects.filter(is_active=True)


def listed_accounts_by_id(ids: Iterable[str]) -> dict[str, User]:
    """Return those of ``listed_accounts`` with these ids, by id.

    They are read by their ids alone, so that those that were read a moment ago are not read again.
    """
    found = User.objects.in_bulk(list(ids))
    return {key: user for key, user in found.items() if user.is_active}


def channel_for_unsubscribing(username: str, is_tied: Callable[[User], bool]) -> User:
    """Return an active account's channel, or an inactive one that ``is_tied`` to the caller. Raises ``Absent``."""
    channel = User.objects.filter(username=normalize_username(username)).first()
    if channel is None:
        raise Absent
    if channel.is_active or is_tied(channel):
        return channel
    raise Absent


def channel_for_listing_subscribers(viewer: Viewer, username: str) -> User:
    """Return the channel if ``viewer`` may see its subscribers. Raises ``Absent``."""
    return _unless_private(viewer, channel_for_viewing(username), "subscribers_private")


def channel_for_listing_subscriptions(viewer: Viewer, username: str) -> User:
    """Return the channel if ``viewer`` may see its subscriptions. Raises ``Absent``."""
    return _unless_private(viewer, channel_for_viewing(username), "subscriptions_private")


def _unless_private(viewer: Viewer, channel: User, preference: str) -> User:
    if is_owner(viewer, channel.pk):
        return channel
    if preferences.value_of(channel.preferences, preference):
        raise Absent
    return channel


# --- staff ---


def may_manage(actor: User, account: User) -> bool:
    """Return whether ``actor`` may act on ``account`` as staff.

    Nobody may act on their own account, and only superusers may act on staff accounts, since taking one over grants its
    permissions.
    """
    if actor.pk == account.pk:
        return False
    return actor.is_superuser or not (account.is_staff or account.is_superuser)


def may_manage_rights(actor: User, account: User) -> bool:
    """Return whether ``actor`` may change ``account``'s staff permissions."""
    return actor.is_superuser and actor.pk != account.pk


def require_manageable(actor: User | None, account: User) -> None:
    """Raise ``Forbidden`` unless ``actor`` may act on ``account``. ``None`` is the operator at the command line."""
    if actor is None:
        return
    if actor.pk == account.pk:
        raise Forbidden(_("This is your own account. Use your settings instead."))
    if not may_manage(actor, account):
        raise Forbidden(_("Only superusers can change staff accounts."))


def require_rights_manageable(actor: User | None, account: User) -> None:
    """Raise ``Forbidden`` unless ``actor`` may change ``account``'s staff permissions."""
    if actor is not None and not may_manage_rights(actor, account):
        raise Forbidden(_("Only another superuser can change these permissions."))
