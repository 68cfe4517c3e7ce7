"""Send due deliveries, several at once, and store what became of each.

At least once: a delivery whose answer could not be stored is sent again. A webhook that has failed for a day is
disabled, and its owner gets an email. What may no longer be told is withdrawn instead of sent.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts import tasks as account_tasks
from streamsite import outbound
from streamsite.encryption import InvalidToken
from streamsite.metrics import totals
from streamsite.mongo.retry import run_in_transaction
from streamsite.tasks.lease import current_lease
from subscriptions.models import (
    DeliveryError,
    DeliveryState,
    DisabledBecause,
    Webhook,
    WebhookScope,
    WebhookState,
)
from subscriptions.webhooks import delivery_store, signing
from subscriptions.webhooks.delivery_store import DeliveryDoc
from subscriptions.webhooks.events import COMMENT_CREATED, MAX_TRIES, PAUSES, VIDEO_PUBLISHED
from subscriptions.webhooks.metrics import DISABLED, SENT
from videos.models import Comment, Video
from videos.models.comment import CommentState

logger = logging.getLogger("streamsite.webhooks")

THREADS = 16
BATCH = 32
PER_WEBHOOK = 2
# Another worker may take over what was claimed so long ago; longer than a batch takes.
CLAIM = timedelta(seconds=180)
# A run ends after this time, and the next one goes on.
MAX_RUN_SECONDS = 300.0
MAX_ANSWER = 4_096
PAUSED_PAUSE = timedelta(minutes=30)
GONE = 410


@dataclass(frozen=True)
class Parcel:
    """A delivery that is ready to be sent."""

    row: DeliveryDoc
    webhook: Webhook
    headers: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What a receiver answered: ``status`` is ``None`` if it did not, and ``error`` says why."""

    status: int | None
    answer: str = ""
    error: str = ""
    seconds: float = 0.0
    retry_after: int = 0

    @property
    def is_delivered(self) -> bool:
        """True when the receiver took the event."""
        return self.status is not None and 200 <= self.status < 300


def send_due() -> int:
    """Send what is due until nothing is, or for ``MAX_RUN_SECONDS``. Return how many were sent."""
    end = time.monotonic() + MAX_RUN_SECONDS
    sent = 0
    while time.monotonic() < end:
        current_lease().check()
        now = timezone.now()
        rows = delivery_store.claim_due(now, until=now + CLAIM, most=BATCH, per_webhook=PER_WEBHOOK)
        if not rows:
            break
        sent += _send_batch(rows, now)
    return sent


def _send_batch(rows: list[DeliveryDoc], now: datetime) -> int:
    webhooks = {
        webhook.pk: webhook
        for webhook in Webhook.objects.select_related("user").filter(
            pk__in={row["webhook_id"] for row in rows}
        )
    }
    parcels = [parcel for row in rows if (parcel := _prepare(row, webhooks.get(row["webhook_id"]), now))]
    if parcels:
        with ThreadPoolExecutor(min(THREADS, len(parcels)), "webhook") as pool:
            outcomes = list(pool.map(_post, parcels))
        for parcel, outcome in zip(parcels, outcomes, strict=True):
            _record(parcel, outcome)
    return len(parcels)


def _prepare(row: DeliveryDoc, webhook: Webhook | None, now: datetime) -> Parcel | None:
    """Return what is to be sent; settle a delivery that is not to be sent, or not now."""
    if webhook is None or not may_receive(webhook) or not _still_applies(row, webhook):
        delivery_store.withdraw(row)
        return None
    if webhook.state == WebhookState.PAUSED:
        delivery_store.settle(row, next_at=now + PAUSED_PAUSE)
        return None
    if webhook.state == WebhookState.DISABLED:
        delivery_store.settle(
            row, state=DeliveryState.FAILED.value, next_at=None, error=DeliveryError.DISABLED.value
        )
        return None
    stored = [webhook.secret]
    if webhook.former_secret and webhook.former_until and webhook.former_until > now:
        stored.append(webhook.former_secret)
    try:
        secrets = [signing.decrypt_secret(one) for one in stored]
    except InvalidToken:
        _fail(row, webhook, Outcome(None, error=DeliveryError.SECRET.value), now)
        return None
    return Parcel(row, webhook, dict(signing.signed_headers(row["_id"], row["body"].encode(), secrets, now)))


def may_receive(webhook: Webhook) -> bool:
    """Return whether the owner may have events sent. Its user must be loaded."""
    return webhook.user.is_active and (webhook.scope == WebhookScope.CHANNEL or webhook.user.is_staff)


def _still_applies(row: DeliveryDoc, webhook: Webhook) -> bool:
    """Return whether an event may still be told: its comment is shown, and what a site's webhook gets is public.

    Comments of inactive authors are not told.
    """
    about = list(row.get("about", []))
    if row["type"] == COMMENT_CREATED:
        shown = Comment.objects.filter(pk__in=about, state=CommentState.SHOWN)
        if not shown.filter(author__is_active=True).exists():
            return False
    if webhook.scope == WebhookScope.SITE and row["type"] in {COMMENT_CREATED, VIDEO_PUBLISHED}:
        return Video.objects.filter(pk__in=about, listed=True).exists()
    return True


def _post(parcel: Parcel) -> Outcome:
    """Send a delivery. Uses no database."""
    begun = time.monotonic()
    limits = outbound.Limits(seconds=settings.WEBHOOK_TIMEOUT, max_bytes=MAX_ANSWER, cut=True)
    body = parcel.row["body"].encode()
    try:
        answer = outbound.request(
            "POST", parcel.webhook.url, body=body, headers=parcel.headers, limits=limits
        )
    except outbound.OutboundTimeout:
        return Outcome(None, error=DeliveryError.TIMEOUT.value, seconds=time.monotonic() - begun)
    except (outbound.OutboundRefused, outbound.OutboundFailed):
        return Outcome(None, error=DeliveryError.UNREACHABLE.value, seconds=time.monotonic() - begun)
    except Exception as error:  # whatever one receiver causes is never the end of the others
        # Neither its text nor its traceback: they may have the address, which may be a secret.
        logger.error("a delivery failed (%s)", error.__class__.__name__)  # noqa: TRY400
        return Outcome(None, error=DeliveryError.UNREACHABLE.value, seconds=time.monotonic() - begun)
    text = answer.body.decode("utf-8", "replace").replace("\0", "\ufffd")
    return Outcome(answer.status, text, "", time.monotonic() - begun, answer.retry_after)


def _record(parcel: Parcel, outcome: Outcome) -> None:
    now = timezone.now()
    row, webhook = parcel.row, parcel.webhook
    if not outcome.is_delivered:
        _fail(row, webhook, outcome, now)
        return
    done = {"state": DeliveryState.DELIVERED.value, "tries": row["tries"] + 1, "next_at": None}
    if delivery_store.settle(row, **done, **_of_try(outcome, now)):
        Webhook.objects.filter(pk=webhook.pk).update(delivered_at=now, failing_since=None)
        totals.add((SENT, ("delivered",), 1))


def _fail(row: DeliveryDoc, webhook: Webhook, outcome: Outcome, now: datetime) -> None:
    """Let a delivery be tried again after a pause, or give it up and disable its webhook after a day of failures."""
    tries = row["tries"] + 1
    is_last = tries >= MAX_TRIES or outcome.status == GONE
    Webhook.objects.filter(pk=webhook.pk, failing_since=None).update(failing_since=now)
    changes = {"tries": tries, **_of_try(outcome, now)}
    if is_last:
        changes |= {"state": DeliveryState.FAILED.value, "next_at": None}
    else:
        pause = max(PAUSES[tries - 1], outcome.retry_after)
        changes["next_at"] = now + timedelta(seconds=pause)
    if not delivery_store.settle(row, **changes):
        return
    totals.add((SENT, ("given_up" if is_last else "failed",), 1))
    if is_last and outcome.status == GONE:
        disable(webhook, DisabledBecause.GONE)
    elif is_last:
        disable(
            webhook, DisabledBecause.FAILURES, unless_delivered_since=row["created_at"].replace(tzinfo=UTC)
        )


def _of_try(outcome: Outcome, now: datetime) -> dict[str, object]:
    return {
        "sent_at": now,
        "status": outcome.status,
        "answer": outcome.answer,
        "error": outcome.error,
        "seconds": round(outcome.seconds, 3),
    }


def disable(
    webhook: Webhook, why: DisabledBecause, *, unless_delivered_since: datetime | None = None
) -> None:
    """Stop sending to a webhook and tell its owner by email. Idempotent."""
    rows = Webhook.objects.filter(pk=webhook.pk, state=WebhookState.ACTIVE)
    if unless_delivered_since is not None:
        rows = rows.filter(Q(delivered_at=None) | Q(delivered_at__lt=unless_delivered_since))

    def store() -> bool:
        if not rows.update(state=WebhookState.DISABLED, disabled_because=why):
            return False
        delivery_store.give_up_waiting(webhook.pk, DeliveryError.DISABLED.value)
        account_tasks.enqueue_mail("webhook_disabled", webhook.user, address=webhook.url)
        return True

    if run_in_transaction(store):
        totals.add((DISABLED, (), 1))
