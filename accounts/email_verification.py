"""Require a confirmed email address for publishing, where the registration settings say so.

Uploads, drafts, and private videos do not need one, and published videos stay published.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.registration import rules
from streamsite.errors import Forbidden


class EmailNotVerified(Forbidden):
    """The account may upload, but not publish yet."""

    code = "email_not_verified"
    detail = _(
        "Confirm your email address before you publish. Open the link we emailed you, or request a new one."
    )

    def __init__(self) -> None:
        super().__init__(fields={"visibility": [str(self.detail)]})


def needs_verified_email(user: User) -> bool:
    """Return whether ``user`` must confirm an email address before publishing."""
    return rules.current().verified_email and not user.email_verified


def require_verified_email(user: User) -> None:
    """Raise ``EmailNotVerified`` if ``user`` may not publish yet."""
    if needs_verified_email(user):
        raise EmailNotVerified
