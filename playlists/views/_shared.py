"""Shared by the pages of playlists."""

from __future__ import annotations

from django.http import HttpRequest


def posted_version(request: HttpRequest) -> int | None:
    """Return the version of the playlist that a form was made from, if the form has one."""
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 16 else None
