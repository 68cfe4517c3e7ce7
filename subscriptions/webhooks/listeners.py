"""Whether anybody is told of subscriptions, as this process knows: a toggle is to cost no read more.

Another process may have made the first such webhook ``WEBHOOK_MEMO_SECONDS`` ago without this one knowing. Changes by
this process are known at once.
"""

from __future__ import annotations

import time

from django.conf import settings

from subscriptions.webhooks import delivery_store
from subscriptions.webhooks.events import SUBSCRIPTION_CREATED, SUBSCRIPTION_DELETED

_known: tuple[float, bool] | None = None


def anyone_wants_subscriptions() -> bool:
    """Return whether an active webhook gets events of subscriptions."""
    global _known
    known, now = _known, time.monotonic()
    if known is None or now - known[0] > settings.WEBHOOK_MEMO_SECONDS:
        known = (now, delivery_store.is_wanted([SUBSCRIPTION_CREATED, SUBSCRIPTION_DELETED]))
        _known = known
    return known[1]


def forget() -> None:
    """Look again the next time: a webhook was changed."""
    global _known
    _known = None
