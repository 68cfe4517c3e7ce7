"""Signed path prefixes of media URLs: ``/media/v/<token>/<video id>/<generation>/...``.

The token is in the path, so relative URLs within playlists inherit it. It says for which class of viewer it was made
and until when, and is signed over those, the video and the generation. The *public* class plays by itself while the
video may be opened by link; the *shared* class while its share link lives; the *owner* class plays only together with
the owner's session or access token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

PUBLIC, OWNER, SHARED = "p", "o", "s"
SIGNATURE_BYTES = 18
FORM = re.compile(r"\A([pos])([0-9a-f]{1,12})(?:~([A-Za-z0-9_-]{1,32}))?\.([A-Za-z0-9_-]{24})\Z", re.ASCII)


@dataclass(frozen=True)
class Pass:
    """What a good token says: the class of viewer, and for a shared one the share link."""

    viewer_class: str
    link_id: str = ""


def make(video_id: str, generation: str, viewer_class: str, *, link_id: str = "") -> str:
    """A token that lives one to two windows; equal for everybody within a window, so that caches can share."""
    window = settings.MEDIA_TOKEN_SECONDS
    expires = (int(time.time()) // window + 2) * window
    head = f"{viewer_class}{expires:x}" + (f"~{link_id}" if link_id else "")
    return f"{head}.{_sign(video_id, generation, head, settings.SECRET_KEY)}"


def read(token: str, video_id: str, generation: str) -> Pass | None:
    """What a good token says, or ``None``."""
    match = FORM.match(token)
    if match is None:
        return None
    viewer_class, digits, link_id, signature = match.groups()
    head = token.partition(".")[0]
    expected = (
        _sign(video_id, generation, head, secret)
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    if not any(hmac.compare_digest(known, signature) for known in expected):
        return None
    if (viewer_class == SHARED) != bool(link_id) or int(digits, 16) < time.time():
        return None
    return Pass(viewer_class, link_id or "")


def _sign(video_id: str, generation: str, head: str, secret: str) -> str:
    message = f"{video_id}/{generation}/{head}".encode()
    digest = hmac.digest(_key(secret), message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"streamsite.media:" + secret.encode()).digest()
