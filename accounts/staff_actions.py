"""Staff actions on accounts, for admin pages, moderation, and commands.

Each function is idempotent, is recorded in the audit trail with its actor, and notifies the account's owner by email.
``actor`` is the acting staff member, ``None`` for the operator at the command line. All raise ``Forbidden`` if
``actor`` may not act on the account: see ``access.require_manageable``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import (
    access,
    api_tokens,
    audit,
    deliverability,
    email_changes,
    profile,
    sanction_store,
    sessions,
    tasks,
    totp,
)
from accounts.models import RegistrationState, User
from accounts.passkeys import store as passkey_store
from accounts.security_epoch import raise_epoch
from accounts.signals import account_deactivated, account_reactivated
from streamsite.errors import Conflict, Invalid
from streamsite.mongo.retry import run_in_transaction
from streamsite.sanitize import clean_text

# Delay between closing and deleting an account, so that its owner is notified first.
DELETION_DELAY = timedelta(minutes=10)
MAX_REASON_LENGTH = 1_000


def send_reset_and_sign_out(user: User, *, actor: User | None, request: HttpRequest | None = None) -> bool:
    """Invalidate password and passkeys, end all sessions and API tokens, and email a reset link. Return ``True``.

    Raises ``Invalid`` for an account without an email address, ``Conflict`` for an inactive one.
    """
    access.require_manageable(actor, user)
    if not user.email:
        raise Invalid(_("This account has no email address. Add one first."))
    unusable, drop = make_password(None), partial(passkey_store.delete_for_user, user.pk)
    is_open = Q(is_active=True)
    if _end_access(user, is_open, actor=actor, reason="staff_reset", then=drop, password=unusable) is None:
        raise Conflict(_("This account is closed or suspended."))
    deliverability.clear_undeliverable(user, user.email)
    audit.record("staff_reset", user.pk, request=request, actor=actor)
    tasks.enqueue_mail("staff_reset", user)
    return True


def suspend(
    user: User,
    *,
    actor: User | None,
    request: HttpRequest | None = None,
    notify_owner: bool = True,
    days: int | None = None,
    reason: str = "",
) -> bool:
    """Suspend the account: hide it and its content, and end its sessions and API tokens. Return whether it was active.

    With ``days`` it ends automatically after that many; the owner sees ``reason``. ``notify_owner=False`` sends no
    email: a decision about a reported channel has its own. Raises ``Conflict`` for an account that its owner closed.
    """
    access.require_manageable(actor, user)
    if user.erase_at is not None:
        raise Conflict(_("The owner closed this account. It's scheduled for deletion."))
    now, reason = timezone.now(), clean_text(reason)[:MAX_REASON_LENGTH]
    until = now + timedelta(days=days) if days else None

    def hide() -> None:
        account_deactivated.send(sender=User, user_id=user.pk)

    def record() -> None:
        hide()
        actor_id = actor.pk if actor is not None else ""
        sanction_store.add_suspension(user.pk, reason, actor=actor_id, at=now, until=until)

    was_active = Q(is_active=True)
    after = _end_access(user, was_active, actor=actor, reason="suspended", then=record, is_active=False)
    suspended = after is not None
    if not suspended and User.objects.filter(pk=user.pk, is_active=False, erase_at=None).exists():
        # Complete an interrupted suspension, or one made without this function.
        _revoke(user.pk, "suspended")
        hide()
    if suspended:
        audit.record("suspended", user.pk, request=request, actor=actor)
        if notify_owner:
            tasks.enqueue_mail("suspended", user, until=until.isoformat() if until else "", reason=reason)
    return suspended


def reinstate(
    user: User,
    *,
    actor: User | None,
    request: HttpRequest | None = None,
    notify_owner: bool = True,
    suspension_id: str = "",
) -> bool:
    """Undo ``suspend`` and return whether the account was suspended. Sessions and API tokens stay revoked.

    An account that its owner closed stays closed. With ``suspension_id`` only that suspension is undone, and not one
    that staff began since.
    """
    access.require_manageable(actor, user)

    def show() -> None:
        current = sanction_store.current_suspension(user.pk)
        if suspension_id and (current is None or current["_id"] != suspension_id):
            raise Conflict(_("Another suspension has begun."))
        sanction_store.end_suspensions(user.pk, at=timezone.now())
        account_reactivated.send(sender=User, user_id=user.pk)

    is_suspended = Q(is_active=False, erase_at=None) & ~Q(registration_state=RegistrationState.WAITING)
    # An account that was deactivated without ``suspend`` still has its API tokens.
    if _end_access(user, is_suspended, actor=actor, reason="suspended", then=show, is_active=True) is None:
        return False
    audit.record("suspension_lifted", user.pk, request=request, actor=actor)
    if notify_owner:
        tasks.enqueue_mail("reinstated", user)
    return True


def change_email(user: User, address: str, *, actor: User | None, request: HttpRequest | None = None) -> bool:
    """Email a confirmation link to the new address and notify the old one. Return whether a confirmation is pending.

    The address changes once its link is followed. Raises ``Invalid``, ``Conflict``, or ``Throttled``.
    """
    access.require_manageable(actor, user)
    address = email_changes.clean_email(address)
    if not user.is_active:
        raise Conflict(_("This account is closed or suspended."))
    return email_changes.request_email_confirmation(user, address, request=request, actor=actor) is not None


def retry_email(user: User, *, actor: User | None, request: HttpRequest | None = None) -> bool:
    """Allow mail to a rejected address again and email it a link. Return whether it was rejected."""
    access.require_manageable(actor, user)
    address = deliverability.refused_address(user)
    if not address:
        return False
    deliverability.clear_undeliverable(user, address)
    audit.record("email_retried", user.pk, request=request, actor=actor)
    if user.is_active:
        tasks.enqueue_mail("verify", user, to=address)
    return True


def reset_second_factor(user: User, *, actor: User | None, request: HttpRequest | None = None) -> bool:
    """Turn two-factor authentication off and end every session and API token. Return whether it was on."""
    access.require_manageable(actor, user)
    if not totp.is_enabled(user.pk):
        return False
    _end_access(user, Q(), actor=actor, reason="totp_reset", then=partial(totp.disable, user.pk))
    audit.record("totp_reset", user.pk, request=request, actor=actor)
    tasks.enqueue_mail("totp_reset", user)
    return True


def remove_passkeys(user: User, *, actor: User | None, request: HttpRequest | None = None) -> bool:
    """Remove the account's passkeys and end every session and API token. Return whether it had any."""
    access.require_manageable(actor, user)
    if not passkey_store.count_for_user(user.pk):
        return False
    drop = partial(passkey_store.delete_for_user, user.pk)
    _end_access(user, Q(), actor=actor, reason="passkeys_removed", then=drop)
    audit.record("passkeys_removed", user.pk, request=request, actor=actor)
    tasks.enqueue_mail("passkeys_removed", user)
    return True


def delete_account(user: User, *, actor: User | None, request: HttpRequest | None = None) -> bool:
    """Close the account permanently and queue its deletion. Return whether it was open. The owner cannot undo it."""
    access.require_manageable(actor, user)
    due = timezone.now() + DELETION_DELAY

    def queue() -> None:
        account_deactivated.send(sender=User, user_id=user.pk)
        tasks.enqueue_mail("deleted_by_staff", user)
        tasks.enqueue_erasure(user.pk, due)

    condition = Q(erase_at=None) | Q(erase_at__gt=due)
    changes: dict[str, object] = {"is_active": False, "erase_at": due, "password": make_password(None)}
    if _end_access(user, condition, actor=actor, reason="deleted_by_staff", then=queue, **changes) is None:
        return False
    audit.record("deleted_by_staff", user.pk, request=request, actor=actor)
    return True


def edit_account(
    user: User, changes: Mapping[str, object], *, actor: User | None, request: HttpRequest | None = None
) -> None:
    """Change ``full_name``, ``bio``, or ``quota_bytes``. Raises ``Invalid``."""
    access.require_manageable(actor, user)
    profile.update(user, {name: changes[name] for name in ("full_name", "bio") if name in changes})
    if "quota_bytes" in changes:
        User.objects.filter(pk=user.pk).update(quota_bytes=changes["quota_bytes"])
    audit.record("changed_by_staff", user.pk, request=request, actor=actor)


def set_rights(
    user: User,
    *,
    actor: User | None,
    request: HttpRequest | None = None,
    is_staff: bool | None = None,
    is_superuser: bool | None = None,
    groups: Iterable[Group] | None = None,
    permissions: Iterable[Permission] | None = None,
) -> None:
    """Set staff permissions; ``None`` leaves a value unchanged. Only superusers may call it."""
    access.require_rights_manageable(actor, user)
    wanted = {"is_staff": is_staff, "is_superuser": is_superuser}
    flags = {name: value for name, value in wanted.items() if value is not None}

    def change() -> None:
        if flags:
            User.objects.filter(pk=user.pk).update(**flags)
        if groups is not None:
            user.groups.set(groups)
        if permissions is not None:
            user.user_permissions.set(permissions)

    run_in_transaction(change)
    audit.record("rights_changed", user.pk, request=request, actor=actor)
    tasks.enqueue_mail("rights_changed", user)


def set_creator(
    user: User, approved: bool, *, actor: User | None, request: HttpRequest | None = None
) -> bool:
    """Let the account upload where only approved creators may, or end that. Return whether it changed."""
    access.require_manageable(actor, user)
    changed = bool(User.objects.filter(pk=user.pk).exclude(is_creator=approved).update(is_creator=approved))
    if changed:
        what = "creator_approved" if approved else "creator_withdrawn"
        audit.record(what, user.pk, request=request, actor=actor)
    return changed


def record_group_change(group: Group, *, actor: User | None, request: HttpRequest | None = None) -> None:
    """Record a change of a group's permissions in the audit trail of every member."""
    for user_id in User.objects.filter(groups=group).values_list("pk", flat=True):
        audit.record("rights_changed", user_id, request=request, actor=actor)


def describe_access(user: User) -> str:
    """Return what ends with all access of an account: ``2 sessions and 1 API tokens``. For operators."""
    live, tokens = sessions.list_sessions(user, None), api_tokens.current_tokens(user)
    return f"{len(live)} sessions and {tokens.count()} API tokens"


def end_access_after_password_change(user: User) -> None:
    """End all access after the operator set a new password at the command line."""
    _end_access(user, Q(), actor=None, reason="password_changed")
    audit.record("password_changed", user.pk)
    tasks.enqueue_mail("password_changed", user)


def _end_access(
    user: User,
    condition: Q,
    *,
    actor: User | None,
    reason: str,
    then: Callable[[], object] | None = None,
    **changes: object,
) -> User | None:
    """Apply ``changes`` and end all access if the account meets ``condition``; return it, else ``None``.

    Concurrent changes by the owner do not block it. ``then`` runs in the same transaction.
    """

    def change() -> User | None:
        now = User.objects.filter(condition, pk=user.pk).first()
        if now is None:
            return None
        access.require_manageable(actor, now)
        changed = raise_epoch(now, keep=None, reason=reason, **changes)
        if then is not None:
            then()
        return changed

    return run_in_transaction(change)


def _revoke(user_id: str, reason: str) -> None:
    sessions.revoke_all(user_id, reason)
    api_tokens.revoke_all(user_id)
