"""Copies of titles, names and texts that this app stores: see ``streamsite.copies``."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import User
from streamsite.copies import CASE_TITLE, CHANNEL_NAME, POST_TEXT, VIDEO_TITLE, Copy
from subscriptions.models import Notification, Post
from subscriptions.notifications.notification_types import MILESTONE, MODERATION
from videos.copies import outdated_by_address, retitle_cases
from videos.models import Case, Video
from videos.models.moderation import Decision
from videos.moderation import cases, reportable

WHERE = f"{Notification._meta.db_table}.title"
LONGEST = 200


def _of_video(video_id: str) -> None:
    video = Video.objects.filter(pk=video_id).first()
    if video is not None:
        _retitle_below(video.get_absolute_url(), video.title)
        _retitle_at(f"/studio/videos/{video_id}", video.title)


def _outdated() -> Iterator[str]:
    condition = {"kind": {"$ne": MODERATION}}
    return outdated_by_address(
        Notification._meta.db_table, lambda row, video: bool(row["title"] != video.title), condition
    )


def _of_post(post_id: str) -> None:
    post = Post.objects.filter(pk=post_id).first()
    if post is not None:
        _retitle_below(post.get_absolute_url(), str(post))


def _of_channel(user_id: str) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        rows = Notification.objects.filter(user=user, kind=MILESTONE, url=user.get_absolute_url())
        rows.update(title=user.get_full_name()[:LONGEST])


def _of_case(case_id: str) -> None:
    case = Case.objects.filter(pk=case_id).first()
    if case is not None:
        # What was taken down is hidden from who reported it: they are not told what it is called now.
        others = [] if case.decision == Decision.TAKEN_DOWN else cases.reporters(case)
        told = [case.owner_id, *others]
        rows = Notification.objects.filter(user_id__in=told, key__startswith=f"{MODERATION}:{case_id}:")
        rows.update(title=case.title[:LONGEST])


def _retitle_below(url: str, title: str) -> None:
    """Retitle what leads to the page or a part of it. Decisions have the title of their case."""
    rows = Notification.objects.filter(url__startswith=url).exclude(kind=MODERATION)
    rows.exclude(title=title[:LONGEST]).update(title=title[:LONGEST])


def _retitle_at(url: str, title: str) -> None:
    Notification.objects.filter(url=url).exclude(title=title[:LONGEST]).update(title=title[:LONGEST])


def _cases_of_post(post_id: str) -> None:
    post = Post.objects.filter(pk=post_id).first()
    if post is not None:
        rows = Case.objects.filter(url__startswith=post.get_absolute_url())
        # As with videos: who wrote a comment does not learn what a hidden post says now.
        retitle_cases(rows.exclude(about=reportable.COMMENT) if post.is_taken_down else rows, str(post))


ALL = (
    Copy(WHERE, VIDEO_TITLE, _of_video, _outdated),
    Copy(WHERE, CHANNEL_NAME, _of_channel),
    Copy(WHERE, POST_TEXT, _of_post),
    Copy(WHERE, CASE_TITLE, _of_case),
    Copy("moderation_case.title", POST_TEXT, _cases_of_post),
)
