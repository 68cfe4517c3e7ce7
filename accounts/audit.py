"""The audit trail of account events, kept for 180 days and shown to the owner and to staff.

Only fixed labels, ids, and the network prefix are stored: never a token, password, code, cookie, or text typed into a
sign-in form, which may be a password.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    "register": _("Account created"),
    "login": _("Sign-in"),
    "logout": _("Signed out"),
    "logout_all": _("Signed out everywhere"),
    "session_revoked": _("Device signed out"),
    "refresh_reused": _("Suspicious session ended"),
    "password_changed": _("Password changed"),
    "password_reset_asked": _("Password reset requested"),
    "password_reset": _("Password reset"),
    "email_change_asked": _("Email change requested"),
    "email_verified": _("Email confirmed"),
    "email_refused": _("Email couldn't be delivered"),
    "email_retried": _("Email delivery turned back on by staff"),
    "identity_confirmed": _("Identity confirmed"),
    "totp_enabled": _("Two-factor authentication turned on"),
    "totp_disabled": _("Two-factor authentication turned off"),
    "otp_attack": _("Repeated incorrect two-factor codes"),
    "recovery_code_used": _("Recovery code used"),
    "recovery_codes_renewed": _("New recovery codes created"),
    "provider_saved": _("Identity provider saved"),
    "provider_removed": _("Identity provider removed"),
    "identity_linked": _("Sign-in provider connected"),
    "identity_unlinked": _("Sign-in provider disconnected"),
    "passkey_added": _("Passkey added"),
    "passkey_removed": _("Passkey removed"),
    "passkeys_removed": _("All passkeys removed"),
    "passkey_copied": _("A copied passkey may be in use"),
    "api_token_created": _("API token created"),
    "api_token_revoked": _("API token deleted"),
    "webhook_created": _("Webhook created"),
    "webhook_deleted": _("Webhook deleted"),
    "webhook_secret_replaced": _("Webhook secret replaced"),
    "export_requested": _("Export of the account's data requested"),
    "erase_asked": _("Account deletion requested"),
    "restored": _("Account restored"),
    "suspended": _("Suspended by moderators"),
    "suspension_lifted": _("Suspension lifted"),
    "warned": _("Warned by moderators"),
    "email_verified_by_staff": _("Email confirmed by moderators"),
    "changed_by_staff": _("Changed by staff"),
    "staff_reset": _("Signed out everywhere by staff, reset link sent"),
    "staff_email_change": _("Email change requested by staff"),
    "totp_reset": _("Two-factor authentication reset by staff"),
    "rights_changed": _("Staff permissions changed"),
    "deleted_by_staff": _("Deleted by staff"),
    "registration_approved": _("Account approved by staff"),
    "registration_declined": _("Sign-up declined by staff"),
    "creator_approved": _("Approved as a creator by staff"),
    "creator_withdrawn": _("Creator approval withdrawn by staff"),
    "invitation_created": _("Invitation link created"),
    "invitation_revoked": _("Invitation link revoked"),
    "site_set_up": _("Site set up"),
}
RESULT_LABELS = {
    OK: _("done"),
    "invalid_credentials": _("incorrect username or password"),
    "otp_required": _("code required"),
    "otp_invalid": _("incorrect code"),
    "wrong_password": _("incorrect password"),
    "passkey_invalid": _("passkey not accepted"),
    "user_inactive": _("account closed or suspended"),
    "throttled": _("too many attempts"),
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
        "text": str(EVENT_LABELS.get(event.what, event.what)),
        "result": event.result,
        "result_text": str(RESULT_LABELS.get(event.result, event.result)),
        "session_id": event.session_id,
        "ip_prefix": "" if by_staff else event.ip_prefix,
        "user_agent": "" if by_staff else event.user_agent,
        "at": iso(event.at),
    }
