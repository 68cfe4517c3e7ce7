"""Serving a video's files: token, present state of the video, then a byte range.

Everything that may not be had is a 404 with the same body. The state is read again every two seconds, so making a
video private stops its segments at once.
"""

from __future__ import annotations

import re
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.authentication import authenticate_bearer
from streamsite.errors import Absent, SiteError
from streamsite.files import send
from streamsite.visibility import is_linkable
from videos import media_tokens, storage
from videos.models import Status, Video

NAME = re.compile(r"\A[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)?\.(m3u8|m4s|mp4|webp|jpg|vtt)\Z")
TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "m4s": "video/iso.segment",
    "mp4": "video/mp4",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "vtt": "text/vtt; charset=utf-8",
}
PUBLIC_CACHE = "public, max-age=60"
PRIVATE_CACHE = "private, no-store"
_states: dict[str, tuple[float, dict[str, Any] | None]] = {}


@require_safe
def serve(request: HttpRequest, token: str, video_id: str, generation: str, name: str) -> HttpResponseBase:
    """One file of a video's generation, whole or in part."""
    viewer_class = media_tokens.read(token, video_id, generation)
    match = NAME.match(name)
    if viewer_class is None or match is None:
        raise Absent
    state = _state(video_id)
    if state is None or state["generation"] != generation:
        raise Absent
    if not _may_have(request, viewer_class, state):
        raise Absent
    path = storage.generation_dir(video_id, generation) / name
    public = viewer_class == media_tokens.PUBLIC
    return send(request, path, content_type=TYPES[match[1]], cache=PUBLIC_CACHE if public else PRIVATE_CACHE)


def forget_all() -> None:
    """Make this process look at every video again."""
    _states.clear()


def _state(video_id: str) -> dict[str, Any] | None:
    kept = _states.get(video_id)
    if kept is not None and time.monotonic() - kept[0] < settings.MEDIA_STATE_CACHE_SECONDS:
        return kept[1]
    columns: Any = Video.objects.filter(pk=video_id).values(
        "generation", "visibility", "status", "channel_id", "channel__is_active"
    )
    row: dict[str, Any] | None = columns.first()
    if len(_states) > 50_000:
        _states.clear()
    _states[video_id] = (time.monotonic(), row)
    return row


def _may_have(request: HttpRequest, viewer_class: str, state: dict[str, Any]) -> bool:
    if viewer_class == media_tokens.PUBLIC:
        if not state["channel__is_active"]:
            return False
        return bool(state["status"] == Status.READY and is_linkable(state["visibility"]))
    return bool(_caller_id(request) == state["channel_id"])


def _caller_id(request: HttpRequest) -> str | None:
    """Who asks: by bearer token, else by the page's session."""
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer":
        try:
            user, _token = authenticate_bearer(credentials.strip(), fresh=False)
        except SiteError:
            return None
        return user.pk
    return request.user.pk if request.user.is_authenticated else None
