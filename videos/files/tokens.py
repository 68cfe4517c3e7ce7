"""Signed path prefixes of media URLs: ``/media/v/<token>/<video id>/<generation>/...``.

The token is in the path, so relative URLs within playlists inherit it. It says for which class of viewer it was made
and until when, and is signed over those, the video and the generation.

- *public*: plays without credentials while anyone with the link may open the video; the same for everyone within a
  window of time.
- *shared*: for the page of someone whom a share link let in; plays without credentials while the link lives.
- *owner*: for the owner's page; plays only together with the owner's session, access token or API token.
- *review*: for the admin; plays only together with the session of staff who may review videos.
- *held*: for programs; plays without credentials while what got it lives (a session, an API token or a share link),
  until someone changes who may see the video.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import re
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

PUBLIC, OWNER, SHARED, REVIEW, HELD = "p", "o", "s", "r", "h"
LINK, SESSION, API_TOKEN = "l", "s", "t"  # the kinds of grant
SIGNATURE_BYTES = 18
# The time beyond a video's duration for which its token is valid, and the longest lifetime of a held token.
EXPIRY_MARGIN_SECONDS, MAX_HELD_SECONDS = 3600, 6 * 3600
# Held tokens created within a minute are equal, so that responses with them keep their ETag.
HELD_STEP_SECONDS = 60
TOKEN_PATTERN = re.compile(
    r"\A(?:(?P<page_class>[posr])(?P<page_expires>[0-9a-f]{1,12})(?:~(?P<link_id>[A-Za-z0-9_-]{1,32}))?"
    r"|h(?P<expires>[0-9a-f]{1,12})~(?P<kind>[lst])(?P<id>[A-Za-z0-9_-]{1,43})~(?P<epoch>[0-9a-f]{1,12}))"
    r"\.(?P<signature>[A-Za-z0-9_-]{24})\Z",
    re.ASCII,
)


class _InvalidToken(Exception):
    """A token that is malformed, or signed by somebody else."""


@dataclass(frozen=True)
class Grant:
    """The reason for which a program may have a video's files: a share link, a session or an API token, by its id."""

    kind: str
    id: str


@dataclass(frozen=True)
class MediaTokenClaims:
    """The contents of a valid token: the class of viewer, and what the token depends on.

    ``link_id`` is set in the shared class, ``grant`` and the video's ``epoch`` in the held one.
    """

    viewer_class: str
    link_id: str = ""
    grant: Grant | None = None
    epoch: int = 0


def create_page_token(
    video_id: str, generation: str, viewer_class: str, *, link_id: str = "", duration: float = 0.0
) -> str:
    """Return a token for a page or for everyone, equal for all within a window, so that caches can share.

    It lives one to two windows, more where a film of ``duration`` seconds and the margin need more.
    """
    window = settings.MEDIA_TOKEN_SECONDS
    windows = max(2, math.ceil((duration + EXPIRY_MARGIN_SECONDS) / window) + 1)
    expires = (int(time.time()) // window + windows) * window
    head = f"{viewer_class}{expires:x}" + (f"~{link_id}" if link_id else "")
    return f"{head}.{_sign(video_id, generation, head, settings.SECRET_KEY)}"


def create_held_token(video_id: str, generation: str, grant: Grant, *, epoch: int, duration: float) -> str:
    """Return a token that is valid by itself for ``duration`` and an hour, at most six hours, while ``grant`` lives.

    ``epoch`` is the video's ``visibility_epoch``: the token ends with the next change of who may see the video.
    """
    life = min(duration + EXPIRY_MARGIN_SECONDS + HELD_STEP_SECONDS, MAX_HELD_SECONDS)
    expires = int(time.time() + life) // HELD_STEP_SECONDS * HELD_STEP_SECONDS
    head = f"{HELD}{expires:x}~{grant.kind}{grant.id}~{epoch:x}"
    return f"{head}.{_sign(video_id, generation, head, settings.SECRET_KEY)}"


def verify_token(token: str, video_id: str, generation: str) -> MediaTokenClaims | None:
    """Return the contents of a token, ``None`` for an invalid or expired one."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    try:
        claims, expires = _read_token(token, video_id, generation, secrets)
    except _InvalidToken:
        return None
    return None if expires < time.time() else claims


# The tokens that are used now: a player sends one with each segment. What is not valid is not kept.
@lru_cache(maxsize=4096)
def _read_token(
    token: str, video_id: str, generation: str, secrets: tuple[str, ...]
) -> tuple[MediaTokenClaims, int]:
    """Return the contents of a token and when it expires. Raises ``_InvalidToken``."""
    match = TOKEN_PATTERN.match(token)
    if match is None:
        raise _InvalidToken
    head = token.rpartition(".")[0]
    expected = (_sign(video_id, generation, head, secret) for secret in secrets)
    if not any(hmac.compare_digest(known, match["signature"]) for known in expected):
        raise _InvalidToken
    expires = int(match["expires"] or match["page_expires"], 16)
    if match["kind"]:
        grant = Grant(match["kind"], match["id"])
        return MediaTokenClaims(HELD, grant=grant, epoch=int(match["epoch"], 16)), expires
    viewer_class, link_id = match["page_class"], match["link_id"] or ""
    if (viewer_class == SHARED) != bool(link_id):
        raise _InvalidToken
    return MediaTokenClaims(viewer_class, link_id), expires


def _sign(video_id: str, generation: str, head: str, secret: str) -> str:
    message = f"{video_id}/{generation}/{head}".encode()
    digest = hmac.digest(_key(secret), message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"streamsite.media:" + secret.encode()).digest()
