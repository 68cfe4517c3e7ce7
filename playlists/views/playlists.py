"""The library and a playlist's own pages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import channel_for_viewing
from playlists import access, feeds, forms, mappers, pages, queries, services
from playlists.models import Playlist, Sort
from playlists.views._shared import perform_and_redirect, user_of
from streamsite import cors, xml
from streamsite.api.pagination import paginate
from streamsite.errors import SiteError
from streamsite.view_helpers import add_form_errors, is_htmx
from streamsite.visibility import Visibility
from subscriptions.channel_page.queries import load_channel
from videos.syndication.feeds import CONTENT_TYPE
from videos.watch_marks import add_watch_marks

METHODS = ["GET", "HEAD", "POST"]
TABS = ("", "shared", "saved")


def _library_page(request: HttpRequest, tab: str) -> dict[str, Any]:
    user = user_of(request)
    if tab == "saved":
        rows = paginate(request, access.saved_playlists(user.pk), queries.RECENTLY_SAVED, absolute=False)
        return pages.saved_playlists_page(rows, user)
    chosen = access.playlists_shared_with if tab else access.own_playlists
    return pages.playlists_page(paginate(request, chosen(user.pk), queries.RECENT, absolute=False), user)


@login_required
@require_http_methods(METHODS)
def library(request: HttpRequest) -> HttpResponse:
    """The caller's playlists, those they collaborate on, those they saved; creating one."""
    form = forms.NewPlaylistForm(request.POST or None, initial={"visibility": Visibility.PRIVATE})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if video_id := request.POST.get("video_id", ""):
            data["video_ids"] = [video_id]
        try:
            playlist = services.create_playlist(user_of(request), data)
        except SiteError as error:
            add_form_errors(form, error)
        else:
            messages.success(request, "The playlist was created.")
            return redirect("playlist", playlist.pk)
    tab = request.GET.get("show", "")
    tab = tab if tab in TABS else ""
    context = {"page": _library_page(request, tab), "form": form, "tab": tab, "show_visibility": not tab}
    status = 400 if form.is_bound else 200
    template = "playlists/_playlists.html" if is_htmx(request) else "playlists/library.html"
    return render(request, template, context, status=status)


@require_safe
def detail(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """A playlist and its videos in order."""
    return _show(request, access.playlist_for_viewing(request.user, playlist_id))


@login_required
@require_safe
def watch_later(request: HttpRequest) -> HttpResponse:
    """What the caller wants to watch later; empty before anything was put there."""
    return _show(request, queries.get_watch_later(user_of(request)))


def _show(request: HttpRequest, playlist: Playlist) -> HttpResponse:
    found = pages.items_page(request, playlist, request.user, absolute=False)
    role = found.playlist["role"]
    context: dict[str, Any] = {
        "playlist": found.playlist,
        "page": found.body,
        "can_edit": found.playlist["can_edit"],
        "can_sort": role is not None and playlist.sort == Sort.MANUAL,
        "hidden_count": found.body["hidden_count"],
    }
    if is_htmx(request):
        return render(request, "playlists/_items.html", add_watch_marks(request.user, context))
    context |= {
        "is_saved": role is None and queries.has_saved(request.user, playlist),
        "sorts": Sort.choices,
        "sort_label": Sort(playlist.sort).label,
        "feed_url": feeds.feed_url(playlist) if access.is_reachable_by_link(playlist) else None,
    }
    return render(request, "playlists/detail.html", add_watch_marks(request.user, context))


@cors.allow_preflight
@require_safe
def feed(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """The playlist as RSS, as everybody sees it."""
    found = feeds.build_playlist_feed(access.playlist_for_sharing(playlist_id))
    response = xml.respond(request, found.content, CONTENT_TYPE, found.modified)
    cors.allow_any_origin(response)
    return response


@login_required
@require_http_methods(METHODS)
def edit(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Change title, description, visibility, duplicates; say who collaborates."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    initial = {name: getattr(playlist, name) for name in forms.PlaylistForm.base_fields}
    form = forms.PlaylistForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_playlist(playlist, form.cleaned_data)
        except SiteError as error:
            add_form_errors(form, error)
        else:
            messages.success(request, "Saved.")
            return redirect("playlist", playlist.pk)
    body = mappers.serialize_playlist(
        playlist, request.user, None, queries.active_users(playlist.collaborators)
    )
    status = 400 if form.is_bound else 200
    return render(request, "playlists/edit.html", {"form": form, "playlist": body}, status=status)


@login_required
@require_POST
def sort(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Choose what decides the order."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    chosen = {"sort": request.POST.get("sort", "")}
    return perform_and_redirect(request, playlist, lambda: services.update_playlist(playlist, chosen), "")


@login_required
@require_POST
def delete(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Remove a playlist; its videos stay."""
    services.delete_playlist(access.playlist_for_editing(request.user, playlist_id))
    messages.success(request, "The playlist was deleted.")
    return redirect("library")


@require_safe
def channel_playlists(request: HttpRequest, username: str) -> HttpResponse:
    """The listed playlists of a channel."""
    owner = channel_for_viewing(username)
    rows = access.listed_playlists(owner.pk)
    page = pages.playlists_page(paginate(request, rows, queries.RECENT, absolute=False), request.user)
    context = {"channel": load_channel(request.user, owner)[0], "tab": "playlists", "page": page}
    template = "playlists/_playlists.html" if is_htmx(request) else "accounts/channel.html"
    return render(request, template, context)
