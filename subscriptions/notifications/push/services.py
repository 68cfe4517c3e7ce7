"""Turn notifications of a browser on and off, and list the browsers of an account."""

from __future__ import annotations

import binascii
import hashlib
from datetime import UTC, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import User
from streamsite import outbound
from streamsite.api.renderers import iso
from streamsite.errors import Absent, Invalid
from subscriptions.notifications.push import encryption, store, vapid
from subscriptions.notifications.push.store import PushDoc
from subscriptions.schemas import PushSubscriptionDict

# The browsers of one account; another one takes the place of the oldest.
MAX_BROWSERS = 20
MAX_ENDPOINT_LENGTH = 1_000
MAX_USER_AGENT_LENGTH = 300


def push_id(endpoint: str) -> str:
    """Return the id of the subscription with this endpoint."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]


def subscribe(
    user: User, session_id: str, *, endpoint: str, p256dh: str, auth: str, user_agent: str
) -> tuple[PushSubscriptionDict, bool]:
    """Send the account's notifications to a browser for as long as the session lasts; return whether that is new.

    Idempotent. A browser that another account used is this one's from now on. Raises ``Invalid``.
    """
    _require_valid(endpoint, p256dh, auth)
    endpoint = outbound.lower_host(endpoint)
    row: PushDoc = {
        "_id": push_id(endpoint),
        "user_id": user.pk,
        "session_id": session_id,
        "endpoint": endpoint,
        "p256dh": p256dh.rstrip("="),
        "auth": auth.rstrip("="),
        "key_id": vapid.key_id(),
        "user_agent": user_agent[:MAX_USER_AGENT_LENGTH],
        "created_at": datetime.now(UTC),
    }
    is_new = store.put(row)
    rows = store.list_for_user(user.pk)
    store.delete(rows[MAX_BROWSERS:])
    stored = next((each for each in rows if each["_id"] == row["_id"]), row)
    return _serialize(stored), is_new


def unsubscribe(user: User, subscription_id: str) -> None:
    """Send nothing to a browser any more. Raises ``Absent`` if it is not one of the account's."""
    if not store.remove(user.pk, subscription_id):
        raise Absent


def list_browsers(user: User) -> list[PushSubscriptionDict]:
    """Return the browsers that get the account's notifications, latest first.

    Those that are signed out or cannot be sent to are deleted.
    """
    rows = store.list_for_user(user.pk)
    states = sessions.find_states({row["session_id"] for row in rows}, {user.pk: user})
    gone = [row for row in rows if states[row["session_id"]] == sessions.ENDED or not is_usable(row)]
    if gone:
        store.delete(gone)
    return [_serialize(row) for row in rows if row not in gone]


def is_usable(row: PushDoc) -> bool:
    """Return whether a stored subscription is of the site's key, and one that could be made today."""
    return row["key_id"] == vapid.key_id() and not _wrong_fields(row["endpoint"], row["p256dh"], row["auth"])


def _serialize(row: PushDoc) -> PushSubscriptionDict:
    sent_at = row.get("sent_at")
    return {
        "id": row["_id"],
        "user_agent": row["user_agent"],
        "created_at": iso(sessions.aware(row["created_at"])),
        "last_sent_at": iso(sessions.aware(sent_at)) if sent_at else None,
    }


def _require_valid(endpoint: str, p256dh: str, auth: str) -> None:
    """Raise ``Invalid`` for an endpoint of an unknown service, or for keys that nothing can be encrypted with."""
    wrong = _wrong_fields(endpoint, p256dh, auth)
    if wrong:
        raise Invalid(_("Please fix the errors below."), fields=wrong)


def _wrong_fields(endpoint: str, p256dh: str, auth: str) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if outbound.find_allowed(endpoint, settings.PUSH_SERVICES) is None:
        wrong["endpoint"] = [_("This browser's push service isn't supported.")]
    try:
        encryption.load_point(vapid.decode(p256dh))
    except (ValueError, binascii.Error):
        wrong["p256dh"] = [_("This isn't a valid key.")]
    try:
        is_good = len(vapid.decode(auth)) == encryption.AUTH_BYTES
    except (ValueError, binascii.Error):
        is_good = False
    if not is_good:
        wrong["auth"] = [_("This isn't a valid key.")]
    return wrong
