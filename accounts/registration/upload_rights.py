"""The one rule about who may upload videos."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.registration import rules
from accounts.registration.rules import Uploaders
from streamsite.errors import Forbidden


class UploadsNotAllowed(Forbidden):
    """The account may watch, but not upload."""

    code = "uploads_not_allowed"
    detail = _("You can't upload videos to this site. Ask its team to approve you as a creator.")
    staff_only = _("Only the team of this site can upload videos.")


def may_upload(user: User) -> bool:
    """Return whether ``user`` may upload videos."""
    uploads = rules.current().uploads
    if uploads == Uploaders.EVERYONE or user.is_staff:
        return True
    return uploads == Uploaders.APPROVED and user.is_creator


def require_may_upload(user: User) -> None:
    """Raise ``UploadsNotAllowed`` if ``user`` may not upload videos."""
    if may_upload(user):
        return
    staff_only = rules.current().uploads == Uploaders.STAFF
    raise UploadsNotAllowed(str(UploadsNotAllowed.staff_only) if staff_only else None)
