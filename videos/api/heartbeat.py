"""One heartbeat: the view counter and the history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from streamsite.errors import Conflict
from videos import tasks
from videos.models import Video
from videos.playback import heartbeats, history
from videos.schemas.playback import HeartbeatResultDict


def record_heartbeat(request: HttpRequest, video: Video, data: Any) -> HeartbeatResultDict:
    """Record what a player says: ``{position, completed, view, remembered}``.

    ``view`` is the verdict on this viewer's view of today: ``open``, ``counted``, ``owner`` or ``bot``.
    """
    if not video.generation:
        raise Conflict("The video cannot be played yet.")
    said = heartbeats.parse_heartbeat(data, video.duration)
    outcome = heartbeats.record_heartbeat(request, video, said)
    if outcome.is_new_view:
        tasks.enqueue_view_counting()
    remembered = request.user.is_authenticated and history.record_position(request.user, video, said.position)
    return {
        "position": said.position,
        "completed": history.is_finished(said.position, video.duration),
        "view": outcome.verdict,
        "remembered": remembered,
    }
