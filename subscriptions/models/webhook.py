"""Webhooks, and what was sent to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel

MAX_URL_LENGTH = 500


class WebhookScope(models.TextChoices):
    """The events that a webhook gets."""

    CHANNEL = "channel", _("My channel")
    SITE = "site", _("Whole site")


class WebhookState(models.TextChoices):
    """Whether a webhook gets events: paused by its owner, or disabled by the site."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    DISABLED = "disabled", _("Disabled")


class DisabledBecause(models.TextChoices):
    """The reason for which the site disabled a webhook."""

    FAILURES = "failures", _("It didn't accept any event for a day.")
    GONE = "gone", _("It answered that it's permanently gone (410).")
    STAFF = "staff", _("Staff disabled it.")


class Webhook(StoredModel):
    """An address that gets events of an account's channel, or for staff of the site.

    ``secret`` signs what is sent and is encrypted; so does ``former_secret`` until ``former_until``.
    ``failing_since`` is the first failure after the last success. Written by ``webhooks.services``.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    scope = models.CharField(max_length=8, choices=WebhookScope.choices, default=WebhookScope.CHANNEL)
    url = models.CharField(max_length=MAX_URL_LENGTH)
    description = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list)
    secret = models.TextField(editable=False)
    former_secret = models.TextField(blank=True, editable=False)
    former_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=WebhookState.choices, default=WebhookState.ACTIVE)
    disabled_because = models.CharField(max_length=10, choices=DisabledBecause.choices, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="webhook_of_user"),
            models.Index(fields=["scope", "state", "user"], name="webhook_listening"),
            models.Index(fields=["-created_at", "-id", "state"], name="webhook_newest_filtered"),
        ]

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    """The state of one event on its way to one webhook; ``withdrawn`` is no longer to be sent."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DeliveryError(models.TextChoices):
    """The reason for which there is no answer.

    An unknown name, a private address, and a server that is off look alike: nobody learns about a network.
    """

    UNREACHABLE = "unreachable", _("The server couldn't be reached. Its address must be public.")
    TIMEOUT = "timeout", _("The server didn't answer in time.")
    SECRET = "secret", _("The secret can't be read any more. Replace it.")
    DISABLED = "disabled", _("The webhook was disabled.")


class WebhookDelivery(StoredModel):
    """One event for one webhook. Its id is the same at every try, and the ``webhook-id`` that receivers see.

    ``body`` is the request's; ``about`` has the ids of comments, accounts and videos that it tells of. ``next_at`` is
    when it is due, or for a try that is going on when another one may take over. ``status``, ``answer``, ``error`` and
    ``seconds`` are of the last try. Written by ``webhooks.delivery_store``.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=40, editable=False)
    webhook = models.ForeignKey(
        Webhook, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    type = models.CharField(max_length=40)
    body = models.TextField()
    about = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    status = models.IntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=12, choices=DeliveryError.choices, blank=True)
    seconds = models.FloatField(default=0.0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    purge_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_of_webhook"),
            models.Index(fields=["webhook", "state", "next_at"], name="delivery_state"),
            models.Index(fields=["next_at"], name="delivery_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["about"], name="delivery_about"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk[:8]}"
