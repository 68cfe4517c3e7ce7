"""Create, change, test and delete webhooks, called by the API, pages, and the admin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import email_verification, reauthentication
from accounts import tasks as account_tasks
from accounts.models import User
from streamsite import outbound
from streamsite.errors import Absent, Conflict, Forbidden, Invalid
from streamsite.mongo.retry import run_in_transaction
from streamsite.rate_limits import WEBHOOK_SENDS, enforce
from streamsite.row_limits import RowLimit
from streamsite.sanitize import clean_line
from subscriptions import tasks
from subscriptions.models import (
    DeliveryState,
    DisabledBecause,
    Webhook,
    WebhookDelivery,
    WebhookScope,
    WebhookState,
)
from subscriptions.models.webhook import MAX_URL_LENGTH
from subscriptions.webhooks import access, delivery_store, listeners, queueing, signing
from subscriptions.webhooks.events import EVENTS, MAX_WEBHOOKS, OVERLAP, RESERVED_PREFIX, RETENTION

MAX_DESCRIPTION_LENGTH = 200


def create(
    user: User, data: Mapping[str, object], *, session_id: str | None, webhook_id: str = ""
) -> tuple[Webhook, str]:
    """Create a webhook from ``url``, ``events``, ``description`` and ``scope``; return it with its secret.

    Its owner gets an email. ``webhook_id`` is an unused id to give it. Raises ``Invalid``, ``Forbidden`` for the scope
    of the site, ``EmailNotVerified``, ``LimitReached``, and ``ProofRequired`` unless the session ``session_id`` has a
    recent proof of identity.
    """
    changes = _clean({"description": "", **data})
    scope = str(data.get("scope") or WebhookScope.CHANNEL)
    if scope == WebhookScope.SITE and not user.is_staff:
        raise Forbidden(_("Only staff can create webhooks for the whole site."))
    email_verification.require_verified_email(user)
    reauthentication.require_recent_proof(user, session_id)
    limit = _limit(user)
    limit.require_room()
    secret = signing.new_secret()
    webhook = Webhook(user=user, scope=scope, secret=signing.encrypt_secret(secret), **changes)
    webhook.pk = webhook_id or webhook.pk
    webhook.save(force_insert=True)
    listeners.forget()
    limit.confirm(lambda: delete(webhook))
    account_tasks.enqueue_mail("webhook_created", user, address=webhook.url)
    return webhook, secret


def update(webhook: Webhook, data: Mapping[str, object], *, session_id: str | None = None) -> Webhook:
    """Change ``url``, ``events``, ``description``; ``paused`` stops and resumes it, also after it was disabled.

    What waited is sent at once when it is resumed. Raises ``Invalid``, ``Absent``, ``Forbidden`` for one that staff
    disabled, and ``ProofRequired`` for another ``url`` unless the session ``session_id`` has a recent proof of
    identity.
    """
    changes = _clean(data)
    if changes.get("url", webhook.url) != webhook.url:
        reauthentication.require_recent_proof(webhook.user, session_id)
    is_resumed = data.get("paused") is False
    if "paused" in data:
        if webhook.disabled_because == DisabledBecause.STAFF:
            raise Forbidden(_("Staff disabled this webhook."))
        changes["state"] = WebhookState.ACTIVE if is_resumed else WebhookState.PAUSED
        changes["disabled_because"] = ""
        if is_resumed:
            changes["failing_since"] = None
    if changes and not Webhook.objects.filter(pk=webhook.pk).update(**changes):
        raise Absent
    listeners.forget()
    if is_resumed and delivery_store.make_due(webhook.pk, timezone.now()):
        tasks.enqueue_webhooks()
    return Webhook.objects.get(pk=webhook.pk)


def rotate_secret(webhook: Webhook, *, session_id: str | None) -> tuple[Webhook, str]:
    """Give a webhook a new secret and return it; for ``OVERLAP`` both sign.

    Raises ``Conflict`` for a secret that was just replaced, and ``ProofRequired`` unless the session ``session_id`` has
    a recent proof of identity.
    """
    reauthentication.require_recent_proof(webhook.user, session_id)
    secret = signing.new_secret()
    changed = Webhook.objects.filter(pk=webhook.pk, secret=webhook.secret).update(
        secret=signing.encrypt_secret(secret),
        former_secret=webhook.secret,
        former_until=timezone.now() + OVERLAP,
    )
    if not changed:
        raise Conflict(_("The secret was just replaced. Reload and try again."))
    return Webhook.objects.get(pk=webhook.pk), secret


def delete(webhook: Webhook) -> None:
    """Delete a webhook and all that was sent to it. Idempotent."""
    Webhook.objects.filter(pk=webhook.pk).delete()
    delivery_store.delete_of_webhooks([webhook.pk])


def delete_for_user(user_id: str) -> None:
    """Delete a deleted account's webhooks, and what others were sent about it."""
    ids = list(Webhook.objects.filter(user_id=user_id).values_list("pk", flat=True))
    Webhook.objects.filter(user_id=user_id).delete()
    delivery_store.delete_of_webhooks(ids)
    delivery_store.delete_about([user_id])


def send_test(webhook: Webhook) -> WebhookDelivery:
    """Queue a test event. Raises ``Conflict`` unless the webhook is active, and ``Throttled``."""
    _require_sendable(webhook)
    return access.delivery_for_owner(webhook, queueing.queue_test(webhook))


def redeliver(webhook: Webhook, delivery_id: str) -> WebhookDelivery:
    """Send a delivery again with the same id and body. One that waits anyway stays as it is.

    Raises ``Absent``, ``Conflict`` for one that was withdrawn or unless the webhook is active, and ``Throttled``.
    """
    delivery = access.delivery_for_owner(webhook, delivery_id)
    if delivery.state == DeliveryState.WITHDRAWN:
        raise Conflict(_("What this event was about is gone, so it can't be sent again."))
    _require_sendable(webhook)

    def store() -> None:
        if delivery_store.send_again(webhook.pk, delivery_id, timezone.now(), RETENTION):
            tasks.enqueue_webhooks()

    run_in_transaction(store)
    return access.delivery_for_owner(webhook, delivery_id)


def _require_sendable(webhook: Webhook) -> None:
    if webhook.state != WebhookState.ACTIVE:
        raise Conflict(_("This webhook doesn't send anything. Resume it first."))
    enforce(WEBHOOK_SENDS, webhook.user_id)


def _limit(user: User) -> RowLimit:
    detail = ngettext(
        "You can have up to %(limit)d webhook. Delete one first.",
        "You can have up to %(limit)d webhooks. Delete one first.",
        MAX_WEBHOOKS,
    )
    return RowLimit(access.webhooks_of(user).count, MAX_WEBHOOKS, detail % {"limit": MAX_WEBHOOKS})


def _clean(data: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of ``data`` as they are stored. Raises ``Invalid`` with messages by field."""
    changes: dict[str, object] = {}
    problems: dict[str, list[str]] = {}
    if "url" in data:
        url = outbound.lower_host(str(data["url"]).strip())
        if problem := _url_problem(url):
            problems["url"] = [problem]
        changes["url"] = url
    if "events" in data:
        events = data["events"]
        wanted = [str(one) for one in events] if isinstance(events, Iterable) else []
        if problem := _events_problem(wanted):
            problems["events"] = [problem]
        changes["events"] = [name for name in EVENTS if name in wanted]
    if "description" in data:
        description = clean_line(str(data["description"] or ""))
        if len(description) > MAX_DESCRIPTION_LENGTH:
            problems["description"] = [
                _("Enter up to %(limit)d characters.") % {"limit": MAX_DESCRIPTION_LENGTH}
            ]
        changes["description"] = description
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    return changes


def _url_problem(url: str) -> str:
    if len(url) > MAX_URL_LENGTH:
        return _("Enter up to %(limit)d characters.") % {"limit": MAX_URL_LENGTH}
    try:
        outbound.check_url(url)
    except outbound.OutboundRefused:
        return _(
            "Enter a public address that starts with https:// or http://, without a user name or password."
        )
    return ""


def _events_problem(wanted: list[str]) -> str:
    if not wanted:
        return _("Choose at least one event.")
    if any(name.startswith(RESERVED_PREFIX) for name in wanted):
        return _("Events that begin with “live.” are reserved: this site has no live streams yet.")
    if unknown := [name for name in wanted if name not in EVENTS]:
        return _("Unknown event: %(name)s.") % {"name": clean_line(unknown[0])[:40]}
    return ""
