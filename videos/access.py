"""The gates of videos: which rows a viewer may list, open or change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.access import listed_accounts_by_id
from accounts.models import User
from streamsite.api.pagination import Page
from streamsite.errors import Absent, Forbidden
from streamsite.site_settings.features import features
from streamsite.site_settings.features import require as require_feature
from streamsite.visibility import Viewer, is_owner
from videos import sensitivity, share_links
from videos.models import Block, Reaction, ShareLink, Video, Watch
from videos.playback_gate import PlaybackGate

ANONYMOUS = AnonymousUser()
VIDEO_ID = re.compile(r"\A[A-Za-z0-9_-]{11}\Z")


# The same as ``listed_videos`` for pipelines.
LISTED = {"listed": True}


def listed_videos() -> QuerySet[Video]:
    """Return the videos that may appear in everyone's lists."""
    return Video.objects.filter(**LISTED)


def listed_videos_for(viewer: Viewer) -> QuerySet[Video]:
    """Return the videos that may appear in the lists of ``viewer``."""
    return listed_videos().filter(sensitivity.not_hidden(viewer))


def listed_match_for(viewer: Viewer) -> dict[str, object]:
    """Return the same as ``listed_videos_for`` for pipelines."""
    return {**LISTED, **sensitivity.not_hidden_match(viewer)}


def own_videos(owner_id: str) -> QuerySet[Video]:
    """Return all videos of a channel, for its owner."""
    return Video.objects.filter(channel_id=owner_id)


@dataclass(frozen=True)
class WatchableVideo:
    """A video that the caller may watch, with the share link that admitted them, if they needed one."""

    video: Video
    link: ShareLink | None = None


def get_watchable(request: HttpRequest, video_id: str) -> WatchableVideo:
    """Return the video if the caller may watch it, by their account or by a share link. Raises ``Absent``."""
    video = _load(video_id)
    if may_watch(request.user, video):
        return WatchableVideo(video)
    if PlaybackGate.of(video).is_open:
        link = share_links.find_admitting_link(request, video)
        if link is not None:
            return WatchableVideo(video, link)
    raise Absent


def video_for_watching(viewer: Viewer, video_id: str) -> Video:
    """Return the video if ``viewer`` may watch it. Raises ``Absent``."""
    video = _load(video_id)
    if not may_watch(viewer, video):
        raise Absent
    return video


def video_for_sharing(video_id: str) -> Video:
    """Return the video if everyone with the address may watch it. Raises ``Absent``, for its owner too."""
    return video_for_watching(ANONYMOUS, video_id)


def video_for_embedding(video_id: str) -> Video:
    """Return the video if other sites may show it. Raises ``Absent``, or ``Forbidden`` when embedding is off."""
    require_feature("embeds")
    video = video_for_sharing(video_id)
    if not video.allow_embed:
        raise Forbidden(_("The owner doesn't allow this video on other sites."))
    return video


def is_embeddable_anywhere(video: Video | Mapping[str, object]) -> bool:
    """Return whether pages of every origin may show the video; false where its owner named the sites that may.

    ``video`` is a row, or a mapping with its ``allow_embed`` and ``embed_domains``. Ask before sending a file with
    ``Access-Control-Allow-Origin: *`` or ``Cross-Origin-Resource-Policy: cross-origin``: on listed sites the player in
    the frame has this site's origin and needs neither.
    """
    if not features().embeds:
        return False
    if isinstance(video, Mapping):
        return bool(video["allow_embed"] and not video["embed_domains"])
    return video.allow_embed and not video.embed_domains


def may_embed(video: Video) -> bool:
    """Return whether owner and site let other sites show the video; ``embed_domains`` may name which."""
    return video.allow_embed and features().embeds


def may_download(video: Video) -> bool:
    """Return whether owner and site let everyone who may watch the video download it as a file."""
    return video.allow_download and features().downloads


def may_comment(video: Video) -> bool:
    """Return whether owner and site let people comment on the video."""
    return video.allow_comments and features().comments


def video_for_editing(viewer: Viewer, video_id: str) -> Video:
    """Return the video if ``viewer`` may change it. Raises ``Absent``, or ``Forbidden`` when they can only see it."""
    video = video_for_watching(viewer, video_id)
    if not is_owner(viewer, video.channel_id):
        raise Forbidden
    return video


def may_watch(viewer: Viewer, video: Video) -> bool:
    """Return whether ``viewer`` may watch the video, whose channel must be loaded; share links aside."""
    return PlaybackGate.of(video).allows(viewer)


def may_anyone_watch(video: Video) -> bool:
    """Return whether everyone with the address may watch the video, whose channel must be loaded."""
    return PlaybackGate.of(video).allows_anyone


def channels_for_listing(viewer: Viewer, ids: Sequence[str]) -> list[User]:
    """Return the channels with these ids that ``viewer`` may find and does not block, in the order of ``ids``."""
    found = listed_accounts_by_id(ids)
    hidden = filter_blocked(viewer, found)
    return [found[one] for one in ids if one in found and one not in hidden]


def filter_blocked(viewer: Viewer, ids: Iterable[str]) -> set[str]:
    """Return those of the account ids that ``viewer`` blocks."""
    if not viewer.is_authenticated:
        return set()
    rows = Block.objects.filter(blocker_id=str(viewer.pk), blocked_id__in=list(ids))
    return set(rows.values_list("blocked_id", flat=True))


WithVideo = TypeVar("WithVideo", Reaction, Watch)


def filter_watchable(viewer: Viewer, page: Page[WithVideo]) -> Page[WithVideo]:
    """Return the page without rows whose video ``viewer`` may not watch. Videos and channels must be loaded."""
    return replace(page, rows=[row for row in page.rows if may_watch(viewer, row.video)])


def _load(video_id: str) -> Video:
    if not VIDEO_ID.match(video_id):
        raise Absent
    video = Video.objects.select_related("channel").filter(pk=video_id).first()
    if video is None:
        raise Absent
    return video
