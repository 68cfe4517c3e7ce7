"""Changes of the email address, each confirmed by a link that is emailed to the new one.

They apply only while the account is as it was when its password was checked.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import audit, deliverability, email_tokens, tasks
from accounts.credentials import confirm_owner
from accounts.models import User, email_key
from accounts.registration import domains
from accounts.security_epoch import CHANGED_MEANWHILE
from streamsite.errors import Conflict, Invalid
from streamsite.rate_limits import EMAIL_LINK_ATTEMPTS, EMAIL_LINKS, enforce, throttle_key


def change_email(request: HttpRequest, user: User, address: str, *, current_password: str) -> User:
    """Email a confirmation link to the new address and notify the old one, which stays in use until confirmation."""
    address = clean_email(address)
    domains.require_allowed(address)
    confirm_owner(request, user, current_password)
    return request_email_confirmation(user, address, request=request) or User.objects.get(pk=user.pk)


def clean_email(address: str) -> str:
    """Return the email address in its stored form. Raises ``Invalid``."""
    address = User.objects.normalize_email(address.strip())
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(_("Please fix the errors below."), fields={"email": list(error.messages)}) from None
    return address


def request_email_confirmation(
    user: User, address: str, *, request: HttpRequest | None = None, actor: User | None = None
) -> User | None:
    """Email a link to the new address, notify the old one, return the account; ``None`` if it has the address.

    ``actor`` is the staff member who entered the address; the old address is then notified even if unconfirmed.
    """
    if email_key(address) == user.email_key and user.email_verified:
        _set_pending_email(user, "")
        return None
    enforce(EMAIL_LINKS, user.pk)
    _set_pending_email(user, address)
    deliverability.clear_undeliverable(user, address)
    changed = User.objects.get(pk=user.pk)
    what = "email_change_asked" if actor is None else "staff_email_change"
    audit.record(what, user.pk, request=request, actor=actor)
    tasks.enqueue_mail("verify", changed, to=address)
    if actor is not None and user.email_key not in {"", email_key(address)}:
        tasks.enqueue_mail("staff_email_change", changed, to=user.email, new_address=address)
    elif user.email_verified:
        tasks.enqueue_mail("email_change", changed, to=user.email, new_address=address)
    return changed


def _set_pending_email(user: User, address: str) -> None:
    """Set the pending address unless the credentials changed since they were checked. Raises ``Conflict``.

    Otherwise the holder of an old password could take the account over again.
    """
    rows = User.objects.filter(pk=user.pk, security_epoch=user.security_epoch)
    if not rows.update(pending_email=address):
        raise Conflict(CHANGED_MEANWHILE)


def resend_verification(user: User) -> str:
    """Email the link again to the pending, unconfirmed, or rejected address. Return that address, or ``""``."""
    is_settled = user.email_verified and deliverability.accepts_mail(user)
    address = user.pending_email or ("" if is_settled else user.email)
    if address:
        enforce(EMAIL_LINKS, user.pk)
        deliverability.clear_undeliverable(user, address)
        tasks.enqueue_mail("verify", user, to=address)
    return address


def verify_email(request: HttpRequest, raw: str) -> User:
    """Mark the address of an emailed link as confirmed. Idempotent. Raises ``EmailLinkInvalid`` or ``Conflict``."""
    enforce(EMAIL_LINK_ATTEMPTS, throttle_key(request))
    user, key = email_tokens.read_email_token(raw)
    deliverability.clear_undeliverable(user, key)
    if key == user.email_key and user.email_verified:
        return user
    former = user.email if user.email_verified else ""
    if key == email_key(user.pending_email):
        changes: dict[str, str] = {"email": user.pending_email, "email_key": key, "pending_email": ""}
    else:
        changes = {}
    # The link proves only an address, so it depends on the addresses alone and ends no session.
    rows = User.objects.filter(pk=user.pk, email_key=user.email_key, pending_email=user.pending_email)
    try:
        changed = rows.update(email_verified=True, **changes)
    except IntegrityError:
        raise Conflict(_("Another account already uses this email address.")) from None
    if not changed:
        raise Conflict(CHANGED_MEANWHILE)
    audit.record("email_verified", user.pk, request=request)
    verified = User.objects.get(pk=user.pk)
    if former:
        tasks.enqueue_mail("email_changed", verified, to=former, new_address=verified.email)
    return verified
