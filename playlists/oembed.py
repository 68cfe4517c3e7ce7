"""oEmbed responses for playlists."""

from __future__ import annotations

from django.urls import reverse

from playlists import queries
from playlists.access import may_show_video, playlist_for_sharing
from playlists.embedding import parse_index
from playlists.models import Playlist
from videos.access import ANONYMOUS
from videos.syndication import oembed, urls
from videos.syndication.embed_options import EmbedOptions

# Below the video: previous, next, and the list. static/css/pages/embed-playlist.css has the same height.
BAR_HEIGHT = 48


def embed_url(playlist: Playlist) -> str:
    """Return the URL of the embedded player."""
    return urls.absolute_url(reverse("playlist-embed", args=[playlist.pk]))


@oembed.register_describer("playlist", "playlist-play", "playlist-embed")
def oembed_response(request: oembed.OEmbedRequest) -> dict[str, object]:
    """Return a playlist's oEmbed response, keeping all options of an embed's URL."""
    playlist = playlist_for_sharing(request.parts["playlist_id"])
    query = _query(request) if request.name == "playlist-embed" else ""
    width, height = oembed.player_size(oembed.DEFAULT_ASPECT_RATIO, request, BAR_HEIGHT)
    cover = queries.thumbnail_video(playlist)
    is_shown = cover is not None and may_show_video(ANONYMOUS, playlist, cover)
    return {
        "type": "video",
        "title": playlist.title,
        **oembed.author_fields(playlist.owner),
        "width": width,
        "height": height,
        "html": oembed.iframe_html(embed_url(playlist) + query, playlist.title, width, height),
        **(oembed.thumbnail_fields(cover, request) if cover is not None and is_shown else {}),
    }


def _query(request: oembed.OEmbedRequest) -> str:
    index = parse_index(request.query.get("index", ""))
    query = EmbedOptions.read(request.query).query()
    if index == 1:
        return query
    return f"{query or '?'}{'&' if query else ''}index={index}"
