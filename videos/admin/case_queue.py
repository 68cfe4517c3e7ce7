"""The queue of moderators: which case comes next, and the buttons and keys by which one is decided."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from videos.admin.case_forms import GRANT, UPHOLD
from videos.models import Case
from videos.models.moderation import CaseState, Decision

UNDECIDED_STATES = (CaseState.OPEN, CaseState.APPEALED)


@dataclass(frozen=True)
class CaseChoice:
    """A button that decides: its form field and value, its key, and what it asks before it does."""

    field: str
    value: str
    key: str
    label: str | Promise
    question: str | Promise
    style: str = ""


DECISIONS = (
    CaseChoice(
        "decision",
        Decision.NOTHING.value,
        "1",
        Decision.NOTHING.label,
        _("Close this case without a violation? The reporters are notified."),
    ),
    CaseChoice(
        "decision",
        Decision.WARNING.value,
        "2",
        Decision.WARNING.label,
        _("Warn the owner and leave it up? Owner and reporters are notified."),
        "warn",
    ),
    CaseChoice(
        "decision",
        Decision.TAKEN_DOWN.value,
        "3",
        Decision.TAKEN_DOWN.label,
        _("Take it down? Owner and reporters are notified, and the owner can appeal."),
        "danger",
    ),
)
APPEAL_OUTCOMES = (
    CaseChoice(
        "outcome",
        UPHOLD,
        "1",
        _("Uphold the decision"),
        _("Uphold the decision? The owner is notified and can't appeal again."),
    ),
    CaseChoice(
        "outcome",
        GRANT,
        "2",
        _("Grant the appeal"),
        _("Grant the appeal and undo the decision? The owner is notified."),
    ),
)


def waiting_cases() -> QuerySet[Case]:
    """Return the cases that wait for a decision, oldest first."""
    return Case.objects.filter(state__in=UNDECIDED_STATES).order_by("created_at", "id")


def next_case(staff: User, after: Case | None = None) -> Case | None:
    """Return the oldest waiting case that ``staff`` may take: the first one after ``after``, else the first of all."""
    free = waiting_cases().filter(Q(claimed_by=None) | Q(claimed_by=staff)).exclude(owner=staff)
    if after is None:
        return free.first()
    free = free.exclude(pk=after.pk)
    same_time = Q(created_at=after.created_at, id__gt=after.pk)
    return free.filter(Q(created_at__gt=after.created_at) | same_time).first() or free.first()
