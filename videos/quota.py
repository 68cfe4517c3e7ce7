"""The quota: the bytes that an account may upload."""

from __future__ import annotations

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.registration import rules
from streamsite.errors import TooLarge
from streamsite.sanitize import format_bytes
from videos.access import own_videos
from videos.models import Upload, UploadKind


def quota_bytes_of(owner: User) -> int:
    """Return how many bytes the account may upload in all; 0 for no limit."""
    return rules.current().quota_bytes if owner.quota_bytes is None else owner.quota_bytes


def used_bytes(owner: User) -> int:
    """Return the bytes of all the account's uploads; unfinished ones count with their announced length.

    Partial uploads count until they are joined; from then on their bytes are those of the final upload's video.
    """
    total: int | None = own_videos(owner.pk).aggregate(total=Sum("source_size"))["total"]
    partial = Upload.objects.filter(owner=owner, kind=UploadKind.PARTIAL, joined_into=None)
    more: int | None = partial.aggregate(total=Sum("reserved"))["total"]
    return (total or 0) + (more or 0)


def require_quota(owner: User, *, more: int) -> None:
    """Raise ``TooLarge`` when ``more`` bytes would exceed the quota."""
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
