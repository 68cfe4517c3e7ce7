"""Feeds of playlists: their last videos that may be listed, last one first.

New videos are added at the end of a playlist, which is read through the index of its order.
"""

from __future__ import annotations

from django.urls import reverse

from playlists import queries
from playlists.models import Playlist
from videos import sensitivity
from videos.access import ANONYMOUS
from videos.syndication import urls
from videos.syndication.feed_entries import MAX_ITEMS, FeedHeader, FeedRequest
from videos.syndication.feeds import AS_RSS, ENTRY_FIELDS, Feed, build_feed

LAST_FIRST = ("-rank", "-id")
# More than are shown, since some may be hidden.
MAX_READ = 4 * MAX_ITEMS


def feed_url(playlist: Playlist) -> str:
    """Return the feed's own URL."""
    return urls.absolute_url(reverse("playlist-feed", args=[playlist.pk]))


def build_playlist_feed(playlist: Playlist, asked: FeedRequest = AS_RSS) -> Feed:
    """Return the feed of a playlist that anyone may open. Its owner must be loaded."""
    most = MAX_READ + asked.start
    rows = list(queries.items_with_videos(playlist, *ENTRY_FIELDS).order_by(*LAST_FIRST)[:most])
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
        channel=playlist.owner,
        artwork=urls.artwork_url(playlist.owner),
    )
    found, has_more = asked.slice_of(shown)
    return build_feed(head, found, asked, has_more=has_more)
