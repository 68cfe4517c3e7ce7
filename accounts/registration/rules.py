"""The registration settings of the site."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from streamsite.errors import NotSignedIn, SiteError, Unavailable
from streamsite.site_settings import live
from streamsite.site_settings.sections import setting


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


@dataclass(frozen=True)
class RegistrationSettings:
    """Settings for signing up, seeing the site, and uploading. Sizes are in bytes; a quota of 0 means no limit."""

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
    max_upload_bytes: int = setting(lambda: settings.MAX_UPLOAD_BYTES, environment="MAX_UPLOAD_BYTES")


def current() -> RegistrationSettings:
    """Return the settings as they are now."""
    return live.current(RegistrationSettings)


def is_login_required() -> bool:
    """Return whether only people with an account may see the site; also as long as that is not known."""
    return current().login_required or not live.are_known()


def visitor_refusal() -> SiteError:
    """Return the error for visitors where ``is_login_required``: a temporary one as long as that is not known."""
    return NotSignedIn() if live.are_known() else Unavailable()


def max_upload_bytes() -> int:
    """Return the size of the largest file that an account may upload; the web server takes none larger than its own."""
    return min(current().max_upload_bytes, settings.MAX_UPLOAD_BYTES)
