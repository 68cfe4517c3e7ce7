"""Forms about the videos of a playlist, its collaborators, and saving it to one's library."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import channel_for_viewing
from accounts.current_user import signed_in_user
from playlists import access, services
from playlists.views._shared import posted_version
from streamsite.errors import Absent
from streamsite.view_actions import (
    found_or_none,
    perform_and_redirect,
    redirect_back_with_message,
    redirect_with_message,
)


@login_required
@require_POST
def add(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Append a video."""
    playlist = access.playlist_for_contributing(request.user, playlist_id)
    video_id = request.POST.get("video_id", "")
    return perform_and_redirect(
        request,
        lambda: services.add_video(playlist, signed_in_user(request), video_id),
        _("Saved to playlist."),
        playlist,
    )


@login_required
@require_POST
def remove(request: HttpRequest, playlist_id: str, item_id: str) -> HttpResponse:
    """Remove a video."""
    playlist = access.playlist_for_contributing(request.user, playlist_id)
    item = access.item_for_editing(request.user, playlist, item_id)
    return perform_and_redirect(
        request,
        lambda: services.remove_item(playlist, item, actor=signed_in_user(request)),
        _("Removed from playlist."),
        playlist,
    )


@login_required
@require_POST
def move(request: HttpRequest, playlist_id: str, item_id: str) -> HttpResponse:
    """Move a video one place up or down."""
    playlist = access.playlist_for_contributing(request.user, playlist_id)
    item = access.get_item(playlist, item_id)
    direction = request.POST.get("direction", "down")
    return perform_and_redirect(
        request,
        lambda: services.move_one_step(
            playlist,
            item,
            direction,
            actor=signed_in_user(request),
            expected_version=posted_version(request),
        ),
        "",
        playlist,
    )


@login_required
@require_POST
def edit_note(request: HttpRequest, playlist_id: str, item_id: str) -> HttpResponse:
    """Change the note on a video."""
    playlist = access.playlist_for_contributing(request.user, playlist_id)
    item = access.item_for_editing(request.user, playlist, item_id)
    return perform_and_redirect(
        request,
        lambda: services.set_note(playlist, item, request.POST.get("note", "")),
        _("Note saved."),
        playlist,
    )


@login_required
@require_POST
def add_collaborator(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Allow a channel to add and sort videos."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    username = request.POST.get("username", "").strip().removeprefix("@")

    def add_channel() -> None:
        channel = found_or_none(lambda: channel_for_viewing(username))
        if channel is None:
            raise Absent(_("No user with that name."))
        services.add_collaborator(playlist, channel)

    return perform_and_redirect(request, add_channel, _("Collaborator added."), playlist)


@login_required
@require_POST
def remove_collaborator(request: HttpRequest, playlist_id: str, username: str) -> HttpResponse:
    """End a collaboration: by the owner, or by the collaborator, who leaves."""
    playlist, user_id = access.collaboration_for_removal(request.user, playlist_id, username)
    services.end_collaboration(playlist, user_id, actor=signed_in_user(request))
    if user_id == signed_in_user(request).pk != playlist.owner_id:
        return redirect_with_message(request, _("You left the playlist."), "library")
    return redirect_back_with_message(request, _("Collaborator removed."), playlist)


@login_required
@require_POST
def save_to_library(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Save another channel's playlist to the library, or remove it from there (``keep=0``)."""
    playlist = access.playlist_for_viewing(request.user, playlist_id)
    user = signed_in_user(request)
    if request.POST.get("keep") == "0":
        services.unsave_playlist(user, playlist.pk)
        return redirect_back_with_message(request, _("Removed from your playlists."), playlist)
    return perform_and_redirect(
        request, lambda: services.save_playlist(user, playlist), _("Saved to your playlists."), playlist
    )


@login_required
@require_POST
def remove_unavailable(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Remove the videos that the owner cannot see either."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    count = services.remove_hidden_items(playlist, signed_in_user(request))
    return redirect_with_message(
        request,
        ngettext("%(count)d video removed.", "%(count)d videos removed.", count) % {"count": count},
        playlist,
    )
