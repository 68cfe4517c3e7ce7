"""The quota: the bytes that an account may upload."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Sum
from django.utils.translation import gettext as _
from pymongo.errors import DuplicateKeyError

from accounts.models import User
from accounts.registration import rules
from streamsite.errors import TooLarge
from streamsite.mongo.retry import run_in_transaction
from streamsite.sanitize import format_bytes
from videos import quota_store
from videos.access import own_videos
from videos.models import Upload, UploadKind

T = TypeVar("T")
# Of several that take of one quota, each waits for those before it.
TURN_SECONDS, MAX_TURN_PAUSE = 15.0, 0.1
# From this share on, pages say that little is left.
LOW_SHARE = 0.9


@dataclass(frozen=True)
class StorageUse:
    """The bytes that an account has used of its quota."""

    used: int
    quota: int

    @property
    def left(self) -> int:
        """The bytes that are left; 0 as well when the quota is exceeded."""
        return max(self.quota - self.used, 0)

    @property
    def shown_used(self) -> int:
        """The used bytes as a bar shows them, which ends with the quota."""
        return min(self.used, self.quota)

    @property
    def is_low(self) -> bool:
        """True when hardly anything is left."""
        return self.used >= self.quota * LOW_SHARE


def quota_bytes_of(owner: User) -> int:
    """Return how many bytes the account may upload in all; 0 for no limit.

    The account's own quota, else its role's.
    """
    return rules.default_quota_bytes(owner) if owner.quota_bytes is None else owner.quota_bytes


def storage_use(owner: User) -> StorageUse | None:
    """Return what the account has used of its quota; ``None`` when there is no limit."""
    most = quota_bytes_of(owner)
    return StorageUse(used=used_bytes(owner), quota=most) if most else None


def used_bytes(owner: User) -> int:
    """Return the bytes of all the account's uploads; unfinished ones count with their announced length.

    Partial uploads count until they are joined; from then on their bytes are those of the final upload's video. A video
    counts with what was uploaded, whether or not the site still keeps the original file.
    """
    total: int | None = own_videos(owner.pk).aggregate(total=Sum("source_size"))["total"]
    partial = Upload.objects.filter(owner=owner, kind=UploadKind.PARTIAL, joined_into=None)
    more: int | None = partial.aggregate(total=Sum("reserved"))["total"]
    return (total or 0) + (more or 0)


def require_quota(owner: User, *, more: int) -> None:
    """Raise ``TooLarge`` when ``more`` bytes would exceed the quota. An early answer: ``store_within`` decides."""
    most = quota_bytes_of(owner)
    if not most:
        return
    left = most - used_bytes(owner)
    if more > left:
        words = {"left": format_bytes(max(left, 0)), "quota": format_bytes(most)}
        raise TooLarge(
            _("You have %(left)s of %(quota)s left. Delete videos to free up space.") % words,
            fields={"quota": [_("%(left)s of %(quota)s left.") % words]},
        )


def store_within(owner: User, more: int, store: Callable[[], T]) -> T:
    """Run ``store``, which takes ``more`` bytes of the quota, in a transaction that sees all taken before.

    Return its result. Raises ``TooLarge``, and then nothing was stored. ``store`` does nothing but database work, and
    may run several times.
    """
    if not quota_bytes_of(owner):
        return run_in_transaction(store)

    def take() -> T:
        quota_store.take(owner.pk)
        require_quota(owner, more=more)
        return store()

    with suppress(DuplicateKeyError):  # another one has just made it
        quota_store.create(owner.pk)
    return run_in_transaction(take, seconds=TURN_SECONDS, max_pause=MAX_TURN_PAUSE)
