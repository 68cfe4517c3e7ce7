"""The library and a playlist's own pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import channel_for_viewing
from accounts.current_user import signed_in_user
from accounts.models import User
from playlists import access, feeds, forms, mappers, pages, queries, services
from playlists.metadata import playlist_metadata
from playlists.models import Playlist, Sort
from playlists.schemas import PlaylistDict
from playlists.services import invites
from streamsite import cors
from streamsite.api.json_types import PageDict
from streamsite.api.pagination import paginate
from streamsite.view_actions import (
    form_status,
    perform,
    perform_and_redirect,
    posted_data,
    redirect_with_message,
)
from streamsite.view_helpers import allow_get_and_post, is_htmx, render_page_or_part
from streamsite.visibility import Visibility
from subscriptions.channel_page.metadata import channel_metadata
from subscriptions.channel_page.queries import load_channel
from videos.syndication.feed_entries import FeedRequest
from videos.syndication.feeds import respond
from videos.watch_marks import add_watch_marks

TABS = ("", "shared", "saved")


def _library_page(request: HttpRequest, user: User, tab: str) -> PageDict[PlaylistDict]:
    if tab == "saved":
        rows = paginate(request, access.saved_playlists(user.pk), queries.RECENTLY_SAVED, absolute=False)
        return pages.saved_playlists_page(rows, user)
    chosen = access.playlists_shared_with if tab else access.own_playlists
    return pages.playlists_page(paginate(request, chosen(user.pk), queries.RECENT, absolute=False), user)


@login_required
@allow_get_and_post
def library(request: HttpRequest) -> HttpResponse:
    """List the caller's playlists, those shared with them or those they saved; create one."""
    user = signed_in_user(request)
    form = forms.NewPlaylistForm(posted_data(request), initial={"visibility": Visibility.PRIVATE})

    def create() -> Playlist:
        video_id = request.POST.get("video_id", "")
        return services.create_playlist(
            user, form.cleaned_data | ({"video_ids": [video_id]} if video_id else {})
        )

    response = perform(
        request,
        form,
        create,
        lambda playlist: redirect_with_message(request, _("Playlist created."), "playlist", playlist.pk),
    )
    if response is not None:
        return response
    tab = request.GET.get("show", "")
    tab = tab if tab in TABS else ""
    context = {
        "page": _library_page(request, user, tab),
        "form": form,
        "tab": tab,
        "show_visibility": not tab,
    }
    return render_page_or_part(
        request, "playlists/library.html", "playlists/_playlists.html", context, form_status(form)
    )


@require_safe
def detail(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Show a playlist and its videos in order."""
    return _show(request, access.playlist_for_viewing(request.user, playlist_id))


@login_required
@require_safe
def watch_later(request: HttpRequest) -> HttpResponse:
    """Show the caller's Watch later, which is empty until a video is added."""
    return _show(request, queries.get_watch_later(signed_in_user(request)))


def _show(request: HttpRequest, playlist: Playlist) -> HttpResponse:
    found = pages.items_page(request, playlist, request.user, absolute=False)
    role = found.playlist["role"]
    context: dict[str, object] = {
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
        "sharing": playlist_metadata(playlist, found.playlist, found.body),
        "feed_url": feeds.feed_url(playlist) if access.is_reachable_by_link(playlist) else None,
    }
    return render(request, "playlists/detail.html", add_watch_marks(request.user, context))


@cors.allow_preflight
@require_safe
def feed(request: HttpRequest, playlist_id: str, ending: str) -> HttpResponse:
    """Serve the playlist as a feed, as visitors see it."""
    asked = FeedRequest.of(request, ending)
    return respond(request, feeds.build_playlist_feed(access.playlist_for_sharing(playlist_id), asked))


@login_required
@allow_get_and_post
def edit(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Change title, description, visibility and duplicates; list the collaborators."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    form = forms.PlaylistForm(posted_data(request), initial=_initial(playlist))
    response = perform(
        request,
        form,
        lambda: services.update_playlist(playlist, form.cleaned_data),
        lambda _done: redirect_with_message(request, _("Saved."), "playlist", playlist.pk),
    )
    return response or edit_page(request, playlist, form)


def edit_page(
    request: HttpRequest, playlist: Playlist, form: forms.PlaylistForm | None = None, *, new_link: str = ""
) -> HttpResponse:
    """Render the edit page of a playlist that the caller may change; ``new_link`` is a new invite link's URL."""
    if form is None:
        form = forms.PlaylistForm(initial=_initial(playlist))
    people = queries.active_users(playlist.collaborators)
    links = invites.invites_of_playlist(playlist).order_by(*invites.NEWEST)[: invites.MAX_INVITES]
    context = {
        "form": form,
        "playlist": mappers.serialize_playlist(playlist, request.user, None, people),
        "invites": [mappers.serialize_invite(link) for link in links],
        "new_link": new_link,
    }
    return render(request, "playlists/edit.html", context, status=form_status(form))


def _initial(playlist: Playlist) -> dict[str, object]:
    return {name: getattr(playlist, name) for name in forms.PlaylistForm.base_fields}


@login_required
@require_POST
def sort(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Choose the rule of the order."""
    playlist = access.playlist_for_editing(request.user, playlist_id)
    chosen = {"sort": request.POST.get("sort", "")}
    return perform_and_redirect(request, lambda: services.update_playlist(playlist, chosen), "", playlist)


@login_required
@require_POST
def delete(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Delete a playlist; its videos stay."""
    services.delete_playlist(access.playlist_for_editing(request.user, playlist_id))
    return redirect_with_message(request, _("Playlist deleted."), "library")


@require_safe
def channel_playlists(request: HttpRequest, username: str) -> HttpResponse:
    """List the public playlists of a channel."""
    owner = channel_for_viewing(username)
    rows = access.listed_playlists(owner.pk)
    page = pages.playlists_page(paginate(request, rows, queries.RECENT, absolute=False), request.user)
    channel = load_channel(request.user, owner)[0]
    sharing = channel_metadata(request, channel)
    context = {"channel": channel, "tab": "playlists", "page": page, "sharing": sharing}
    return render_page_or_part(request, "subscriptions/channel.html", "playlists/_playlists.html", context)
