"""Reports, the cases they belong to, and what followed. Written by ``moderation``; nothing happens by itself."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel


class Reason(models.TextChoices):
    """The reason of a report."""

    SPAM = "spam", _("Spam or misleading")
    HARASSMENT = "harassment", _("Harassment or bullying")
    HATE = "hate", _("Hateful or abusive")
    VIOLENCE = "violence", _("Violent or repulsive")
    SEXUAL = "sexual", _("Sexual content")
    CHILDREN = "children", _("Child abuse")
    DANGEROUS = "dangerous", _("Dangerous acts or self-harm")
    PRIVACY = "privacy", _("Violates someone's privacy")
    RIGHTS = "rights", _("Infringes my rights")
    OTHER = "other", _("Something else")


class CaseState(models.TextChoices):
    """The state of a case."""

    OPEN = "open", _("Open")
    DECIDED = "decided", _("Decided")
    APPEALED = "appealed", _("Appealed")
    CLOSED = "closed", _("Appeal decided")


class Decision(models.TextChoices):
    """The decision of staff."""

    NOTHING = "nothing", _("No violation")
    WARNING = "warning", _("Warn, leave up")
    TAKEN_DOWN = "taken_down", _("Take down")


class Case(StoredModel):
    """All reports on one thing until it is decided; one case of a thing is open at a time.

    ``title`` is what it is called now; ``content`` is what it said when it was reported. ``history`` is
    ``[{at, who, what, note}]``, for staff, and has former titles. ``notice`` is what both sides are told.
    ``mailed_state`` is the state of the last mail to the owner.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    about = models.CharField(max_length=10)
    subject = models.CharField(max_length=32)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    url = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=200, blank=True)
    content = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    is_open = models.BooleanField(default=True, editable=False)
    report_count = models.BigIntegerField(default=0, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision = models.CharField(max_length=12, choices=Decision.choices, blank=True)
    notice = models.TextField(max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    mailed_state = models.CharField(max_length=10, blank=True, editable=False)
    appeal = models.TextField(max_length=2000, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True, editable=False)
    history = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "moderation_case"
        constraints = [
            models.UniqueConstraint(
                fields=["about", "subject"], condition=models.Q(is_open=True), name="case_open_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["-state", "-report_count", "-created_at", "-id", "about", "decision", "subject"],
                name="case_queue_filtered",
            ),
            models.Index(fields=["owner", "-created_at", "-id"], name="case_of_owner"),
            models.Index(fields=["-created_at", "-id"], name="case_newest"),
            # What is renamed is found by its address.
            models.Index(fields=["url"], name="case_about"),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.title or self.subject}"


class Report(StoredModel):
    """One account's report in one case, at most one each."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    case = models.ForeignKey(
        Case, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    reason = models.CharField(max_length=12, choices=Reason.choices)
    text = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "moderation_report"
        constraints = [models.UniqueConstraint(fields=["reporter", "case"], name="report_once")]
        indexes = [
            models.Index(fields=["case", "-created_at", "-id"], name="report_of_case"),
            models.Index(fields=["-created_at", "-id", "reason"], name="report_newest_by_reason"),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()


class Strike(StoredModel):
    """A violation that counts against an account for a time. Withdrawn by deleting it."""

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    case = models.OneToOneField(Case, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "moderation_strike"
        indexes = [
            models.Index(fields=["user", "-expires_at"], name="strike_of_user"),
            models.Index(fields=["-created_at", "-id"], name="strike_newest"),
        ]

    def __str__(self) -> str:
        return f"strike against {self.user_id}"
