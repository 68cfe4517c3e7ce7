"""Copies of titles and names that this app stores: see ``streamsite.copies``."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from streamsite.copies import CASE_TITLE, CHANNEL_NAME, VIDEO_TITLE, Copy, refresh
from videos.library import channels, documents
from videos.models import Case, Video
from videos.moderation import cases, things
from videos.playback import history

SEARCH = documents.DOCUMENTS


def retitle_cases(rows: QuerySet[Case], title: str) -> None:
    """Give cases about a thing, and about the comments below it, its title as it is now."""
    for case in rows:
        cases.retitle(case, f"{things.COMMENT_ON}{title}" if case.about == things.COMMENT else title)
        refresh(CASE_TITLE, case.pk)


def _cases_of_video(video_id: str) -> None:
    video = Video.objects.filter(pk=video_id).first()
    if video is not None:
        rows = Case.objects.filter(url__startswith=video.get_absolute_url())
        retitle_cases(rows, video.title)


def _cases_of_channel(user_id: str) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        rows = Case.objects.filter(url=user.get_absolute_url(), about=things.CHANNEL)
        retitle_cases(rows, user.get_full_name())


def _videos_of_channel(user_id: str) -> None:
    for video_id in (
        Video.objects.filter(channel_id=user_id, listed=True).values_list("pk", flat=True).iterator()
    ):
        documents.refresh(video_id)


ALL = (
    Copy("videos_watch.title", VIDEO_TITLE, history.follow_title),
    Copy("videos_watch.folded_title", VIDEO_TITLE, history.follow_title),
    Copy(SEARCH, VIDEO_TITLE, documents.refresh),
    Copy(SEARCH, CHANNEL_NAME, _videos_of_channel),
    Copy(channels.INDEX.table, CHANNEL_NAME, channels.INDEX.refresh),
    Copy("moderation_case.title", VIDEO_TITLE, _cases_of_video),
    Copy("moderation_case.title", CHANNEL_NAME, _cases_of_channel),
)
