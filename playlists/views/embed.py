"""``/embed/playlist/{id}``: a playlist in a frame of another site, one player after another inside it.

The frame of each video is ``/embed/{id}``, which decides for itself who may frame it: ``frame-ancestors`` holds for
every page around it, so nothing that this page leaves out or shows can widen what a video's owner allows.
"""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from accounts.registration import login_only
from playlists import access, embedding
from streamsite.site_settings.features import features
from streamsite.view_actions import found_or_none
from streamsite.view_helpers import is_htmx
from videos.syndication import urls
from videos.syndication.embed_options import EmbedOptions
from videos.views import framing

HOST_PATTERN = re.compile(r"\A[a-z0-9][a-z0-9.-]{0,252}\Z")


@login_only.checks_login
@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, playlist_id: str) -> HttpResponse:
    """Show the playlist from ``?index=`` on; to a script, only the entries around that place."""
    if login_only.is_closed_to(request) or not features().embeds:
        return framing.refusal_page(request, framing.ABSENT, what="playlist")
    playlist = found_or_none(lambda: access.playlist_for_sharing(playlist_id))
    if playlist is None:
        return framing.refusal_page(request, framing.ABSENT, what="playlist")
    index = embedding.parse_index(request.GET.get("index", ""), playlist.item_count)
    host = _site(request)
    if is_htmx(request):
        part = {"window": embedding.load_window(playlist, index, host)}
        return framing.allow_framing(render(request, "playlists/_embed_items.html", part))
    window = embedding.load_playable_window(playlist, index, host)
    current, page = window.entry_at(index), urls.absolute_url(playlist.get_absolute_url())
    if current is None:
        return framing.refusal_page(request, framing.EMPTY, playlist_url=page)
    options = EmbedOptions.read(request.GET)
    later = options.for_first_video().for_later_videos().query()
    context = {
        "playlist": playlist,
        "page": page,
        "window": window,
        "current": current,
        "site": host,
        "loop": options.loop,
        # Of the first video's frame, of those that follow, and of the entries' own addresses.
        "first_query": options.for_first_video().query(),
        "query": later,
        "entry_query": later.replace("?", "&"),
    }
    return framing.allow_framing(render(request, "playlists/embed.html", context))


def _site(request: HttpRequest) -> str:
    """Return the host that frames the page, or that the page says frames it. A claim: see ``framing_host``."""
    named = request.GET.get("site", "")
    return framing.framing_host(request) or (named if HOST_PATTERN.match(named) else "")
