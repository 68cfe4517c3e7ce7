"""``/api/v1/videos/{id}/playback``: players' heartbeats, for view counts and the history."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.base import no_store
from streamsite.api.described import described
from streamsite.errors import Conflict
from streamsite.rate_limits import PLAYBACK
from streamsite.site_mode.state import site_mode
from videos import tasks
from videos.brief_access import get_watchable_brief
from videos.playback import heartbeats, history
from videos.schemas.playback import HeartbeatResultDict
from videos.serializers.playback import HeartbeatSerializer
from videos.video_store import BriefVideo


def accept_heartbeat(
    request: HttpRequest, video: BriefVideo, data: Mapping[str, object]
) -> HeartbeatResultDict:
    """Record a player's report and return ``{position, completed, view, remembered}``.

    ``view`` is the verdict on this viewer's view of today: ``open``, ``counted``, ``owner`` or ``bot``.
    While the site is read-only or in maintenance nothing is recorded, and every view stays ``open``.
    Raises ``Conflict`` while the video cannot be played yet.
    """
    if not video.generation:
        raise Conflict(_("This video can't be played yet."))
    beat = heartbeats.parse_heartbeat(data, video.duration)
    if not site_mode().is_normal:
        return _unrecorded(video, beat)
    outcome = heartbeats.record_heartbeat(request, video, beat)
    if outcome.is_new_view:
        tasks.enqueue_view_counting()
    remembered = request.user.is_authenticated and history.record_position(request.user, video, beat.position)
    return {
        "position": beat.position,
        "completed": history.is_finished(beat.position, video.duration),
        "view": outcome.verdict,
        "remembered": remembered,
    }


def _unrecorded(video: BriefVideo, beat: heartbeats.Heartbeat) -> HeartbeatResultDict:
    """Return the answer to a heartbeat of which the site keeps nothing: a player goes on as after any other."""
    return {
        "position": beat.position,
        "completed": history.is_finished(beat.position, video.duration),
        "view": "open",
        "remembered": False,
    }


class PlaybackView(APIView):
    """Heartbeats of players."""

    permission_classes = [AllowAny]
    throttle_limit = PLAYBACK

    @extend_schema(
        operation_id="videos_playback",
        request=HeartbeatSerializer,
        responses={200: described(HeartbeatResultDict)},
    )
    def post(self, request: Request, video_id: str) -> Response:
        """Record a heartbeat of a player."""
        video = get_watchable_brief(request._request, video_id)
        return no_store(
            Response(accept_heartbeat(request._request, video, HeartbeatSerializer.from_body(request)))
        )
