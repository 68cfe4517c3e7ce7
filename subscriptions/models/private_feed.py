"""The secret URL of an account's feed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from streamsite.mongo.engine.rows import StoredModel


class PrivateFeed(StoredModel):
    """One per account. Only the hash of the URL's secret part is stored."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        db_column="_id",
        related_name="+",
    )
    # The owner's ``security_epoch`` at creation; at any other the URL is invalid.
    epoch = models.IntegerField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"private feed of {self.user_id}"
