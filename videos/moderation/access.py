"""The gates of cases: the owner sees decisions against what is theirs, staff with the permission see all."""

from __future__ import annotations

from django.core import signing

from accounts.models import User
from streamsite.errors import Absent
from videos.models import Case
from videos.moderation import cases

SALT = "videos.moderation.appeal"
APPEAL_SECONDS = 90 * 24 * 3600


def case_for_appealing(user: User, case_id: str) -> Case:
    """Return a decision against the caller. Raises ``Absent``."""
    case = cases.cases_against(user.pk).filter(pk=case_id).first()
    if case is None:
        raise Absent
    return case


def appeal_token(case: Case) -> str:
    """Return the token of the emailed link, by which an owner who cannot sign in can appeal."""
    return signing.dumps([case.pk, case.owner_id], salt=SALT)


def case_by_token(raw: str) -> Case:
    """Return the decision that an emailed link is about. Raises ``Absent`` for a forged or expired one."""
    try:
        case_id, owner_id = signing.loads(raw[:600], salt=SALT, max_age=APPEAL_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise Absent from None
    case = cases.cases_against(str(owner_id)).filter(pk=str(case_id)).first()
    if case is None:
        raise Absent
    return case
