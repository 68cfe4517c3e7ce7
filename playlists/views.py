"""Pages of playlists."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import channel_for_viewing
from accounts.models import User
from playlists import access, feeds, forms, listing, mappers, queries, services
from playlists.models import Playlist
from streamsite import xml
from streamsite.api.pagination import paginate
from streamsite.errors import SiteError
from streamsite.pages import is_fragment, safe_next, show_problems
from streamsite.visibility import Visibility
from subscriptions.channel_page.queries import visit
from videos.models import Video
from videos.sharing.feeds import CONTENT_TYPE

QUEUE_LENGTH = 200


def watch_panel(request: HttpRequest, video: Video) -> dict[str, Any]:
    """``?list=``: the playlist being played, its first videos and the place of this one."""
    wanted = request.GET.get("list", "")
    if not wanted:
        return {"playlist": None}
    try:
        playlist = access.playlist_for_viewing(request.user, wanted)
    except SiteError:
        return {"playlist": None}
    rows = list(queries.items(playlist).order_by(*queries.BY_RANK)[:QUEUE_LENGTH])
    visible, _ = queries.with_videos(request.user, rows)
    shown = [mappers.item(row, index, None) for index, row in enumerate(visible)]
    here = next((index for index, row in enumerate(visible) if row.video_id == video.pk), 0)
    return {
        "playlist": mappers.full(playlist, request.user, None),
        "playlist_items": shown,
        "playlist_index": here,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library(request: HttpRequest) -> HttpResponse:
    """The caller's playlists; creating one."""
    user = cast(User, request.user)
    form = forms.PlaylistForm(request.POST or None, initial={"visibility": Visibility.PRIVATE})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if video_id := request.POST.get("video_id", ""):
            data["video_ids"] = [video_id]
        try:
            playlist = services.create(user, data)
        except SiteError as error:
            show_problems(form, error)
        else:
            messages.success(request, "The playlist was created.")
            return redirect("playlist", playlist.pk)
    page = listing.body(
        paginate(request, access.own_playlists(user.pk), queries.RECENT, absolute=False), user
    )
    status = 400 if form.is_bound else 200
    context = {"page": page, "form": form, "add": request.GET.get("add", "")}
    template = "playlists/_playlists.html" if is_fragment(request) else "playlists/library.html"
    return render(request, template, context, status=status)


@require_safe
def detail(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """A playlist and its videos in order."""
    playlist = access.playlist_for_viewing(request.user, playlist_id)
    page = listing.items_body(request, playlist, request.user, absolute=False)
    body = mappers.full(playlist, request.user, queries.cover_video(playlist))
    context = {
        "playlist": body,
        "page": page,
        "can_edit": body["can_edit"],
        "hidden_count": page["hidden_count"],
        "feed_url": feeds.address(playlist) if access.is_shared(playlist) else None,
    }
    template = "playlists/_items.html" if is_fragment(request) else "playlists/detail.html"
    return render(request, template, context)


@require_safe
def feed(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """The playlist as RSS, as everybody sees it."""
    found = feeds.of_playlist(access.playlist_for_sharing(playlist_id))
    return xml.respond(request, found.content, CONTENT_TYPE, found.modified)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Change title, description and visibility."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    initial = {name: getattr(playlist, name) for name in forms.PlaylistForm.base_fields}
    form = forms.PlaylistForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.update(playlist, form.cleaned_data)
        except SiteError as error:
            show_problems(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("playlist", playlist.pk)
    body = mappers.full(playlist, request.user, None)
    status = 400 if form.is_bound else 200
    return render(request, "playlists/edit.html", {"form": form, "playlist": body}, status=status)


@login_required
@require_POST
def delete(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Remove a playlist; its videos stay."""
    services.delete(access.playlist_for_editing(request.user, playlist_id))
    messages.success(request, "The playlist was deleted.")
    return redirect("library")


@login_required
@require_POST
def add_item(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Append a video by form."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    try:
        services.add(playlist, cast(User, request.user), request.POST.get("video_id", ""))
        messages.success(request, "Saved to the playlist.")
    except SiteError as error:
        messages.error(request, error.detail)
    return _back(request, playlist)


@login_required
@require_POST
def remove_item(request: HttpRequest, playlist_id: str, item_id: str) -> HttpResponse:
    """Take a video out by form."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    services.remove(playlist, access.item_for_editing(playlist, item_id))
    messages.success(request, "Removed from the playlist.")
    return _back(request, playlist)


@login_required
@require_POST
def move_item(request: HttpRequest, playlist_id: str, item_id: str) -> HttpResponse:
    """Move a video one place by form."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    services.step(playlist, access.item_for_editing(playlist, item_id), request.POST.get("direction", "down"))
    return _back(request, playlist)


@require_safe
def channel_playlists(request: HttpRequest, username: str) -> HttpResponse:
    """The listed playlists of a channel."""
    owner = channel_for_viewing(username)
    rows = access.listed_playlists(owner.pk)
    page = listing.body(paginate(request, rows, queries.RECENT, absolute=False), request.user)
    context = {"channel": visit(request.user, owner)[0], "tab": "playlists", "page": page}
    template = "playlists/_playlists.html" if is_fragment(request) else "accounts/channel.html"
    return render(request, template, context)


def _back(request: HttpRequest, playlist: Playlist) -> HttpResponse:
    return redirect(safe_next(request, playlist.get_absolute_url()))
