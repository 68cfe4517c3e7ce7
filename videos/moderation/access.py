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
    """A decision against something of the caller's."""
    case = cases.cases_against(user.pk).filter(pk=case_id).first()
    if case is None:
        raise Absent
    return case


def appeal_token(case: Case) -> str:
    """What a mailed link to a decision carries: who cannot sign in any more can appeal by it."""
    return signing.dumps([case.pk, case.owner_id], salt=SALT)


def case_by_token(raw: str) -> Case:
    """The decision that a mailed link is about; ``Absent`` for a forged or old one."""
    try:
        case_id, owner_id = signing.loads(raw[:600], salt=SALT, max_age=APPEAL_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        raise Absent from None
    case = cases.cases_against(str(owner_id)).filter(pk=str(case_id)).first()
    if case is None:
        raise Absent
    return case
