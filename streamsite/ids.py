"""Random identifiers. No counter is ever visible, and no id can be guessed."""

from __future__ import annotations

import secrets


def object_id() -> str:
    """Return 16 URL-safe characters (96 random bits): the key of everything but videos."""
    return secrets.token_urlsafe(12)


def video_id() -> str:
    """Return 11 URL-safe characters (64 random bits), as in ``/watch/<id>``."""
    return secrets.token_urlsafe(8)
