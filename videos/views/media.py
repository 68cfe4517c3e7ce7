"""Serves a video's files: sends a byte range, or redirects to the bucket.

``videos.media_access`` decides who may have which. Everything that may not be had is a 404 with the same body.
Most requests are answered before they get here: ``streamsite.edge``.
"""

from __future__ import annotations

import hashlib

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.authentication import authenticate_bearer
from accounts.models import User
from accounts.registration import login_only, rules
from streamsite import cors
from streamsite.files import send_file
from streamsite.view_actions import found_or_none
from videos import media_access
from videos.files import bucket, bucket_delivery
from videos.media_access import MediaFile
from videos.playback import manifests


class RequestCaller:
    """The caller of a request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def user(self) -> User | AnonymousUser:
        """Return the account of the page's session."""
        return self._request.user

    def account_id(self) -> str | None:
        """Return the id of the account, by access token, by API token, or by the page's session."""
        scheme, _, credentials = self._request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer":
            found = found_or_none(lambda: authenticate_bearer(credentials.strip(), fresh=False))
            return found[0].pk if found is not None else None
        if scheme.lower() == "token":
            text = credentials.strip()
            return media_access.reader_id_by_api_token(text, hashlib.sha256(text.encode()).hexdigest())
        return self.user().pk if self.user().is_authenticated else None


@login_only.checks_login
@cors.allow_preflight
@require_safe
def serve(request: HttpRequest, token: str, video_id: str, generation: str, name: str) -> HttpResponseBase:
    """Serve one file of a video's generation, or of its extras, whole or in part."""
    return _send(request, media_access.find_file(RequestCaller(request), token, video_id, generation, name))


@cors.allow_preflight
@login_only.checks_login
@require_safe
def serve_public_image(request: HttpRequest, video_id: str, folder: str, name: str) -> HttpResponseBase:
    """Serve a thumbnail from its lasting address, to everyone while the video may be opened by its link."""
    if login_only.is_closed_to(request):
        raise rules.visitor_refusal()
    return _send(request, media_access.find_public_image(video_id, folder, name))


def _send(request: HttpRequest, file: MediaFile) -> HttpResponseBase:
    if file.is_composed:
        response = _send_manifest(request, file)
    elif file.is_stored:
        response = bucket_delivery.send_object(
            request,
            bucket.folder_name(file.video_id, file.state["stored_generation"]),
            file.name,
            content_type=file.content_type,
            cache=file.cache,
            attachment=file.attachment,
        )
    else:
        response = send_file(request, file.path, content_type=file.content_type, cache=file.cache)
        if file.attachment:
            response["Content-Disposition"] = file.attachment
    if file.is_open:
        cors.allow_any_origin(response)
    return response


def _send_manifest(request: HttpRequest, file: MediaFile) -> HttpResponseBase:
    state = file.state
    ladder = manifests.Ladder(
        file.video_id, file.folder, state["stored_generation"], state["duration"], state["language"]
    )
    return manifests.send_manifest(
        request, ladder, file.name, content_type=file.content_type, cache=file.cache
    )


def forget_all() -> None:
    """Make this process read the state of every video again."""
    media_access.forget_all()
    manifests.clear_cache()
