"""The gate for viewers' small writes: reactions and heartbeats. The rule is ``PlaybackGate``'s.

These are sent often and need little of a video, so no whole row of it and its channel is read.
"""

from __future__ import annotations

from django.http import HttpRequest

from streamsite.errors import Absent
from videos import access, video_store
from videos.video_store import BriefVideo


def get_watchable_brief(request: HttpRequest, video_id: str) -> BriefVideo:
    """Return the video if the caller may watch it, by their account or by a share link. Raises ``Absent``.

    Decides as ``access.get_watchable`` does.
    """
    video = video_store.find_brief(video_id) if access.VIDEO_ID.match(video_id) else None
    if video is None:
        raise Absent
    if not video.gate.allows(request.user):
        if not video.gate.is_open:
            raise Absent
        access.get_watchable(request, video_id)  # a share link may admit them
    return video
