"""The email about a decision to the owner, who may be suspended and unable to sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.models import User
from videos.models import Case
from videos.models.moderation import CaseState, Decision
from videos.moderation import access, reportable

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# Outcomes for the owner. Notifications store the code.
GRANTED, DENIED, REMOVED, WARNED = "granted", "denied", "removed", "warned"
OUTCOME_TEXTS = {
    GRANTED: _("Your appeal was granted, and the decision was reversed."),
    DENIED: _("Your appeal was denied."),
    REMOVED: _("It breaks our rules, so we removed it."),
    WARNED: _("It breaks our rules. We've left it up with a warning."),
}
# Outcomes for reporters.
REPORT_REMOVED, REPORT_WARNED, REPORT_KEPT = "report_removed", "report_warned", "report_kept"


def email_owner(case_id: str) -> None:
    """Email the decision to the owner, with the link to appeal.

    Nothing when there was no violation, or when the mail of another job said the same: that of the first decision may
    go out after the second one.
    """
    case = Case.objects.filter(pk=case_id).first()
    owner = User.objects.filter(pk=case.owner_id).first() if case is not None else None
    if case is None or owner is None or not concerns_owner(case) or case.mailed_state == case.state:
        return
    about, title = case.about, case.title
    if about == reportable.COMMENT and title.startswith(reportable.COMMENT_ON):
        about, title = "comment_on", title.removeprefix(reportable.COMMENT_ON)
    mail.send(
        "decision",
        owner,
        owner.email,
        link=f"{settings.SITE_URL}/decisions/{access.appeal_token(case)}",
        about=about,
        title=title,
        outcome=OUTCOME_TEXTS[owner_outcome(case)],
        consequence=consequence_text(case),
        notice=case.notice,
    )
    Case.objects.filter(pk=case_id, state=case.state).update(mailed_state=case.state)


def concerns_owner(case: Case) -> bool:
    """Return whether the owner is told of it; an unfounded report is not worth an email."""
    return case.state == CaseState.CLOSED or case.decision != Decision.NOTHING


def owner_outcome(case: Case) -> str:
    """Return the code of a decision's outcome for the owner."""
    if case.state == CaseState.CLOSED:
        return GRANTED if case.decision == Decision.NOTHING else DENIED
    return REMOVED if case.decision == Decision.TAKEN_DOWN else WARNED


def consequence_text(case: Case) -> StrOrPromise:
    """Return the side effects of a decision as a sentence; ``""`` for none."""
    if case.about == reportable.VIDEO and case.decision == Decision.TAKEN_DOWN:
        return _("Any scheduled visibility change was canceled.")
    return ""


def reporter_outcome(case: Case) -> str:
    """Return the code of a decision's outcome for those who reported."""
    if case.decision == Decision.TAKEN_DOWN:
        return REPORT_REMOVED
    return REPORT_WARNED if case.decision == Decision.WARNING else REPORT_KEPT
