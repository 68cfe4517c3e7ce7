"""Grants for the media URLs in API responses."""

from __future__ import annotations

from rest_framework.request import Request

from accounts.api.base import current_session_id
from accounts.models import ApiToken
from videos.files.tokens import API_TOKEN, LINK, SESSION, Grant
from videos.models import ShareLink


def grant_for_request(request: Request, link: ShareLink | None = None) -> Grant | None:
    """Return the share link that admitted the caller, else their API token or session, ``None`` without any."""
    if link is not None:
        return Grant(LINK, link.pk)
    if not request.user.is_authenticated:
        return None
    if isinstance(request.auth, ApiToken):
        return Grant(API_TOKEN, request.auth.pk)
    session_id = current_session_id(request)
    return Grant(SESSION, session_id) if session_id else None
