"""The one rule of which videos staff may watch in the admin.

Moderators see what others see or saw: public and unlisted videos, also those of suspended channels, taken-down ones,
and private ones while a report or an appeal about them waits. Everything else that is private was shown to nobody, so
it takes the permission ``watch_private_video``.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.models import User
from streamsite.visibility import is_linkable
from videos.models import Case, Video
from videos.models.moderation import CaseState
from videos.moderation import reportable

PERMISSIONS = ("videos.view_video", "videos.change_video", "videos.change_case")
WATCH_PRIVATE = "videos.watch_private_video"


def may_review(user: User | AnonymousUser, video_id: str, *, visibility: str, is_taken_down: bool) -> bool:
    """Return whether ``user`` is staff who may watch this video in the admin."""
    if not _is_reviewer(user):
        return False
    if is_taken_down or is_linkable(visibility) or user.has_perm(WATCH_PRIVATE):
        return True
    return bool(_disputed([video_id]))


def reviewable_ids(user: User | AnonymousUser, videos: Iterable[Video]) -> set[str]:
    """Return the ids of those of the videos that ``user`` may watch in the admin. At most one read."""
    if not _is_reviewer(user):
        return set()
    rows = list(videos)
    if user.has_perm(WATCH_PRIVATE):
        return {video.pk for video in rows}
    shown = {video.pk for video in rows if video.is_taken_down or is_linkable(video.visibility)}
    hidden = [video.pk for video in rows if video.pk not in shown]
    return shown | _disputed(hidden) if hidden else shown


def _is_reviewer(user: User | AnonymousUser) -> bool:
    return user.is_active and user.is_staff and any(map(user.has_perm, PERMISSIONS))


def _disputed(video_ids: list[str]) -> set[str]:
    """Return those of the ids that a report or an appeal is about that staff have not decided yet."""
    of_videos = Q(about=reportable.VIDEO, subject__in=video_ids)
    waiting = Case.objects.filter((of_videos & Q(is_open=True)) | (of_videos & Q(state=CaseState.APPEALED)))
    return set(waiting.values_list("subject", flat=True))
