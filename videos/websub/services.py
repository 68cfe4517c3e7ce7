"""Take requests to subscribe to feeds and to unsubscribe: each is checked, then its callback is asked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from streamsite import outbound
from streamsite.encryption import cipher
from streamsite.errors import Conflict, Invalid
from videos.websub import store, tasks, topics
from videos.websub.verification import PURPOSE, SUBSCRIBE, UNSUBSCRIBE

MAX_CALLBACK_LENGTH = 1_000
MAX_SECRET_BYTES = 199
DEFAULT_LEASE, MIN_LEASE, MAX_LEASE = 10 * 86_400, 3_600, 30 * 86_400
# A request that is not confirmed by then is forgotten.
UNCONFIRMED_LIFETIME = timedelta(hours=1)
MAX_PER_TOPIC = 5_000
MAX_PER_HOST = 1_000


def request_change(data: Mapping[str, str]) -> None:
    """Queue the verification of a request with the fields ``hub.*``; unsubscribing from what is not there does nothing.

    Raises ``Invalid`` for what the hub does not do, and ``Conflict`` where there are too many subscriptions.
    """
    mode = data.get("hub.mode", "")
    if mode not in {SUBSCRIBE, UNSUBSCRIBE}:
        raise Invalid(_("hub.mode must be subscribe or unsubscribe."))
    callback = outbound.lower_host(data.get("hub.callback", ""))
    if len(callback) > MAX_CALLBACK_LENGTH:
        raise Invalid(_("hub.callback is too long."))
    try:
        outbound.check_url(callback)
    except outbound.OutboundRefused as refusal:
        raise Invalid(_("hub.callback must be a public http or https address.")) from refusal
    topic = topics.find_topic(data.get("hub.topic", ""))
    if topic is None:
        raise Invalid(_("hub.topic is no feed of this hub."))
    secret = data.get("hub.secret", "")
    if len(secret.encode()) > MAX_SECRET_BYTES:
        raise Invalid(_("hub.secret must have less than 200 bytes."))
    host = outbound.parse_url(callback).host
    row_id = store.subscription_id(topic.url, callback)
    if store.find(row_id) is None:
        if mode == UNSUBSCRIBE:
            return
        _require_room(topic.url, host)
    pending: store.PendingDoc = {
        "mode": mode,
        "lease_seconds": _lease(data.get("hub.lease_seconds", "")),
        "secret": cipher(PURPOSE).encrypt(secret.encode()).decode() if secret else "",
        "token": secrets.token_urlsafe(16),
    }
    store.put_pending(topic.url, callback, host, pending, timezone.now() + UNCONFIRMED_LIFETIME)
    tasks.enqueue_websub_verification(row_id)


def _require_room(topic: str, host: str) -> None:
    if store.count(topic=topic, most=MAX_PER_TOPIC) >= MAX_PER_TOPIC:
        raise Conflict(_("This feed has too many subscribers."))
    if store.count(host=host, most=MAX_PER_HOST) >= MAX_PER_HOST:
        raise Conflict(_("This host has too many subscriptions."))


def _lease(raw: str) -> int:
    wanted = int(raw) if re.fullmatch(r"[0-9]{1,9}", raw) else DEFAULT_LEASE
    return max(MIN_LEASE, min(wanted or DEFAULT_LEASE, MAX_LEASE))
