"""The playlist beside the player, and the link that starts playing it."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from playlists import access, mappers, queue
from streamsite.view_actions import found_or_none
from videos.models import Video
from videos.viewer_state import ViewerState


def queue_context(request: HttpRequest, video: Video, relation: ViewerState) -> dict[str, object]:
    """Return the watch page's context for ``?list=``: the playlist being played and this video's place in it."""
    mode = queue.PlaybackMode.parse(request.GET)
    if not mode.playlist_id:
        return {"playlist": None}
    playlist = found_or_none(lambda: access.playlist_for_viewing(request.user, mode.playlist_id))
    if playlist is None:
        return {"playlist": None}
    return {
        "playlist": mappers.serialize_playlist(playlist, request.user, None),
        "queue": queue.queue_for_video(playlist, video, mode, request.user),
        # For the player: see templates/videos/_player.html.
        "loop": mode.loop == "one",
    }


@require_safe
def play(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Redirect to the first video that the caller may watch, in order or shuffled (``?shuffle=1``)."""
    playlist = access.playlist_for_viewing(request.user, playlist_id)
    mode = replace(queue.PlaybackMode.parse(request.GET), playlist_id=playlist.pk, item_id="")
    if request.GET.get("shuffle") == "1":
        mode = replace(mode, shuffle=queue.new_shuffle_seed())
    address = queue.first_item_url(playlist, mode, request.user)
    if address is None:
        messages.error(request, _("This playlist has no videos you can watch."))
    return redirect(address or playlist.get_absolute_url())
