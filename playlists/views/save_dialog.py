"""``/playlists/save/{video}``: which playlists hold a video, as check boxes. The dialog of scripts does the same."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from playlists import access, forms, pages, queries, services
from playlists.models import Playlist
from playlists.views._shared import user_of
from streamsite.api.pagination import paginate
from streamsite.errors import SiteError
from streamsite.view_helpers import add_form_errors, safe_next
from streamsite.visibility import Visibility
from videos.access import video_for_watching
from videos.mappers import serialize_card
from videos.models import Video

WATCH_LATER = "later"
MAX_PLAYLISTS = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def save_dialog(request: HttpRequest, video_id: str) -> HttpResponse:
    """Check boxes of the playlists that the caller fills, and a form for a new one."""
    user = user_of(request)
    video = video_for_watching(user, video_id)
    is_new = request.method == "POST" and "title" in request.POST
    form = forms.NewPlaylistForm(request.POST if is_new else None, initial={"visibility": Visibility.PRIVATE})
    if is_new and form.is_valid():
        try:
            services.create_playlist(user, dict(form.cleaned_data) | {"video_ids": [video.pk]})
        except SiteError as error:
            add_form_errors(form, error)
        else:
            messages.success(request, "Saved to the new playlist.")
            return redirect(safe_next(request, video.get_absolute_url()))
    elif request.method == "POST" and not is_new:
        problems = _apply(request, video)
        for problem in problems:
            messages.error(request, problem)
        if not problems:
            messages.success(request, "Saved.")
        return redirect(safe_next(request, video.get_absolute_url()))
    rows = access.playlists_for_contributing(user.pk).filter(is_watch_later=False)
    page = pages.save_dialog_page(paginate(request, rows, queries.RECENT, absolute=False), user, video.pk)
    context = {"video": serialize_card(video), "page": page, "form": form, "next": safe_next(request, "")}
    return render(request, "playlists/save.html", context, status=400 if form.is_bound else 200)


def _apply(request: HttpRequest, video: Video) -> list[str]:
    """Make what was shown hold the video where it is checked; what could not be done, in words."""
    user, problems = user_of(request), []
    wanted = set(request.POST.getlist("in"))
    shown = request.POST.getlist("shown")[:MAX_PLAYLISTS]
    if WATCH_LATER in shown:
        change = services.add_to_watch_later if WATCH_LATER in wanted else services.remove_from_watch_later
        change(user, video.pk)
    ids = [one for one in shown if one != WATCH_LATER]
    held = queries.items_containing(video.pk, ids)
    for playlist in access.playlists_for_contributing(user.pk).filter(pk__in=ids):
        is_wanted = playlist.pk in wanted
        if is_wanted == (playlist.pk in held):
            continue
        try:
            _change(request, playlist, video, held.get(playlist.pk))
        except SiteError as error:
            problems.append(f"{playlist.title}: {error.detail}")
    return problems


def _change(request: HttpRequest, playlist: Playlist, video: Video, item_id: str | None) -> None:
    user = user_of(request)
    if item_id is None:
        services.add_video(playlist, user, video.pk)
    else:
        item = access.item_for_editing(user, playlist, item_id)
        services.remove_item(playlist, item, actor=user)
