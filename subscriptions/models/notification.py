"""Notifications: one row per account, or one per channel for all its subscribers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel


class Notification(StoredModel):
    """A notification of one account; ``key`` makes it unique. Written by ``notifications.services``.

    ``title`` names its subject and follows renames; ``url`` is a path of this site; ``about`` holds the ids by which it
    is withdrawn (see ``notifications.references``). ``mail_at`` is when it is due by email; null if it is not due or
    was sent. Rows are removed ``RETENTION`` after their creation.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=120)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
    )
    what = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=300)
    about = models.JSONField(default=list, blank=True)
    on_page = models.BooleanField(default=True)
    is_read = models.BooleanField(default=False)
    mail_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    purge_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "on_page", "-created_at", "-id"], name="notification_of_user"),
            models.Index(fields=["user", "on_page", "is_read", "-created_at"], name="notification_unread"),
            models.Index(
                fields=["mail_at", "user"],
                name="notification_mail",
                condition=models.Q(mail_at__isnull=False),
            ),
            models.Index(fields=["-created_at", "-id", "kind"], name="notification_newest_by_kind"),
            # Renamed subjects are found by URL, withdrawn ones by id.
            models.Index(fields=["url"], name="notification_url"),
            models.Index(fields=["about"], name="notification_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"


class Broadcast(StoredModel):
    """A notification for all subscribers of a channel: one row, however many they are.

    ``subject`` is the id of what was published; the unique index announces it once.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    channel = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    purge_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["channel", "-created_at", "-id"], name="broadcast_of_channel"),
            models.Index(fields=["-created_at", "-id", "kind"], name="broadcast_newest_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.channel_id}"


class ReadMarks(StoredModel):
    """An account's read state of announcements: everything until ``read_until``, and single ones after it.

    ``mailed_until`` is the time until which announcements were emailed; ``seen_until`` that at which the account last
    opened its list of notifications.
    """

    user_id = models.CharField(primary_key=True, db_column="_id", max_length=32)
    read_until = models.DateTimeField(null=True, blank=True)
    read = models.JSONField(default=list, blank=True)
    feed_seen_at = models.DateTimeField(null=True, blank=True)
    seen_until = models.DateTimeField(null=True, blank=True)
    mailed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = _("read marks")

    def __str__(self) -> str:
        return f"read marks of {self.user_id}"
