"""Subscriptions of one account to another's channel."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from streamsite.ids import object_id


class Notify(models.TextChoices):
    """What the bell rings for."""

    ALL = "all", "All videos"
    NONE = "none", "Nothing"


class Subscription(models.Model):
    """``subscriber`` follows ``channel``; the unique index makes it exist once.

    ``away`` is true while the account of either is closed or suspended: then neither lists nor counters have it.
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
