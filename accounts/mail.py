"""Account emails, in text and HTML. Links are built at sending time and start with ``SITE_URL``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings
from django.template import Context, Engine
from django.template.loader import render_to_string

from accounts import deliverability, email_tokens, unsubscribe_links
from accounts.models import User
from streamsite.mail import messages
from streamsite.mail.errors import AddressRefused
from streamsite.tasks.lease import current_lease

SUBJECTS = {
    "verify": "Confirm your email address",
    "reset": "Choose a new password",
    "password_changed": "Your password was changed",
    "email_change": "Your email address is to be changed",
    "email_changed": "Your email address was changed",
    "refresh_reused": "One of your devices was logged out for safety",
    "totp_enabled": "Two-factor authentication is on",
    "totp_disabled": "Two-factor authentication is off",
    "recovery_code_used": "A recovery code was used",
    "otp_failures": "Someone is trying to get past your two-factor authentication",
    "api_token_created": "An API token was created",
    "erase_asked": "Your account will be deleted",
    "restored": "Your account stays",
    "digest": "What is new for you",
    "decision": "A decision about something of yours",
    "staff_reset": "Choose a new password to sign in again",
    "staff_email_change": "Your email address is about to change",
    "suspended": "Your account was suspended",
    "warned": "A warning from our moderators",
    "reinstated": "Your account was reinstated",
    "totp_reset": "Two-factor authentication was turned off",
    "rights_changed": "Your staff permissions changed",
    "deleted_by_staff": "Your account was deleted",
}

# Emails that describe a state, with the condition for sending them. The others report an event.
STATE_EMAILS: dict[str, Callable[[User, Mapping[str, object]], bool]] = {
    "erase_asked": lambda user, details: _is_deleted_on(user, details.get("due")),
    "restored": lambda user, details: user.is_active,
    "suspended": lambda user, details: not user.is_active,
    "reinstated": lambda user, details: user.is_active,
}


def still_applies(kind: str, user: User, details: Mapping[str, object]) -> bool:
    """Return whether a queued email of ``kind`` with ``details`` still describes the account's state."""
    return kind not in STATE_EMAILS or STATE_EMAILS[kind](user, details)


def _is_deleted_on(user: User, day: object) -> bool:
    return not user.is_active and user.erase_at is not None and user.erase_at.date().isoformat() == day


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
    context = {
        "user": user,
        "to": to,
        "subject": SUBJECTS[kind],
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "link": _link(kind, user, to),
        "unsubscribe_url": unsubscribe_url,
        **details,
    }
    message = messages.SiteMessage(
        f"{settings.SITE_NAME}: {SUBJECTS[kind]}",
        _text_engine().get_template(f"emails/{kind}.txt").render(Context(context, autoescape=False)),
        to=[to],
        headers=messages.message_headers() | unsubscribe_links.unsubscribe_headers(unsubscribe_url),
    )
    message.attach_alternative(render_to_string(f"emails/{kind}.html", context), "text/html")
    current_lease().check()
    try:
        message.send()
    except AddressRefused as error:
        deliverability.mark_undeliverable(user, to, error.reason)
        raise
    deliverability.clear_undeliverable(user, to)


@lru_cache(maxsize=1)
def _text_engine() -> Engine:
    """Return an engine for plain-text templates, without autoescaping."""
    return Engine(
        dirs=[str(settings.BASE_DIR / "templates")],
        autoescape=False,
        builtins=["django.templatetags.i18n"],
    )


def _link(kind: str, user: User, to: str) -> str:
    if kind == "verify":
        return f"{settings.SITE_URL}/verify-email?token={quote(email_tokens.make_email_token(user, to))}"
    if kind in {"reset", "staff_reset"}:
        return f"{settings.SITE_URL}/reset-password?token={quote(email_tokens.make_reset_token(user))}"
    if kind == "warned":
        return f"{settings.SITE_URL}/settings/decisions"
    if kind == "reinstated":
        return f"{settings.SITE_URL}/login"
    if kind == "erase_asked":
        return f"{settings.SITE_URL}/restore"
    return f"{settings.SITE_URL}/settings/security"
