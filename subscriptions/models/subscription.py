"""Subscriptions of accounts to channels."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel


class Notify(models.TextChoices):
    """Bell settings."""

    ALL = "all", _("All videos")
    NONE = "none", _("Nothing")


class Subscription(StoredModel):
    """``subscriber`` follows ``channel``; a unique index keeps it single.

    ``away`` is true while either account is inactive: then it is left out of lists and counters.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions"
    )
    channel = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscribers"
    )
    notify = models.CharField(max_length=4, choices=Notify.choices, default=Notify.ALL)
    away = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "channel"], name="subscription_once")]
        indexes = [
            models.Index(fields=["subscriber", "-created_at", "-id"], name="subscription_own"),
            models.Index(fields=["channel", "-created_at", "-id"], name="subscription_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} -> {self.channel_id}"
