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
from streamsite.view_helpers import safe_next, show_problems
from streamsite.visibility import Visibility
from videos.access import video_for_watching
from videos.mappers import card
from videos.models import Video

LATER = "later"
MOST_SHOWN = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, video_id: str) -> HttpResponse:
    """Check boxes of the playlists that the caller fills, and a form for a new one."""
    user = user_of(request)
    video = video_for_watching(user, video_id)
    is_new = request.method == "POST" and "title" in request.POST
    form = forms.NewPlaylistForm(request.POST if is_new else None, initial={"visibility": Visibility.PRIVATE})
    if is_new and form.is_valid():
        try:
            services.create(user, dict(form.cleaned_data) | {"video_ids": [video.pk]})
        except SiteError as error:
            show_problems(form, error)
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
    rows = access.playlists_to_fill(user.pk).filter(is_watch_later=False)
    page = pages.choice_body(paginate(request, rows, queries.RECENT, absolute=False), user, video.pk)
    context = {"video": card(video), "page": page, "form": form, "next": safe_next(request, "")}
    return render(request, "playlists/save.html", context, status=400 if form.is_bound else 200)


def _apply(request: HttpRequest, video: Video) -> list[str]:
    """Make what was shown hold the video where it is checked; what could not be done, in words."""
    user, problems = user_of(request), []
    wanted = set(request.POST.getlist("in"))
    shown = request.POST.getlist("shown")[:MOST_SHOWN]
    if LATER in shown:
        change = services.add_to_watch_later if LATER in wanted else services.remove_from_watch_later
        change(user, video.pk)
    ids = [one for one in shown if one != LATER]
    held = queries.containing(video.pk, ids)
    for playlist in access.playlists_to_fill(user.pk).filter(pk__in=ids):
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
        services.add(playlist, user, video.pk)
    else:
        item = access.item_for_changing(user, playlist, item_id)
        services.remove(playlist, item, actor=user)
