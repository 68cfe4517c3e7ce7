"""Which accounts use how much storage, by the sizes that the rows of their videos hold."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from videos.models import Status, Video


@dataclass(frozen=True)
class AccountUse:
    """An account's videos, and the bytes of their kept original files, renditions, and files for download."""

    username: str
    videos: int
    sources: int
    renditions: int
    downloads: int

    @property
    def total(self) -> int:
        """The sum of all bytes."""
        return self.sources + self.renditions + self.downloads


def largest_accounts(most: int) -> list[AccountUse]:
    """Return the accounts that use most, at most ``most`` of them, the largest first."""
    rows = (
        Video.objects.values("channel__username")
        .annotate(
            videos=Count("pk"),
            sources=Sum("source_size", filter=Q(source_removed_at=None) & ~Q(status=Status.UPLOADING)),
            renditions=Sum("media_bytes"),
            downloads=Sum("download_bytes"),
        )
        .annotate(total=Coalesce(F("sources"), 0) + F("renditions") + F("downloads"))
        .order_by("-total", "channel__username")[:most]
    )
    return [
        AccountUse(
            row["channel__username"],
            row["videos"],
            row["sources"] or 0,
            row["renditions"] or 0,
            row["downloads"] or 0,
        )
        for row in rows
    ]
