"""Invitation links: created and revoked by staff, used up by sign-ups.

A link's token has 256 random bits and is stored as a hash, so that it can be copied only when it is created.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import Invitation, User
from streamsite.errors import Conflict, Forbidden, Invalid
from streamsite.sanitize import clean_line

NEWEST = ("-created_at", "-id")
MAX_USES, MAX_DAYS, MAX_OPEN = 10_000, 365, 500
MAX_TOKEN_LENGTH = 100


class InvitationInvalid(Forbidden):
    """The one error for a wrong, expired, revoked, or used-up invitation."""

    code = "invitation_invalid"
    detail = gettext_lazy("This invitation isn't valid anymore. Ask for a new one.")


def create(
    actor: User, *, uses: int, days: int, note: str = "", request: HttpRequest | None = None
) -> tuple[Invitation, str]:
    """Create an invitation for ``uses`` people; return it with its token, which cannot be read again.

    Raises ``Invalid`` with field errors, and ``Conflict`` at the limit of open invitations.
    """
    problems: dict[str, list[str]] = {}
    if not 1 <= uses <= MAX_USES:
        problems["uses"] = [_("Enter a number from 1 to %(most)d.") % {"most": MAX_USES}]
    if not 1 <= days <= MAX_DAYS:
        problems["days"] = [_("Enter a number from 1 to %(most)d.") % {"most": MAX_DAYS}]
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    if open_invitations().count() >= MAX_OPEN:
        raise Conflict(
            _("There are already %(most)d open invitations. Revoke some first.") % {"most": MAX_OPEN}
        )
    token, now = secrets.token_urlsafe(32), timezone.now()
    invitation = Invitation(
        token_hash=_hash(token),
        hint=token[:6],
        note=clean_line(note)[:80],
        max_uses=uses,
        remaining=uses,
        created_by=actor.pk,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    invitation.save(force_insert=True)
    audit.record("invitation_created", actor.pk, request=request)
    return invitation, token


def link(token: str) -> str:
    """Return the address of the sign-up page with an invitation."""
    return f"{settings.SITE_URL}{reverse('register')}?invitation={quote(token)}"


def open_invitations() -> QuerySet[Invitation]:
    """Return the invitations that can still be used."""
    return Invitation.objects.filter(revoked_at=None, expires_at__gt=timezone.now(), remaining__gt=0)


def find_valid(token: str) -> Invitation:
    """Return the invitation of a token that can still be used. Raises ``InvitationInvalid``."""
    is_text = 0 < len(token) <= MAX_TOKEN_LENGTH and token.isascii()
    invitation = open_invitations().filter(token_hash=_hash(token)).first() if is_text else None
    if invitation is None:
        raise InvitationInvalid
    return invitation


def use(invitation: Invitation) -> None:
    """Use up one place of an invitation. Raises ``InvitationInvalid`` if the last one was taken in the meantime.

    Called in the transaction that creates the account, so that a place is used exactly if there is an account.
    """
    if not open_invitations().filter(pk=invitation.pk).update(remaining=F("remaining") - 1):
        raise InvitationInvalid


def revoke(invitation_id: str, *, actor: User, request: HttpRequest | None = None) -> bool:
    """Revoke an invitation; return whether it was still in force. Accounts that were created with it stay."""
    rows = Invitation.objects.filter(pk=invitation_id, revoked_at=None)
    changed = bool(rows.update(revoked_at=timezone.now()))
    if changed:
        audit.record("invitation_revoked", actor.pk, request=request)
    return changed


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
