"""The marks of channels whose videos are sensitive: the owner's, and that of staff, which the owner cannot take off."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest

from accounts import access, audit
from accounts.models import User
from accounts.signals import channel_mark_changed


def is_sensitive(user: User) -> bool:
    """Return whether all videos of the channel count as sensitive."""
    return user.is_sensitive or user.is_sensitive_by_staff


def marked_ids() -> list[str]:
    """Return the ids of the marked channels."""
    marked = Q(is_sensitive=True) | Q(is_sensitive_by_staff=True)
    return list(User.objects.filter(marked).values_list("pk", flat=True))


def mark_by_staff(
    user: User, *, actor: User | None, request: HttpRequest | None = None, sensitive: bool
) -> bool:
    """Set or take off the mark of staff. Return whether it changed. Raises ``Forbidden``."""
    access.require_manageable(actor, user)
    others = User.objects.filter(pk=user.pk).exclude(is_sensitive_by_staff=sensitive)
    changed = bool(others.update(is_sensitive_by_staff=sensitive))
    channel_mark_changed.send(sender=User, user_id=user.pk)
    if changed:
        audit.record("changed_by_staff", user.pk, request=request, actor=actor)
    return changed
