"""RSS feeds of playlists: their last videos that may be listed, last one first.

New videos are added at the end of a playlist, which is read through the index of its order.
"""

from __future__ import annotations

from django.urls import reverse

from playlists import queries
from playlists.models import Playlist
from videos import sensitivity
from videos.access import ANONYMOUS
from videos.syndication import urls
from videos.syndication.feeds import ENTRY_FIELDS, MAX_ITEMS, Feed, FeedHeader, build_feed

LAST_FIRST = ("-rank", "-id")
# More than are shown, since some may be hidden.
MAX_READ = 4 * MAX_ITEMS


def feed_url(playlist: Playlist) -> str:
    """Return the feed's own URL."""
    return urls.absolute_url(reverse("playlist-feed", args=[playlist.pk]))


def build_playlist_feed(playlist: Playlist) -> Feed:
    """Return the feed of a playlist that anyone may open. Its owner must be loaded."""
    rows = list(queries.items_with_videos(playlist, *ENTRY_FIELDS).order_by(*LAST_FIRST)[:MAX_READ])
    visible = queries.visible_items(ANONYMOUS, playlist, rows)
    listed = [row.video for row in visible if row.video.listed]
    shown = [video for video in listed if not sensitivity.is_hidden(ANONYMOUS, video)]
    author = playlist.owner.get_full_name()
    head = FeedHeader(
        title=playlist.title,
        description=playlist.description or f"A playlist by {author}",
        author=author,
        page=urls.absolute_url(playlist.get_absolute_url()),
        address=feed_url(playlist),
    )
    return build_feed(head, shown[:MAX_ITEMS])
