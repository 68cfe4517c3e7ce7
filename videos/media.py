"""Serving a video's files: token, present state of the video, then a byte range or the way to the bucket.

Everything that may not be had is a 404 with the same body. The state is read again every two seconds, so making a
video private stops its segments at once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.authentication import authenticate_bearer
from streamsite.errors import Absent, SiteError
from streamsite.files import send
from streamsite.visibility import is_linkable
from videos import bucket, manifests, media_tokens, share_links, storage, stored
from videos.addresses import DOWNLOAD, EXTRAS
from videos.media_types import type_of
from videos.models import Video

NAME = re.compile(r"\A[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)?\.(m3u8|m4s|mp4|webp|avif|jpg|vtt)\Z")
# What pages of other sites show of a video that may be embedded: its pictures and the file for download.
SHARED_NAME = re.compile(rf"\A(?:(?:poster|card|small)[A-Za-z0-9_-]*\.(?:webp|jpg)|{re.escape(DOWNLOAD)})\Z")
PUBLIC_CACHE = "public, max-age=60"
PRIVATE_CACHE = "private, no-store"
# Playlists of a ladder that still grows are asked for again and again.
GROWING_CACHE = "no-cache"
_states: dict[str, tuple[float, Any]] = {}


@require_safe
def serve(request: HttpRequest, token: str, video_id: str, generation: str, name: str) -> HttpResponseBase:
    """One file of a video's generation, or of its extras, whole or in part."""
    shown = media_tokens.read(token, video_id, generation)
    match = NAME.match(name)
    if shown is None or match is None:
        raise Absent
    state = _state(video_id)
    if state is None or generation not in (state["generation"], EXTRAS):
        raise Absent
    if not _may_have(request, shown, video_id, state):
        raise Absent
    if name == DOWNLOAD and not (state["allow_download"] or shown.viewer_class == media_tokens.OWNER):
        raise Absent
    attachment = ""
    if name == DOWNLOAD:
        attachment = content_disposition_header(True, f"{state['title']}.mp4") or ""
    content_type, cache = type_of(name), _cache(shown, state, match[1])
    if generation != EXTRAS and manifests.is_composed(name):
        ladder = manifests.Ladder(
            video_id, generation, state["stored_generation"], state["duration"], state["language"]
        )
        response = manifests.send(request, ladder, name, content_type=content_type, cache=cache)
    elif bucket.holds(state["stored_generation"], generation):
        folder = bucket.folder_of(video_id, state["stored_generation"])
        response = stored.send(
            request, folder, name, content_type=content_type, cache=cache, attachment=attachment
        )
    else:
        folder_path = (
            storage.extras_dir(video_id)
            if generation == EXTRAS
            else storage.generation_dir(video_id, generation)
        )
        response = send(request, folder_path / name, content_type=content_type, cache=cache)
        if attachment:
            response["Content-Disposition"] = attachment
    if state["allow_embed"] and shown.viewer_class == media_tokens.PUBLIC and SHARED_NAME.match(name):
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def forget_all() -> None:
    """Make this process look at every video again."""
    _states.clear()
    manifests.forget_all()


def _state(video_id: str) -> dict[str, Any] | None:
    columns: Any = Video.objects.filter(pk=video_id).values(
        "generation",
        "stored_generation",
        "is_complete",
        "visibility",
        "is_taken_down",
        "allow_download",
        "allow_embed",
        "title",
        "duration",
        "language",
        "channel_id",
        "channel__is_active",
    )
    found: dict[str, Any] | None = _remembered(video_id, columns.first)
    return found


def _remembered(key: str, look: Callable[[], Any]) -> Any:
    """What ``look`` says, asked at most every ``MEDIA_STATE_CACHE_SECONDS``."""
    kept = _states.get(key)
    if kept is not None and time.monotonic() - kept[0] < settings.MEDIA_STATE_CACHE_SECONDS:
        return kept[1]
    found = look()
    if len(_states) > 50_000:
        _states.clear()
    _states[key] = (time.monotonic(), found)
    return found


def _may_have(request: HttpRequest, shown: media_tokens.Pass, video_id: str, state: dict[str, Any]) -> bool:
    if shown.viewer_class == media_tokens.OWNER:
        return bool(_caller_id(request) == state["channel_id"])
    if not state["channel__is_active"] or not state["generation"] or state["is_taken_down"]:
        return False
    if shown.viewer_class == media_tokens.SHARED:
        link_id = shown.link_id
        return bool(_remembered(f"{video_id}/{link_id}", lambda: share_links.is_live(link_id, video_id)))
    return is_linkable(state["visibility"])


def _cache(shown: media_tokens.Pass, state: dict[str, Any], kind: str) -> str:
    if shown.viewer_class != media_tokens.PUBLIC:
        return PRIVATE_CACHE
    return GROWING_CACHE if kind == "m3u8" and not state["is_complete"] else PUBLIC_CACHE


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
