"""A playlist as RSS: what everybody may list of its last videos, the last one first.

The end of a playlist is where videos are added; it is read by the index of its order.
"""

from __future__ import annotations

from django.urls import reverse

from playlists import queries
from playlists.models import Playlist
from videos.access import NOBODY
from videos.syndication import urls
from videos.syndication.feeds import MOST, Feed, Head, make

FROM_THE_END = ("-rank", "-id")
# Some of them may be hidden.
MOST_READ = 4 * MOST


def address(playlist: Playlist) -> str:
    """The feed's own address."""
    return urls.absolute(reverse("playlist-feed", args=[playlist.pk]))


def of_playlist(playlist: Playlist) -> Feed:
    """The feed of a playlist that everybody may open; its owner must be loaded."""
    rows = list(queries.items(playlist).order_by(*FROM_THE_END)[:MOST_READ])
    visible = queries.visible(NOBODY, playlist, rows)
    author = playlist.owner.get_full_name()
    head = Head(
        title=playlist.title,
        description=playlist.description or f"A playlist of {author}",
        author=author,
        page=urls.absolute(playlist.get_absolute_url()),
        address=address(playlist),
    )
    return make(head, [row.video for row in visible if row.video.listed][:MOST])
