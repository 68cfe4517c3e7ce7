"""The registration settings of the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from streamsite.errors import NotSignedIn, SiteError, Unavailable
from streamsite.site_settings import live
from streamsite.site_settings.sections import setting

if TYPE_CHECKING:
    from accounts.models import User


class Mode(models.TextChoices):
    """Registration modes."""

    OPEN = "open", _("Open: anyone can sign up")
    APPROVAL = "approval", _("By approval: staff approve each new account")
    INVITATION = "invitation", _("By invitation: only people with an invitation link can sign up")
    CLOSED = "closed", _("Closed: nobody can sign up")


class Uploaders(models.TextChoices):
    """Groups of accounts that may upload videos."""

    EVERYONE = "everyone", _("Everyone with an account")
    APPROVED = "approved", _("Approved creators and staff")
    STAFF = "staff", _("Staff only")


def _optional_bytes(raw: object) -> int | None:
    """Return a stored size. Raises ``TypeError`` for anything else."""
    if raw is None or (isinstance(raw, int) and not isinstance(raw, bool)):
        return raw
    raise TypeError


@dataclass(frozen=True)
class RegistrationSettings:
    """Settings for signing up, seeing the site, and uploading. Sizes are in bytes; a quota of 0 means no limit.

    Approved creators and staff whose quota is ``None`` have that of everyone.
    """

    mode: str = setting(lambda: settings.REGISTRATION, environment="REGISTRATION")
    allowed_domains: tuple[str, ...] = setting(
        lambda: tuple(settings.ALLOWED_EMAIL_DOMAINS), environment="ALLOWED_EMAIL_DOMAINS"
    )
    denied_domains: tuple[str, ...] = setting(
        lambda: tuple(settings.DENIED_EMAIL_DOMAINS), environment="DENIED_EMAIL_DOMAINS"
    )
    verified_email: bool = setting(
        lambda: settings.REQUIRE_VERIFIED_EMAIL, environment="REQUIRE_VERIFIED_EMAIL"
    )
    login_required: bool = setting(lambda: settings.LOGIN_REQUIRED, environment="LOGIN_REQUIRED")
    uploads: str = setting(lambda: settings.UPLOADS, environment="UPLOADS")
    quota_bytes: int = setting(lambda: settings.USER_QUOTA_BYTES, environment="USER_QUOTA_BYTES")
    creator_quota_bytes: int | None = setting(
        lambda: settings.CREATOR_QUOTA_BYTES, environment="CREATOR_QUOTA_BYTES", decode=_optional_bytes
    )
    staff_quota_bytes: int | None = setting(
        lambda: settings.STAFF_QUOTA_BYTES, environment="STAFF_QUOTA_BYTES", decode=_optional_bytes
    )
    max_upload_bytes: int = setting(lambda: settings.MAX_UPLOAD_BYTES, environment="MAX_UPLOAD_BYTES")


def current() -> RegistrationSettings:
    """Return the settings as they are now."""
    return live.current(RegistrationSettings)


def default_quota_bytes(user: User) -> int:
    """Return how many bytes accounts of the user's role may upload in all; 0 for no limit.

    Staff come before approved creators, approved creators before everyone.
    """
    found = current()
    if user.is_staff and found.staff_quota_bytes is not None:
        return found.staff_quota_bytes
    if user.is_creator and found.creator_quota_bytes is not None:
        return found.creator_quota_bytes
    return found.quota_bytes


def is_login_required() -> bool:
    """Return whether only people with an account may see the site; also as long as that is not known."""
    return current().login_required or not live.are_known()


def visitor_refusal() -> SiteError:
    """Return the error for visitors where ``is_login_required``: a temporary one as long as that is not known."""
    return NotSignedIn() if live.are_known() else Unavailable()


def max_upload_bytes() -> int:
    """Return the size of the largest file that an account may upload; the web server takes none larger than its own."""
    return min(current().max_upload_bytes, settings.MAX_UPLOAD_BYTES)
