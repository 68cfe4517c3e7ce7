"""Ask callbacks whether they want what was requested in their name, and carry it out if they do."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from streamsite import outbound
from streamsite.encryption import InvalidToken, cipher
from videos.websub import store

SUBSCRIBE, UNSUBSCRIBE = "subscribe", "unsubscribe"
# Of the key that encrypts the secrets of subscribers.
PURPOSE = "streamsite.websub"
LIMITS = outbound.Limits(seconds=10, max_bytes=1_000, cut=True)


def verify(row_id: str) -> bool:
    """Ask a callback whether it wants what was requested in its name, and do so if it does. Return whether it did."""
    row = store.find(row_id)
    pending = row.get("pending") if row is not None else None
    if row is None or pending is None:
        return False
    token = pending["token"]
    if not _is_wanted(row, pending):
        store.drop_pending(row_id, token)
        return False
    if pending["mode"] == UNSUBSCRIBE:
        store.remove(row_id, token)
        return True
    secret, ends = _agreed_terms(row, pending, timezone.now())
    return store.confirm(row_id, token, secret=secret, expires_at=ends)


def _agreed_terms(
    row: store.FeedSubscriptionDoc, pending: store.PendingDoc, now: datetime
) -> tuple[str, datetime]:
    """Return the secret and the end of the lease that a confirmed request leads to.

    Anybody may ask in the name of a callback, which cannot tell one request from another. So an active subscription
    keeps its secret, and at least its lease, unless the request has the same secret.
    """
    ends = now + timedelta(seconds=pending["lease_seconds"])
    present = row["expires_at"].replace(tzinfo=UTC)
    known = _decrypted(row["secret"]) if row["is_active"] and present > now else b""
    if not known or hmac.compare_digest(known, _decrypted(pending["secret"])):
        return pending["secret"], ends
    return row["secret"], max(ends, present)


def _decrypted(stored: str) -> bytes:
    """Return a stored secret, empty for none and for one that cannot be read any more."""
    try:
        return cipher(PURPOSE).decrypt(stored.encode()) if stored else b""
    except InvalidToken:
        return b""


def _is_wanted(row: store.FeedSubscriptionDoc, pending: store.PendingDoc) -> bool:
    challenge = secrets.token_urlsafe(32)
    query = {"hub.mode": pending["mode"], "hub.topic": row["topic"], "hub.challenge": challenge}
    if pending["mode"] == SUBSCRIBE:
        query["hub.lease_seconds"] = str(pending["lease_seconds"])
    joint = "&" if "?" in row["callback"] else "?"
    try:
        answer = outbound.request("GET", f"{row['callback']}{joint}{urlencode(query)}", limits=LIMITS)
    except (outbound.OutboundRefused, outbound.OutboundFailed):
        return False
    return 200 <= answer.status < 300 and hmac.compare_digest(answer.body.strip(), challenge.encode())
