"""Copies of titles and names that this app stores: see ``streamsite.copied_texts``."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from accounts.models import User
from streamsite.copied_texts import CASE_TITLE, CHANNEL_NAME, VIDEO_TITLE, CopiedText, refresh_copies
from videos.access import may_anyone_watch
from videos.copied_url_store import UrlRow, iter_outdated_by_url
from videos.models import Case, Video
from videos.moderation import cases, reportable
from videos.playback import history
from videos.search import channels, index, vocabulary_store
from videos.search import store as search_store

SEARCH = search_store.SEARCH_VIDEOS


def update_case_titles(rows: QuerySet[Case], title: str) -> None:
    """Update the title in cases about a target, and about comments below it."""
    for case in rows:
        cases.update_title(
            case, f"{reportable.COMMENT_ON}{title}" if case.about == reportable.COMMENT else title
        )
        refresh_copies(CASE_TITLE, case.pk)


def _cases_of_video(video_id: str) -> None:
    video = Video.objects.select_related("channel").filter(pk=video_id).first()
    if video is None:
        return
    rows = Case.objects.filter(url__startswith=video.get_absolute_url())
    # The author of a comment does not learn what a video that was hidden is called now.
    update_case_titles(
        rows if may_anyone_watch(video) else rows.exclude(about=reportable.COMMENT), video.title
    )


def _outdated_cases() -> Iterator[str]:
    def is_outdated(row: UrlRow, video: Video) -> bool:
        if row["about"] == reportable.COMMENT and not may_anyone_watch(video):
            return False
        return str(row["title"]).removeprefix(reportable.COMMENT_ON) != video.title

    return iter_outdated_by_url(Case._meta.db_table, is_outdated)


def _cases_of_channel(user_id: str) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        rows = Case.objects.filter(url=user.get_absolute_url(), about=reportable.CHANNEL)
        update_case_titles(rows, user.get_full_name())


def _videos_of_channel(user_id: str) -> None:
    for video_id in (
        Video.objects.filter(channel_id=user_id, listed=True).values_list("pk", flat=True).iterator()
    ):
        index.refresh_document(video_id)


ALL = (
    CopiedText("videos_watch.title", VIDEO_TITLE, history.refresh_title, history.iter_outdated_titles),
    CopiedText("videos_watch.folded_title", VIDEO_TITLE, history.refresh_title),
    CopiedText(SEARCH, VIDEO_TITLE, index.refresh_document),
    CopiedText(SEARCH, CHANNEL_NAME, _videos_of_channel),
    CopiedText(vocabulary_store.SEARCH_TERMS, VIDEO_TITLE, index.refresh_document),
    CopiedText(vocabulary_store.SEARCH_TERMS, CHANNEL_NAME, _videos_of_channel),
    CopiedText(channels.INDEX.table, CHANNEL_NAME, channels.INDEX.refresh),
    CopiedText("moderation_case.title", VIDEO_TITLE, _cases_of_video, _outdated_cases),
    CopiedText("moderation_case.title", CHANNEL_NAME, _cases_of_channel),
)
