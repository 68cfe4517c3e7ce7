"""Blocks of accounts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel


class Block(StoredModel):
    """``blocker`` neither hears from ``blocked`` nor lets them comment or subscribe. Written by ``blocks``."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once")]
        indexes = [models.Index(fields=["blocker", "-created_at", "-id"], name="block_of_user")]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"
