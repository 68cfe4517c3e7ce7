"""``/embed/{id}``: the player alone, for other sites. The only page of ours that may be framed.

A frame on another site never carries the viewer's cookies, so what anybody with the link may watch can be embedded and
nothing else; what may not be looks like what does not exist.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from streamsite.errors import Absent, Forbidden
from streamsite.middleware import FRAMED_CONTENT_POLICY
from videos import access, mappers
from videos.views.watching import seconds


@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, video_id: str) -> HttpResponse:
    """The player, or a page in its size that says why there is none."""
    try:
        video = access.video_for_embedding(video_id)
    except Absent:
        return _framed(render(request, "videos/embed_refused.html", {"reason": "absent"}, status=404))
    except Forbidden:
        refused = {"reason": "off", "video_id": video_id}
        return _framed(render(request, "videos/embed_refused.html", refused, status=403))
    context = {
        "video": mappers.full(video, access.NOBODY),
        "start": seconds(request.GET.get("t", "")),
        "autoplay_now": request.GET.get("autoplay") == "1",
        "loop": request.GET.get("loop") == "1",
    }
    return _framed(render(request, "videos/embed.html", context))


def _framed(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = FRAMED_CONTENT_POLICY
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "no-cache"
    return response
