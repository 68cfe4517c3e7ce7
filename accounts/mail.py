"""Account emails, in text and HTML. Links are built at sending time and start with ``SITE_URL``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import deliverability, email_tokens, locale, unsubscribe_links
from accounts.models import User
from streamsite.mail import messages
from streamsite.mail.errors import AddressRefused
from streamsite.site_settings import pages
from streamsite.site_settings.identity import site_name
from streamsite.tasks.lease import current_lease

SUBJECTS = {
    "verify": _("Confirm your email address"),
    "reset": _("Reset your password"),
    "password_changed": _("Your password was changed"),
    "email_change": _("Email change requested"),
    "email_changed": _("Your email address was changed"),
    "refresh_reused": _("Security alert: a device was signed out"),
    "totp_enabled": _("Two-factor authentication is on"),
    "totp_disabled": _("Two-factor authentication is off"),
    "recovery_code_used": _("A recovery code was used"),
    "otp_failures": _("Security alert: repeated incorrect two-factor codes"),
    "identity_linked": _("Sign-in provider connected"),
    "identity_unlinked": _("Sign-in provider disconnected"),
    "passkey_added": _("Passkey added"),
    "passkey_removed": _("Passkey removed"),
    "passkeys_removed": _("Your passkeys were removed"),
    "passkey_copied": _("Security alert: a passkey may have been copied"),
    "api_token_created": _("New API token created"),
    "export_ready": _("Your data is ready to download"),
    "import_done": _("Your import has finished"),
    "erase_asked": _("Your account is scheduled for deletion"),
    "restored": _("Your account was restored"),
    "digest": _("Your digest"),
    "decision": _("An update on your content"),
    "staff_reset": _("Reset your password to sign in again"),
    "staff_email_change": _("Email change requested by our team"),
    "suspended": _("Your account was suspended"),
    "warned": _("A warning from our moderators"),
    "reinstated": _("Your account was reinstated"),
    "totp_reset": _("Two-factor authentication was reset"),
    "rights_changed": _("Your staff permissions changed"),
    "deleted_by_staff": _("Your account was deleted"),
    "webhook_created": _("New webhook created"),
    "webhook_disabled": _("A webhook was disabled"),
    "registration_waiting": _("Your account is waiting for approval"),
    "registration_approved": _("Your account was approved"),
    "registration_declined": _("Your sign-up was declined"),
    "registration_queue": _("New accounts are waiting for approval"),
}

EMPHASIZED = (*("account", "new_address", "token_name", "passkey_name", "provider_name", "title", "address"),)

# Emails that describe a state, with the condition for sending them. The others report an event.
STATE_EMAILS: dict[str, Callable[[User, Mapping[str, object]], bool]] = {
    "erase_asked": lambda user, details: _is_deleted_on(user, details.get("due")),
    "restored": lambda user, details: user.is_active,
    "suspended": lambda user, details: not user.is_active,
    "reinstated": lambda user, details: user.is_active,
    "registration_waiting": lambda user, details: user.is_waiting,
    "registration_approved": lambda user, details: user.is_active,
    "registration_declined": lambda user, details: not user.is_active,
    "registration_queue": lambda user, details: user.is_active and user.is_staff,
}


def still_applies(kind: str, user: User, details: Mapping[str, object]) -> bool:
    """Return whether a queued email of ``kind`` with ``details`` still describes the account's state."""
    return kind not in STATE_EMAILS or STATE_EMAILS[kind](user, details)


def _is_deleted_on(user: User, day: object) -> bool:
    return not user.is_active and user.erase_at is not None and user.erase_at.date().isoformat() == day


@locale.in_users_language
def send(kind: str, user: User, to: str, **details: object) -> None:
    """Send one email of ``kind`` to the address ``to``, and mark the address if it is permanently rejected.

    Notification mail carries an unsubscribe link. Raises ``MailNotSent`` or ``PermanentFailure``.
    """
    if not to:
        return
    if until := details.get("until"):
        details["until"] = datetime.fromisoformat(str(until))
    may_unsubscribe = kind in unsubscribe_links.EMAIL_PREFERENCES
    unsubscribe_url = unsubscribe_links.unsubscribe_url(user, kind) if may_unsubscribe else ""
    subject = str(SUBJECTS[kind])
    context = {
        "user": user,
        "account": user.username,
        "to": to,
        "subject": subject,
        "site_name": site_name(),
        "site_url": settings.SITE_URL,
        "site_pages": pages.links(),
        "link": _link(kind, user, to),
        "unsubscribe_url": unsubscribe_url,
        **details,
    }
    message = messages.SiteMessage(
        f"{site_name()}: {subject}",
        _text_engine().get_template(f"emails/{kind}.txt").render(Context(context, autoescape=False)),
        to=[to],
        headers=messages.message_headers() | unsubscribe_links.unsubscribe_headers(unsubscribe_url),
    )
    message.attach_alternative(
        render_to_string(f"emails/{kind}.html", context | _emphasized(context)), "text/html"
    )
    current_lease().check()
    try:
        message.send()
    except AddressRefused as error:
        deliverability.mark_undeliverable(user, to, error.reason)
        raise
    deliverability.clear_undeliverable(user, to)


def _emphasized(context: Mapping[str, object]) -> dict[str, SafeString]:
    """Return the values that HTML emails emphasize, so that both forms of an email share their sentences."""
    return {
        name: format_html("<strong><bdi>{}</bdi></strong>", context[name])
        for name in EMPHASIZED
        if context.get(name)
    }


@lru_cache(maxsize=1)
def _text_engine() -> Engine:
    """Return an engine for plain-text templates, without autoescaping."""
    return Engine(
        dirs=[str(settings.BASE_DIR / "templates")],
        autoescape=False,
        builtins=settings.TEMPLATE_BUILTINS,
        libraries={"streamsite": "streamsite.templatetags.streamsite"},
    )


def _link(kind: str, user: User, to: str) -> str:
    if kind in email_tokens.CONFIRMATIONS:
        return f"{settings.SITE_URL}/verify-email?token={quote(email_tokens.make_email_token(user, to))}"
    if kind in {"reset", "staff_reset"}:
        return f"{settings.SITE_URL}/reset-password?token={quote(email_tokens.make_reset_token(user))}"
    if kind in {"export_ready", "import_done"}:
        return f"{settings.SITE_URL}/settings/{kind.partition('_')[0]}"
    if kind == "warned":
        return f"{settings.SITE_URL}/settings/decisions"
    if kind in {"reinstated", "registration_approved"}:
        return f"{settings.SITE_URL}/login"
    if kind == "registration_queue":
        return f"{settings.SITE_URL}/admin/registrations/"
    if kind.startswith("webhook"):
        return f"{settings.SITE_URL}/studio/webhooks"
    if kind == "erase_asked":
        return f"{settings.SITE_URL}/restore"
    if kind.startswith("identity"):
        return f"{settings.SITE_URL}/settings/security/providers"
    if kind.startswith("passkey"):
        return f"{settings.SITE_URL}/settings/security/passkeys"
    return f"{settings.SITE_URL}/settings/security"
