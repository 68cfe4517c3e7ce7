"""Blocking a channel: it can no longer comment on one's content, subscribe or mention one; its comments are hidden."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from streamsite.errors import Conflict, Forbidden, Invalid
from streamsite.row_limits import RowLimit
from videos import block_store
from videos.models import Block
from videos.signals import channel_blocked

RECENT = ("-created_at", "-id")


class BlockedByChannel(Forbidden):
    """The owner blocks the caller."""

    detail = gettext_lazy("You can't do this on this channel.")


def block(user: User, other: User) -> None:
    """Block a channel. Idempotent. Raises ``Invalid`` for oneself, ``LimitReached`` at the limit."""
    if user.pk == other.pk:
        raise Invalid(_("You can't block yourself."), fields={"username": [_("This is your own channel.")]})
    most = settings.MAX_BLOCKS_PER_USER
    cap = RowLimit(
        Block.objects.filter(blocker=user).count,
        most,
        _("You can block up to %(limit)d channels. Unblock one first.") % {"limit": most},
    )
    row = Block(blocker=user, blocked=other)
    try:
        row.save(force_insert=True)
    except IntegrityError:
        return
    cap.confirm(row.delete)
    channel_blocked.send(sender=Block, blocker_id=user.pk, blocked_id=other.pk)


def unblock(user: User, other: User) -> None:
    """Remove a block. Idempotent."""
    Block.objects.filter(blocker=user, blocked=other).delete()


def has_blocked(blocker_id: str, other_id: str) -> bool:
    """Return whether ``blocker_id`` blocks ``other_id``."""
    return Block.objects.filter(blocker_id=blocker_id, blocked_id=other_id).exists()


def without_blocked(blocker_id: str, others: set[str]) -> set[str]:
    """Return those of ``others`` that ``blocker_id`` does not block."""
    blocked = Block.objects.filter(blocker_id=blocker_id, blocked_id__in=others)
    return others - set(blocked.values_list("blocked_id", flat=True))


def require_not_blocked(user: User, *hosts: str) -> None:
    """Raise ``BlockedByChannel`` when one of the ``hosts`` (account ids) blocks the caller."""
    if Block.objects.filter(blocker_id__in=set(hosts) - {user.pk}, blocked_id=user.pk).exists():
        raise BlockedByChannel


def require_none_between(user_id: str, host_id: str, blockers: Collection[str] | None = None) -> None:
    """Raise ``BlockedByChannel`` where the host blocks the caller, ``Conflict`` where the caller blocks the host.

    ``blockers`` are those of the two that block the other, if the caller has just read them. Otherwise one command.
    """
    if blockers is None:
        blockers = block_store.blockers_between(user_id, host_id)
    if host_id in blockers:
        raise BlockedByChannel
    if user_id in blockers:
        raise Conflict(_("You blocked this channel. Unblock it first."))


def blocked_stages(blocker_id: str, others: set[str]) -> list[dict[str, object]]:
    """Return the stages on ``BLOCKS`` that give ``{blocked_id}`` of those of ``others`` that an account blocks."""
    return [
        {"$match": {"blocker_id": blocker_id, "blocked_id": {"$in": list(others)}}},
        {"$project": {"_id": 0, "blocked_id": 1}},
    ]


def blocks_of_user(user_id: str) -> QuerySet[Block]:
    """Return an account's blocks with the blocked channels; order by ``RECENT``."""
    return Block.objects.filter(blocker_id=user_id).select_related("blocked")


def delete_for_user(user_id: str) -> None:
    """Delete the blocks by and of a deleted account."""
    Block.objects.filter(Q(blocker_id=user_id) | Q(blocked_id=user_id)).delete()
