"""``/playlists/save/{video}``: the playlists that hold a video, as check boxes. Scripts show the same in a dialog."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.current_user import signed_in_user
from accounts.models import User
from playlists import access, forms, pages, queries, services
from playlists.models import Playlist
from streamsite.api.pagination import paginate
from streamsite.errors import SiteError
from streamsite.view_actions import (
    attempt,
    form_status,
    perform,
    posted_data,
    redirect_back,
    redirect_back_with_message,
)
from streamsite.view_helpers import allow_get_and_post, safe_next
from streamsite.visibility import Visibility
from videos.access import video_for_watching
from videos.mappers import serialize_card
from videos.models import Video

WATCH_LATER = "later"
MAX_PLAYLISTS = 100


@login_required
@allow_get_and_post
def save_dialog(request: HttpRequest, video_id: str) -> HttpResponse:
    """Show check boxes of the playlists that the caller may fill, and a form for a new one."""
    user = signed_in_user(request)
    video = video_for_watching(user, video_id)
    if request.method == "POST" and "title" not in request.POST:
        return _save(request, user, video)
    form = forms.NewPlaylistForm(posted_data(request), initial={"visibility": Visibility.PRIVATE})
    response = perform(
        request,
        form,
        lambda: services.create_playlist(user, form.cleaned_data | {"video_ids": [video.pk]}),
        lambda _done: redirect_back_with_message(request, _("Saved to the new playlist."), video),
    )
    if response is not None:
        return response
    rows = access.playlists_for_contributing(user.pk).filter(is_watch_later=False)
    page = pages.save_dialog_page(paginate(request, rows, queries.RECENT, absolute=False), user, video.pk)
    context = {"video": serialize_card(video), "page": page, "form": form, "next": safe_next(request, "")}
    return render(request, "playlists/save.html", context, status=form_status(form))


def _save(request: HttpRequest, user: User, video: Video) -> HttpResponse:
    """Make every playlist that was shown hold the video exactly where it is checked."""
    wanted = set(request.POST.getlist("in"))
    shown = request.POST.getlist("shown")[:MAX_PLAYLISTS]
    if WATCH_LATER in shown:
        change = services.add_to_watch_later if WATCH_LATER in wanted else services.remove_from_watch_later
        change(user, video.pk)
    ids = [playlist_id for playlist_id in shown if playlist_id != WATCH_LATER]
    held = queries.items_containing(video.pk, ids)
    problems: list[str] = []
    for playlist in access.playlists_for_contributing(user.pk).filter(pk__in=ids):
        if (playlist.pk in wanted) != (playlist.pk in held):
            refusal = attempt(partial(_toggle, user, playlist, video, held.get(playlist.pk)))
            if isinstance(refusal, SiteError):
                problems.append(f"{playlist.title}: {refusal.detail}")
    if not problems:
        return redirect_back_with_message(request, _("Saved."), video)
    for problem in problems:
        messages.error(request, problem)
    return redirect_back(request, video)


def _toggle(user: User, playlist: Playlist, video: Video, item_id: str | None) -> None:
    """Add the video to the playlist, or remove the item with which the playlist holds it."""
    if item_id is None:
        services.add_video(playlist, user, video.pk)
    else:
        services.remove_item(playlist, access.item_for_editing(user, playlist, item_id), actor=user)
