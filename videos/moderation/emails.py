"""The email about a decision to the owner, who may be suspended and unable to sign in."""

from __future__ import annotations

from django.conf import settings

from accounts import mail
from accounts.models import User
from videos.models import Case
from videos.models.moderation import CaseState, Decision
from videos.moderation import access, reportable

TYPE_NAMES = {reportable.VIDEO: "video", reportable.COMMENT: "comment", reportable.CHANNEL: "channel"}


def email_owner(case_id: str) -> None:
    """Email the decision to the owner, with the link to appeal.

    Nothing when there was no violation, or when the mail of another job said the same: that of the first decision may
    go out after the second one.
    """
    case = Case.objects.filter(pk=case_id).first()
    owner = User.objects.filter(pk=case.owner_id).first() if case is not None else None
    if case is None or owner is None or not concerns_owner(case) or case.mailed_state == case.state:
        return
    thing, title = TYPE_NAMES.get(case.about, case.about), case.title
    if case.about == reportable.COMMENT and title.startswith(reportable.COMMENT_ON):
        thing, title = "comment on", title.removeprefix(reportable.COMMENT_ON)
    mail.send(
        "decision",
        owner,
        owner.email,
        link=f"{settings.SITE_URL}/decisions/{access.appeal_token(case)}",
        thing=thing,
        title=title,
        outcome=f"{outcome_text(case)} {consequence_text(case)}".strip(),
        notice=case.notice,
    )
    Case.objects.filter(pk=case_id, state=case.state).update(mailed_state=case.state)


def concerns_owner(case: Case) -> bool:
    """Return whether the owner is told of it; an unfounded report is not worth an email."""
    return case.state == CaseState.CLOSED or case.decision != Decision.NOTHING


def outcome_text(case: Case) -> str:
    """Return a decision as a sentence."""
    if case.state == CaseState.CLOSED:
        granted = case.decision == Decision.NOTHING
        return "Your appeal was granted: the decision is undone." if granted else "Your appeal was refused."
    if case.decision == Decision.TAKEN_DOWN:
        return "It breaks the rules of this site and was taken down."
    return "It breaks the rules of this site. It stays up this time."


def consequence_text(case: Case) -> str:
    """Return the side effects of a decision as a sentence; ``""`` for none."""
    if case.about == reportable.VIDEO and case.decision == Decision.TAKEN_DOWN:
        return "Any scheduled visibility change was canceled."
    return ""


def reporter_outcome_text(case: Case) -> str:
    """Return a decision as a sentence for the reporter."""
    if case.decision == Decision.TAKEN_DOWN:
        return "What you reported was taken down"
    if case.decision == Decision.WARNING:
        return "What you reported breaks the rules; its owner was told"
    return "What you reported was looked at and does not break the rules"
