"""Forms about the videos of a playlist, its collaborators, and keeping it in one's library."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import channel_for_viewing
from accounts.models import User
from playlists import access, services
from playlists.views._shared import perform_and_redirect, posted_version, user_of
from streamsite.errors import Absent


@login_required
@require_POST
def add(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Append a video."""
    playlist = access.playlist_for_contributing(request.user, playlist_id)
    video_id = request.POST.get("video_id", "")
    return perform_and_redirect(
        request,
        playlist,
        lambda: services.add_video(playlist, user_of(request), video_id),
        "Saved to the playlist.",
    )


@login_required
@require_POST
def remove(request: HttpRequest, playlist_id: str, item_id: str) -> HttpResponse:
    """Take a video out."""
    playlist = access.playlist_for_contributing(request.user, playlist_id)
    item = access.item_for_editing(request.user, playlist, item_id)
    return perform_and_redirect(
        request,
        playlist,
        lambda: services.remove_item(playlist, item, actor=user_of(request)),
        "Removed from the playlist.",
    )


@login_required
@require_POST
def move(request: HttpRequest, playlist_id: str, item_id: str) -> HttpResponse:
    """Move a video one place."""
    playlist = access.playlist_for_contributing(request.user, playlist_id)
    item = access.get_item(playlist, item_id)
    direction = request.POST.get("direction", "down")
    return perform_and_redirect(
        request,
        playlist,
        lambda: services.move_one_step(
            playlist, item, direction, actor=user_of(request), expected_version=posted_version(request)
        ),
        "",
    )


@login_required
@require_POST
def edit_note(request: HttpRequest, playlist_id: str, item_id: str) -> HttpResponse:
    """Say something about a video of the list."""
    playlist = access.playlist_for_contributing(request.user, playlist_id)
    item = access.item_for_editing(request.user, playlist, item_id)
    return perform_and_redirect(
        request,
        playlist,
        lambda: services.set_note(playlist, item, request.POST.get("note", "")),
        "The note was saved.",
    )


@login_required
@require_POST
def add_collaborator(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Let somebody add and sort."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    username = request.POST.get("username", "").strip().removeprefix("@")

    def do() -> None:
        try:
            user = channel_for_viewing(username)
        except Absent:
            raise Absent("There is no channel of this name.") from None
        services.add_collaborator(playlist, user)

    return perform_and_redirect(request, playlist, do, "They can add and sort videos now.")


@login_required
@require_POST
def remove_collaborator(request: HttpRequest, playlist_id: str, username: str) -> HttpResponse:
    """End a collaboration: by the owner, or by leaving."""
    playlist, user_id = access.collaboration_for_removal(request.user, playlist_id, username)
    services.remove_collaborator(playlist, user_id)
    if user_id == user_of(request).pk != playlist.owner_id:
        messages.success(request, "You left the playlist.")
        return redirect("library")
    return perform_and_redirect(request, playlist, lambda: None, "They can no longer change the playlist.")


@login_required
@require_POST
def save_to_library(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Put somebody else's playlist into the library, or out of it."""
    playlist = access.playlist_for_viewing(request.user, playlist_id)
    if request.POST.get("keep") == "0":
        services.unsave_playlist(user_of(request), playlist.pk)
        return perform_and_redirect(request, playlist, lambda: None, "No longer in your library.")
    return perform_and_redirect(
        request,
        playlist,
        lambda: services.save_playlist(user_of(request), playlist),
        "Saved to your library.",
    )


@login_required
@require_POST
def remove_unavailable(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Take out what the owner cannot see either."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    count = services.remove_hidden_items(playlist, cast(User, request.user))
    messages.success(request, f"{count} video{'' if count == 1 else 's'} taken out.")
    return redirect(playlist)
