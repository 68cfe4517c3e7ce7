"""What the pages of playlists share."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from playlists.models import Playlist
from streamsite.errors import SiteError
from streamsite.view_helpers import safe_next


def user_of(request: HttpRequest) -> User:
    """The caller, for views that only signed-in people reach."""
    return cast(User, request.user)


def posted_version(request: HttpRequest) -> int | None:
    """The version that a form was made from, if it says so."""
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 16 else None


def perform_and_redirect(
    request: HttpRequest, playlist: Playlist, do: Callable[[], object], done: str
) -> HttpResponse:
    """Do it, say ``done`` or why not, and go back to where the form was."""
    try:
        do()
    except SiteError as error:
        messages.error(request, error.detail)
    else:
        if done:
            messages.success(request, done)
    return redirect(safe_next(request, playlist.get_absolute_url()))
