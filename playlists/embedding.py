"""Windows of playlist entries for ``/embed/playlist/{id}``: the videos that other sites can play."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from playlists import queries
from playlists.access import may_show_video
from playlists.models import MAX_ITEMS, Playlist, PlaylistItem
from playlists.ordering import order_fields
from videos import embed_allowlist
from videos.access import ANONYMOUS
from videos.access import may_embed as is_embedding_allowed
from videos.mappers import serialize_card
from videos.models import Video
from videos.schemas.cards import CardDict

ENTRIES_BEFORE, WINDOW_SIZE = 10, 50
# What decides besides whether a video may be shown on another site.
RULES = ("allow_embed", "embed_domains")


class EmbedEntryDict(TypedDict):
    """An entry of the embedded player's list; ``index`` counts from 1 over all items."""

    index: int
    id: str
    video: CardDict


@dataclass(frozen=True)
class Window:
    """Entries around a place of a playlist.

    ``entries`` are ``{index, id, video{card}}``, where the index counts from 1 over all items, including those left
    out. ``first`` and ``last`` are the indexes that were read, ``total`` is the highest index, and ``shown`` the number
    of publicly visible items.
    """

    entries: list[EmbedEntryDict]
    first: int
    last: int
    total: int
    shown: int

    def entry_at(self, index: int) -> EmbedEntryDict | None:
        """Return the first entry from ``index`` on, or else the last one before it."""
        onwards = [entry for entry in self.entries if entry["index"] >= index]
        return next(iter(onwards), None) or next(reversed(self.entries), None)


def parse_index(raw: str, total: int = MAX_ITEMS) -> int:
    """Parse ``?index=`` and clamp it to 1 to ``total``; return 1 if it is not a number."""
    if not (raw.isascii() and raw.isdecimal() and len(raw) <= 6):
        return 1
    return max(1, min(int(raw), total))


def may_embed(playlist: Playlist, video: Video, host: str) -> bool:
    """Return whether a frame on ``host`` (``""`` if unknown) shows a video of a playlist.

    A video restricted to certain sites is left out unless the host is one of them: its frame would refuse to open.
    """
    if not is_embedding_allowed(video):
        return False
    if video.embed_domains and not embed_allowlist.is_allowed(video.embed_domains, host):
        return False
    return may_show_video(ANONYMOUS, playlist, video)


def load_window(playlist: Playlist, index: int, host: str) -> Window:
    """Return the entries around ``index``, in two reads."""
    return _read(playlist, max(0, index - 1 - ENTRIES_BEFORE), host)


def load_playable_window(playlist: Playlist, index: int, host: str) -> Window:
    """Return the entries around ``index``; if none from there on can be played, the following ones, in four reads."""
    found = load_window(playlist, index, host)
    is_playable = any(entry["index"] >= index for entry in found.entries)
    if is_playable or found.last >= found.total:
        return found
    later = _read(playlist, found.last, host)
    return later if later.entries or not found.entries else found


def _read(playlist: Playlist, start: int, host: str) -> Window:
    ordered = PlaylistItem.objects.filter(playlist=playlist).order_by(*order_fields(playlist))
    ids = list(ordered.values_list("pk", flat=True)[start : start + WINDOW_SIZE])
    rows = (
        {row.pk: row for row in queries.items_with_videos(playlist, *RULES).filter(pk__in=ids)} if ids else {}
    )
    entries: list[EmbedEntryDict] = [
        {"index": start + place, "id": item_id, "video": serialize_card(rows[item_id].video)}
        for place, item_id in enumerate(ids, start=1)
        if item_id in rows and may_embed(playlist, rows[item_id].video, host)
    ]
    return Window(
        entries,
        start + 1,
        start + len(ids),
        playlist.item_count,
        queries.visible_item_count(ANONYMOUS, playlist),
    )
