"""The marks of sensitive videos, and ``shown_as_sensitive``, the fact that follows from them.

``is_sensitive`` is the owner's mark, ``is_sensitive_by_staff`` that of staff, which the owner cannot take off. A
channel has both as well. Lists and search read only ``shown_as_sensitive``, of the video or its search document.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.utils import timezone

from accounts import channel_marks
from accounts.models import User
from videos import services, video_store
from videos.models import Video
from videos.search import store as search_store


def mark_by_staff(video_id: str, *, is_sensitive: bool) -> bool:
    """Set or take off the mark of staff. Return whether it changed. Idempotent."""
    changed = (
        Video.objects.filter(pk=video_id)
        .exclude(is_sensitive_by_staff=is_sensitive)
        .update(is_sensitive_by_staff=is_sensitive, version=F("version") + 1, updated_at=timezone.now())
    )
    services.refresh_listing(video_id)
    return bool(changed)


def refresh_channel(user_id: str) -> None:
    """Update the videos of a channel, and their search documents, to its mark. Idempotent."""
    owner = User.objects.filter(pk=user_id).first()
    if owner is None:
        return
    is_marked = channel_marks.is_sensitive(owner)
    video_store.refresh_sensitive({"channel_id": user_id}, [user_id] if is_marked else [])
    search_store.refresh_sensitive(user_id, is_marked=is_marked)


def iter_stale_videos() -> Iterator[str]:
    """Yield the ids of videos whose ``shown_as_sensitive`` does not follow from the marks."""
    yield from video_store.iter_stale_sensitive(channel_marks.marked_ids())


def repair_videos(video_ids: list[str]) -> None:
    """Update ``shown_as_sensitive`` of videos."""
    video_store.refresh_sensitive({"_id": {"$in": video_ids}}, channel_marks.marked_ids())


def iter_stale_documents() -> Iterator[str]:
    """Yield the ids of videos whose search document has another mark: the previous release writes none."""
    marked = set(Video.objects.filter(listed=True, shown_as_sensitive=True).values_list("pk", flat=True))
    yield from marked ^ {row["_id"] for row in search_store.iter_documents({"shown_as_sensitive": True})}
