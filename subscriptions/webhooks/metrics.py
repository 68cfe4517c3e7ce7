"""Counts of what was sent to webhooks, for monitoring."""

from __future__ import annotations

from streamsite.metrics import totals

SENT = totals.total(
    "streamsite_webhook_tries_total",
    "Requests to webhooks, by what became of each: delivered, failed (tried again), or given_up.",
    ("outcome",),
)
DROPPED = totals.total(
    "streamsite_webhook_events_dropped_total", "Events that were not kept for webhooks with too many waiting."
)
DISABLED = totals.total(
    "streamsite_webhooks_disabled_total", "Webhooks that were disabled after a day of failures."
)
totals.register_totals(SENT, DROPPED, DISABLED)
