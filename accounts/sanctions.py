"""Warnings, the end of suspensions, and the confirmation of an email address by staff.

``staff_actions.suspend`` begins a suspension. One with an end is ended by the periodic task, or by the owner's next
sign-in if that comes first.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import access, audit, sanction_store, staff_actions, tasks
from accounts.models import User
from accounts.signals import account_warned
from streamsite import formats
from streamsite.errors import Conflict, Invalid
from streamsite.sanitize import clean_text, is_blank

logger = logging.getLogger("streamsite.accounts")

MAX_TEXT_LENGTH = 1_000
MAX_DUE = 200
# Equal warnings within this time are one that was sent twice, by a double click or the Back button.
REPEAT_WINDOW = timedelta(minutes=10)


def warn(user: User, text: str, *, actor: User | None, request: HttpRequest | None = None) -> bool:
    """Send a warning by notification and email. Return whether it is new: the same text again within minutes is not.

    Raises ``Invalid`` for an empty text, ``Conflict`` for a closed or suspended account.
    """
    access.require_manageable(actor, user)
    text = clean_text(text)[:MAX_TEXT_LENGTH]
    if is_blank(text):
        raise Invalid(_("Write a message."), fields={"text": [_("Write a message.")]})
    if not user.is_active:
        raise Conflict(_("This account is closed or suspended."))
    now = timezone.now()
    former = sanction_store.list_for_user(user.pk, most=1, kind=sanction_store.WARNING)
    if former and former[0]["text"] == text and now - former[0]["at"] < REPEAT_WINDOW:
        return False
    row = sanction_store.add_warning(user.pk, text, actor=actor.pk if actor else "", at=now)
    audit.record("warned", user.pk, request=request, actor=actor)
    tasks.enqueue_mail("warned", user, text=text)
    account_warned.send(sender=User, user_id=user.pk, warning_id=row["_id"], text=text)
    return True


def mark_email_verified(user: User, *, actor: User | None, request: HttpRequest | None = None) -> bool:
    """Mark the account's email as verified without its link. Return whether it was not.

    Raises ``Invalid`` for an account without an address, ``Conflict`` when another account has verified it.
    """
    access.require_manageable(actor, user)
    if not user.email:
        raise Invalid(_("This account has no email address. Add one first."))
    try:
        changed = User.objects.filter(
            pk=user.pk, email_key=user.email_key, pending_email=user.pending_email, email_verified=False
        ).update(email_verified=True)
    except IntegrityError:
        raise Conflict(_("Another account already uses this email address.")) from None
    if changed:
        audit.record("email_verified_by_staff", user.pk, request=request, actor=actor)
    return bool(changed)


def is_any_due() -> bool:
    """Return whether a suspension is over."""
    return bool(sanction_store.due_user_ids(timezone.now(), most=1))


def end_due_suspensions() -> int:
    """Reinstate the accounts whose suspension is over; return their number. Safe to repeat and in parallel."""
    return sum(map(end_if_due, sanction_store.due_user_ids(timezone.now(), most=MAX_DUE)))


def end_if_due(user_id: str) -> bool:
    """Reinstate the account if its suspension is over; return whether it was suspended until now."""
    row = sanction_store.current_suspension(user_id)
    if row is None or (due := row.get("due")) is None or due > timezone.now():
        return False
    user = User.objects.filter(pk=user_id).first()
    if user is not None and staff_actions.reinstate(user, actor=None, suspension_id=row["_id"]):
        logger.info("a suspension ended")
        return True
    # Reinstated without ``reinstate``, or closed meanwhile.
    current = sanction_store.current_suspension(user_id)
    if current is not None and current["_id"] == row["_id"]:
        sanction_store.end_suspensions(user_id, at=timezone.now())
    return False


def suspension_sentence(user_id: str) -> str:
    """Return why and until when the account is suspended, for its owner after a correct password."""
    row = sanction_store.current_suspension(user_id)
    until = row.get("until") if row is not None else None
    if isinstance(until, datetime):
        when = formats.moment(until)
        sentence = _("Our moderators suspended this account until %(when)s.") % {"when": when}
    else:
        sentence = _("Our moderators suspended this account.")
    reason = row["text"] if row is not None else ""
    return f"{sentence} {_('Reason: %(reason)s') % {'reason': reason}}" if reason else sentence
