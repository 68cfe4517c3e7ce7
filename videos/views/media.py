"""Serves a video's files: checks the token and the video's state, then sends a byte range or redirects to the bucket.

Everything that may not be had is a 404 with the same body. The state is read again every two seconds, so making a
video private stops its segments at once.
"""

from __future__ import annotations

import hashlib
import re
from typing import TypedDict, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts import api_tokens, sessions
from accounts.authentication import authenticate_bearer
from accounts.models import User
from accounts.registration import login_only, rules
from streamsite import cors
from streamsite.cache_headers import (
    IMMUTABLE_FOR_READER,
    PRIVATE_NEVER_STORED,
    REVALIDATED,
    CachePolicy,
    public_for,
)
from streamsite.caching import ExpiringCache
from streamsite.errors import Absent
from streamsite.files import send_file
from streamsite.site_settings.features import require as require_feature
from streamsite.view_actions import found_or_none
from videos import share_links
from videos.access import is_embeddable_anywhere
from videos.files import bucket, bucket_delivery, paths, tokens
from videos.files.content_types import content_type_of
from videos.files.urls import DOWNLOAD, EXTRAS
from videos.models import Video
from videos.playback import manifests
from videos.playback_gate import PlaybackGate
from videos.review import may_review

NAME = re.compile(r"\A[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)?\.(m3u8|m4s|mp4|webp|avif|jpg|vtt)\Z")
IMAGE = re.compile(r"\A(?:poster|card|small)(?:-[A-Za-z0-9_-]+)?\.(?:webp|avif|jpg)\Z")
MAX_CACHED = 50_000


class MediaState(TypedDict):
    """The fields of a video that decide about its files."""

    generation: str
    stored_generation: str
    is_complete: bool
    visibility: str
    visibility_epoch: int
    is_taken_down: bool
    allow_download: bool
    allow_embed: bool
    embed_domains: list[str]
    title: str
    duration: float
    language: str
    channel_id: str
    channel__is_active: bool


def _cache_seconds(_: object) -> float:
    # Read at each call, because tests change it.
    return settings.MEDIA_STATE_CACHE_SECONDS


_states: ExpiringCache[str, MediaState | None] = ExpiringCache(seconds=_cache_seconds, max_entries=MAX_CACHED)
_links: ExpiringCache[str, bool] = ExpiringCache(seconds=_cache_seconds, max_entries=MAX_CACHED)
_reviewers: ExpiringCache[str, bool] = ExpiringCache(seconds=_cache_seconds, max_entries=MAX_CACHED)
# Ids of the accounts behind sessions and API tokens.
_readers: ExpiringCache[str, str | None] = ExpiringCache(seconds=_cache_seconds, max_entries=MAX_CACHED)


@login_only.checks_login
@cors.allow_preflight
@require_safe
def serve(request: HttpRequest, token: str, video_id: str, generation: str, name: str) -> HttpResponseBase:
    """Serve one file of a video's generation, or of its extras, whole or in part."""
    shown = tokens.verify_token(token, video_id, generation)
    match = NAME.match(name)
    if shown is None or match is None:
        raise Absent
    state = _state(video_id)
    if state is not None and shown.epoch > state["visibility_epoch"]:
        # The token was made after the change that this process has not seen yet.
        _states.discard(video_id)
        state = _state(video_id)
    if state is None or generation not in (state["generation"], EXTRAS):
        raise Absent
    if login_only.is_on() and not _stands_for_account(shown) and _caller_id(request) is None:
        raise rules.visitor_refusal()
    if not _may_have(request, shown, video_id, state):
        raise Absent
    if name == DOWNLOAD and not _is_for_owner(shown, state):
        if not state["allow_download"]:
            raise Absent
        require_feature("downloads")
    attachment = ""
    if name == DOWNLOAD:
        attachment = content_disposition_header(True, f"{state['title']}.mp4") or ""
    content_type, cache = content_type_of(name), _cache(shown, state, match[1])
    if generation != EXTRAS and manifests.is_composed(name):
        ladder = manifests.Ladder(
            video_id, generation, state["stored_generation"], state["duration"], state["language"]
        )
        response = manifests.send_manifest(request, ladder, name, content_type=content_type, cache=cache)
    else:
        response = _send(request, video_id, generation, name, state, cache, attachment)
    if shown.viewer_class == tokens.PUBLIC and is_embeddable_anywhere(state):
        cors.allow_any_origin(response)
    return response


@cors.allow_preflight
@login_only.checks_login
@require_safe
def serve_public_image(request: HttpRequest, video_id: str, folder: str, name: str) -> HttpResponseBase:
    """Serve a thumbnail of a public video from its lasting address.

    The reader's own browser keeps it. Caches that serve others keep it for a minute, as they do what is below a token,
    so that a video that is made private or taken down is gone there as soon as everywhere else.
    """
    state = _state(video_id)
    if state is None or not IMAGE.match(name) or folder not in (state["generation"], EXTRAS):
        raise Absent
    if not _gate(state).is_listed:
        raise Absent
    if login_only.is_closed_to(request):
        raise rules.visitor_refusal()
    lasts = folder == EXTRAS or state["is_complete"]
    cache = IMMUTABLE_FOR_READER if lasts else public_for(60)
    if login_only.is_on():
        cache = PRIVATE_NEVER_STORED
    response = _send(request, video_id, folder, name, state, cache)
    if is_embeddable_anywhere(state):
        cors.allow_any_origin(response)
    return response


def _send(
    request: HttpRequest,
    video_id: str,
    folder: str,
    name: str,
    state: MediaState,
    cache: CachePolicy,
    attachment: str = "",
) -> HttpResponseBase:
    """Send a file of a generation, or of the extras, from the disk or the bucket."""
    content_type = content_type_of(name)
    if bucket.is_stored(state["stored_generation"], folder):
        stored = bucket.folder_name(video_id, state["stored_generation"])
        return bucket_delivery.send_object(
            request, stored, name, content_type=content_type, cache=cache, attachment=attachment
        )
    place = paths.extras_dir(video_id) if folder == EXTRAS else paths.generation_dir(video_id, folder)
    response = send_file(request, place / name, content_type=content_type, cache=cache)
    if attachment:
        response["Content-Disposition"] = attachment
    return response


def forget_all() -> None:
    """Make this process read the state of every video again."""
    for cache in (_states, _links, _readers, _reviewers):
        cache.clear()
    manifests.clear_cache()


def _state(video_id: str) -> MediaState | None:
    columns = Video.objects.filter(pk=video_id).values(
        *PlaybackGate.DOCUMENT_FIELDS,
        "stored_generation",
        "visibility_epoch",
        "allow_download",
        "allow_embed",
        "embed_domains",
        "title",
        "duration",
        "language",
        "channel__is_active",
    )
    return _states.get_or_load(video_id, lambda: cast("MediaState | None", columns.first()))


def _may_have(request: HttpRequest, shown: tokens.MediaTokenClaims, video_id: str, state: MediaState) -> bool:
    if shown.viewer_class == tokens.REVIEW:
        return request.user.is_authenticated and _is_reviewed(request.user, video_id, state)
    if shown.viewer_class == tokens.OWNER:
        return _caller_id(request) == state["channel_id"]
    if shown.grant is not None:
        return _is_held(shown, shown.grant, video_id, state)
    return _others_may_have(shown, video_id, state)


def _is_reviewed(user: User | AnonymousUser, video_id: str, state: MediaState) -> bool:
    visibility, is_taken_down = state["visibility"], state["is_taken_down"]
    return _reviewers.get_or_load(
        f"{user.pk}~{video_id}~{visibility}~{is_taken_down}",
        lambda: may_review(user, video_id, visibility=visibility, is_taken_down=is_taken_down),
    )


def _is_held(shown: tokens.MediaTokenClaims, grant: tokens.Grant, video_id: str, state: MediaState) -> bool:
    """Return whether nothing has revoked a valid token."""
    if shown.epoch != state["visibility_epoch"] or not state["channel__is_active"]:
        return False
    if grant.kind == tokens.LINK:
        return _gate(state).is_open and _is_link_live(grant.id, video_id)
    reader = _holder_id(grant)
    # Others hold one where the site is login-only, for what everyone with an account may have.
    return reader == state["channel_id"] or (reader is not None and _gate(state).allows_anyone)


def _holder_id(grant: tokens.Grant) -> str | None:
    """Return the id of the account behind a session or an API token while that lives."""
    look = sessions.user_id_for_session if grant.kind == tokens.SESSION else api_tokens.reader_id_by_token_id
    return _readers.get_or_load(f"{grant.kind}~{grant.id}", lambda: look(grant.id))


def _stands_for_account(shown: tokens.MediaTokenClaims) -> bool:
    """Return whether the token was given to an account and is checked with it; public ones and share links are not."""
    return shown.viewer_class == tokens.OWNER or (shown.grant is not None and shown.grant.kind != tokens.LINK)


def _is_for_owner(shown: tokens.MediaTokenClaims, state: MediaState) -> bool:
    """Return whether a token that is valid was given to the video's owner."""
    if shown.grant is None or shown.grant.kind == tokens.LINK:
        return shown.viewer_class == tokens.OWNER
    return _holder_id(shown.grant) == state["channel_id"]


def _others_may_have(shown: tokens.MediaTokenClaims, video_id: str, state: MediaState) -> bool:
    if shown.viewer_class == tokens.SHARED:
        return _gate(state).is_open and _is_link_live(shown.link_id, video_id)
    return _gate(state).allows_anyone


def _gate(state: MediaState) -> PlaybackGate:
    return PlaybackGate.from_document(state, channel_is_active=state["channel__is_active"])


def _is_link_live(link_id: str, video_id: str) -> bool:
    return _links.get_or_load(f"{video_id}/{link_id}", lambda: share_links.is_link_active(link_id, video_id))


def _cache(shown: tokens.MediaTokenClaims, state: MediaState, kind: str) -> CachePolicy:
    if shown.viewer_class != tokens.PUBLIC or login_only.is_on():
        return PRIVATE_NEVER_STORED
    # Players ask for the playlists of a ladder that still grows again and again.
    return REVALIDATED if kind == "m3u8" and not state["is_complete"] else public_for(60)


def _caller_id(request: HttpRequest) -> str | None:
    """Return the caller's id, by access token, by API token, or by the page's session."""
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer":
        found = found_or_none(lambda: authenticate_bearer(credentials.strip(), fresh=False))
        return found[0].pk if found is not None else None
    if scheme.lower() == "token":
        text = credentials.strip()
        known = hashlib.sha256(text.encode()).hexdigest()
        return _readers.get_or_load(f"token~{known}", lambda: api_tokens.reader_id_by_text(text))
    return request.user.pk if request.user.is_authenticated else None
