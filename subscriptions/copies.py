"""Denormalized copies of titles, names, and texts in this app: see ``streamsite.copied_texts``."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import User
from streamsite.copied_texts import CASE_TITLE, CHANNEL_NAME, POST_TEXT, VIDEO_TITLE, CopiedText
from subscriptions.models import Notification, Post
from subscriptions.notifications.notification_types import MILESTONE, MODERATION
from videos.copied_url_store import iter_outdated_by_url
from videos.copies import update_case_titles
from videos.models import Case, Video
from videos.models.moderation import Decision
from videos.moderation import cases, reportable

TITLE_FIELD = f"{Notification._meta.db_table}.title"
MAX_TITLE_LENGTH = 200


def _retitle_video(video_id: str) -> None:
    video = Video.objects.filter(pk=video_id).first()
    if video is not None:
        _retitle_below(video.get_absolute_url(), video.title)
        _retitle_at(f"/studio/videos/{video_id}", video.title)


def _outdated_ids() -> Iterator[str]:
    condition = {"kind": {"$ne": MODERATION}}
    return iter_outdated_by_url(
        Notification._meta.db_table, lambda row, video: bool(row["title"] != video.title), condition
    )


def _retitle_post(post_id: str) -> None:
    post = Post.objects.filter(pk=post_id).first()
    if post is not None:
        _retitle_below(post.get_absolute_url(), str(post))


def _retitle_channel(user_id: str) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        rows = Notification.objects.filter(user=user, kind=MILESTONE, url=user.get_absolute_url())
        rows.update(title=user.get_full_name()[:MAX_TITLE_LENGTH])


def _retitle_case(case_id: str) -> None:
    case = Case.objects.filter(pk=case_id).first()
    if case is not None:
        # Taken-down content is hidden from reporters, so they do not see its new title.
        others = [] if case.decision == Decision.TAKEN_DOWN else cases.list_reporters(case)
        recipients = [case.owner_id, *others]
        rows = Notification.objects.filter(user_id__in=recipients, key__startswith=f"{MODERATION}:{case_id}:")
        rows.update(title=case.title[:MAX_TITLE_LENGTH])


def _retitle_below(url: str, title: str) -> None:
    """Retitle notifications that lead to the page or a part of it. Decisions keep the title of their case."""
    rows = Notification.objects.filter(url__startswith=url).exclude(kind=MODERATION)
    rows.exclude(title=title[:MAX_TITLE_LENGTH]).update(title=title[:MAX_TITLE_LENGTH])


def _retitle_at(url: str, title: str) -> None:
    Notification.objects.filter(url=url).exclude(title=title[:MAX_TITLE_LENGTH]).update(
        title=title[:MAX_TITLE_LENGTH]
    )


def _retitle_cases_of_post(post_id: str) -> None:
    post = Post.objects.filter(pk=post_id).first()
    if post is not None:
        rows = Case.objects.filter(url__startswith=post.get_absolute_url())
        # As with videos, comment authors do not see the new text of a hidden post.
        update_case_titles(rows.exclude(about=reportable.COMMENT) if post.is_taken_down else rows, str(post))


COPIES = (
    CopiedText(TITLE_FIELD, VIDEO_TITLE, _retitle_video, _outdated_ids),
    CopiedText(TITLE_FIELD, CHANNEL_NAME, _retitle_channel),
    CopiedText(TITLE_FIELD, POST_TEXT, _retitle_post),
    CopiedText(TITLE_FIELD, CASE_TITLE, _retitle_case),
    CopiedText("moderation_case.title", POST_TEXT, _retitle_cases_of_post),
)
