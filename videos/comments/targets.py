"""Targets of comments. Other apps register their types; a comment asks its target's gate who may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import F
from django.http import HttpRequest

from accounts.models import User
from videos import access, thumbnails
from videos.brief_access import get_watchable_brief
from videos.models import Video
from videos.playback import statistics_store

VIDEO = "video"


@dataclass(frozen=True)
class CommentTarget:
    """A target with comments below it that the caller may open. ``seconds`` is 0 where it has no duration."""

    kind: str
    id: str
    owner: User
    title: str
    url: str
    allows: bool
    comments: int
    seconds: float = 0.0

    @property
    def page(self) -> str:
        """The path of its comments page."""
        return f"{self.url}/comments"

    @property
    def api(self) -> str:
        """The path of its comments in the API, below ``/api/v1``."""
        return f"/{self.kind}s/{self.id}/comments"


@dataclass(frozen=True)
class TargetType:
    """The functions that open, count and name targets of one type.

    ``open(request, id)`` raises ``Absent`` for who may not, and so does ``admit``, which reads less.
    ``count(id, owner_id, by)`` changes its counter and is False when it is gone. ``titles(ids)`` are titles and
    addresses by id, for lists of its owner, and ``thumbnails(ids)`` the URLs of thumbnails, where the type has any.
    """

    open: Callable[[HttpRequest, str], CommentTarget]
    admit: Callable[[HttpRequest, str], object]
    count: Callable[[str, str, int], bool]
    titles: Callable[[Iterable[str]], dict[str, tuple[str, str]]]
    thumbnails: Callable[[Iterable[str]], dict[str, str]] | None = None


_kinds: dict[str, TargetType] = {}


def register_target_type(name: str, kind: TargetType) -> None:
    """Register a type of targets."""
    _kinds[name] = kind


def get_target_type(name: str) -> TargetType:
    """Return the type of that name."""
    return _kinds[name]


def target_types() -> dict[str, TargetType]:
    """Return all types by name."""
    return dict(_kinds)


def video_target(video: Video) -> CommentTarget:
    """Return a video that the caller may watch as a target."""
    return CommentTarget(
        VIDEO,
        video.pk,
        video.channel,
        video.title,
        video.get_absolute_url(),
        video.allow_comments,
        video.comment_count,
        video.duration,
    )


def _open_video(request: HttpRequest, video_id: str) -> CommentTarget:
    return video_target(access.get_watchable(request, video_id).video)


def _count_video(video_id: str, owner_id: str, by: int) -> bool:
    if not Video.objects.filter(pk=video_id).update(comment_count=F("comment_count") + by):
        return False
    statistics_store.add_today(video_id, owner_id, comments=by)
    return True


def _titles_of_videos(ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    rows = Video.objects.filter(pk__in=list(ids)).only("pk", "title")
    return {video.pk: (video.title, video.get_absolute_url()) for video in rows}


def _thumbnails_of_videos(ids: Iterable[str]) -> dict[str, str]:
    rows = Video.objects.filter(pk__in=list(ids))
    found = {video.pk: thumbnails.thumbnail_url(video, thumbnails.SMALL) for video in rows}
    return {video_id: url for video_id, url in found.items() if url}


register_target_type(
    VIDEO,
    TargetType(_open_video, get_watchable_brief, _count_video, _titles_of_videos, _thumbnails_of_videos),
)
