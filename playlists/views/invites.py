"""Pages of invite links: the owner creates and revokes them, others join by one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.current_user import signed_in_user
from accounts.models import User
from playlists import access, services
from playlists.models import Playlist
from playlists.views.playlists import edit_page
from streamsite.cache_headers import never_cached
from streamsite.errors import Absent, SiteError, Throttled, Unavailable
from streamsite.view_actions import attempt, redirect_with_message
from streamsite.view_helpers import allow_get_and_post

LIFETIMES = ("3600", "86400", "604800", "2592000")


@login_required
@require_POST
@never_cached
def create(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Create a link and show it, once, on the playlist's edit page."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    seconds = request.POST.get("expires_in", "")
    lifetime = int(seconds) if seconds in LIFETIMES else None
    created = attempt(lambda: services.create_invite(playlist, expires_in=lifetime))
    if isinstance(created, SiteError):
        messages.error(request, created.detail)
        return redirect(f"{reverse('playlist-edit', args=[playlist.pk])}#collaborators")
    return edit_page(request, playlist, new_link=created[1])


@login_required
@require_POST
def revoke(request: HttpRequest, playlist_id: str, invite_id: str) -> HttpResponse:
    """Revoke a link."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    services.revoke_invite(playlist, invite_id)
    address = f"{reverse('playlist-edit', args=[playlist.pk])}#collaborators"
    return redirect_with_message(request, _("Invite link revoked."), address)


@login_required
@allow_get_and_post
@never_cached
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Say which playlist the link is for, and join it. A link that lets nobody in has a page of its own, too."""
    user = signed_in_user(request)
    is_post = request.method == "POST"
    found = attempt(lambda: services.accept_invite(user, token) if is_post else _playlist(user, token))
    if isinstance(found, (Throttled, Unavailable)):
        raise found
    if isinstance(found, Absent):
        return render(request, "playlists/join.html", status=404)
    if isinstance(found, SiteError):
        return render(request, "playlists/join.html", {"problem": found.detail}, status=found.status)
    if is_post:
        return redirect_with_message(request, _("You joined the playlist."), found)
    if access.may_contribute(user, found):
        return redirect(found)
    return render(request, "playlists/join.html", {"playlist": found})


def _playlist(user: User, token: str) -> Playlist:
    return services.open_invite(user, token).playlist
