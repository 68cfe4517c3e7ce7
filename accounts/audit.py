"""The audit trail of account events, kept for 180 days and shown to the owner and to staff.

Only fixed labels, ids, and the network prefix are stored: never a token, password, code, cookie, or text typed into a
sign-in form, which may be a password.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AuthEvent, User
from accounts.schemas import ActivityEventDict
from streamsite import logs
from streamsite.api.renderers import iso
from streamsite.errors import Throttled
from streamsite.rate_limits import address_prefix, client_address

RETENTION = timedelta(days=180)
NEWEST = ("-at", "-id")
OK = "ok"
EVENT_LABELS = {
    "register": "Account created",
    "login": "Log-in",
    "logout": "Logged out",
    "logout_all": "Logged out everywhere",
    "session_revoked": "Device logged out",
    "refresh_reused": "A used refresh token came again; the session was ended",
    "password_changed": "Password changed",
    "password_reset_asked": "Password reset asked for",
    "password_reset": "Password reset",
    "email_change_asked": "New email address asked for",
    "email_verified": "Email address confirmed",
    "email_refused": "Mail to the email address was refused",
    "email_retried": "Delivery to the email address allowed again by the site's staff",
    "identity_confirmed": "Identity confirmed",
    "totp_enabled": "Two-factor authentication switched on",
    "totp_disabled": "Two-factor authentication switched off",
    "otp_attack": "Five wrong codes; the owner was told",
    "recovery_code_used": "Recovery code used",
    "recovery_codes_renewed": "New recovery codes made",
    "api_token_created": "API token created",
    "api_token_revoked": "API token revoked",
    "erase_asked": "Deletion of the account asked for",
    "restored": "Deletion of the account undone",
    "suspended": "Suspended by the site's staff",
    "suspension_lifted": "Suspension lifted",
    "warned": "Warned by our moderators",
    "email_verified_by_staff": "Email address confirmed by our moderators",
    "changed_by_staff": "Changed by the site's staff",
    "staff_reset": "Signed out everywhere by the site's staff; reset link sent",
    "staff_email_change": "New email address entered by the site's staff",
    "totp_reset": "Two-factor authentication reset by the site's staff",
    "rights_changed": "Staff permissions changed",
    "deleted_by_staff": "Deleted by the site's staff",
}
RESULT_LABELS = {
    OK: "done",
    "invalid_credentials": "wrong name or password",
    "otp_required": "code asked for",
    "otp_invalid": "wrong code",
    "wrong_password": "wrong password",
    "user_inactive": "account closed or suspended",
    "throttled": "refused, too many attempts",
}


def record(
    what: str,
    user_id: str | None,
    *,
    request: HttpRequest | None = None,
    result: str = OK,
    session_id: str = "",
    actor: User | None = None,
) -> None:
    """Write one event. ``user_id`` is ``None`` for an attempt on an account that does not exist.

    ``actor`` is the staff member who acted on the account.
    """
    at = timezone.now()
    AuthEvent(
        user_id=user_id,
        what=what,
        result=result,
        session_id=session_id,
        actor=actor.pk if actor is not None else "",
        ip_prefix=address_prefix(client_address(request)) if request is not None else "",
        user_agent=request.headers.get("User-Agent", "")[:300] if request is not None else "",
        request_id=logs.request_id.get()[:64],
        at=at,
        purge_at=at + RETENTION,
    ).save(force_insert=True)


def record_throttled(what: str, user_id: str | None, error: Throttled, *, request: HttpRequest) -> None:
    """Write one event per rate-limit window, so that continued attempts do not fill the trail."""
    if error.is_first:
        record(what, user_id, request=request, result="throttled")


def events_for_user(user_id: str) -> QuerySet[AuthEvent]:
    """Return the account's events; order by ``NEWEST``."""
    return AuthEvent.objects.filter(user_id=user_id)


def serialize_event(event: AuthEvent) -> ActivityEventDict:
    """Return an event as its owner sees it, without the network of staff members."""
    by_staff = bool(event.actor)
    return {
        "id": event.pk,
        "what": event.what,
        "text": EVENT_LABELS.get(event.what, event.what),
        "result": event.result,
        "result_text": RESULT_LABELS.get(event.result, event.result),
        "session_id": event.session_id,
        "ip_prefix": "" if by_staff else event.ip_prefix,
        "user_agent": "" if by_staff else event.user_agent,
        "at": iso(event.at),
    }
