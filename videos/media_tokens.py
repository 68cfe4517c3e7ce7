"""Signed path prefixes of media URLs: ``/media/v/<token>/<video id>/<generation>/...``.

The token is in the path, so relative URLs within playlists inherit it. It says for which class of viewer it was made
and until when, and is signed over those, the video and the generation. The *public* class plays by itself while the
video may be opened by link; the *owner* class plays only together with the owner's session or access token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from functools import lru_cache

from django.conf import settings

PUBLIC, OWNER = "p", "o"
SIGNATURE_BYTES = 18


def make(video_id: str, generation: str, viewer_class: str) -> str:
    """A token that lives one to two windows; equal for everybody within a window, so that caches can share."""
    window = settings.MEDIA_TOKEN_SECONDS
    expires = (int(time.time()) // window + 2) * window
    return f"{viewer_class}{expires:x}.{_sign(video_id, generation, viewer_class, expires)}"


def read(token: str, video_id: str, generation: str) -> str | None:
    """The viewer class of a good token, or ``None``."""
    head, _, signature = token.partition(".")
    viewer_class, digits = head[:1], head[1:]
    if viewer_class not in {PUBLIC, OWNER} or not 1 <= len(digits) <= 12 or not signature:
        return None
    try:
        expires = int(digits, 16)
    except ValueError:
        return None
    expected = _sign(video_id, generation, viewer_class, expires)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        return None
    return viewer_class if expires >= time.time() else None


def _sign(video_id: str, generation: str, viewer_class: str, expires: int) -> str:
    message = f"{video_id}/{generation}/{viewer_class}/{expires:x}".encode()
    digest = hmac.digest(_key(settings.SECRET_KEY), message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"streamsite.media:" + secret.encode()).digest()
