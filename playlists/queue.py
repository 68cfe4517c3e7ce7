"""Playback of a playlist: the items around the current one, the next one, and links that keep the mode.

``?list=<id>&item=<item>`` names a place that survives reordering and duplicates. ``&shuffle=<seed>`` (or
``<seed>.<item>``, which puts that item first) is an order shared by everyone with the link; ``&loop=list`` or ``one``.
Only the surroundings are loaded, so the 5,000th item costs what the first does; shuffling also reads all item ids.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypedDict
from urllib.parse import urlencode

from django.http import QueryDict

from playlists import ordering, queries, store
from playlists.access import OBJECT_ID
from playlists.models import MAX_ITEMS, Playlist, PlaylistItem
from playlists.store import Surroundings
from streamsite.visibility import Viewer
from videos.mappers import serialize_card
from videos.models import Video
from videos.schemas.cards import CardDict

ITEMS_BEFORE, ITEMS_AFTER = 15, 45
SEED_PATTERN = re.compile(r"\A([0-9a-f]{8})(?:\.([A-Za-z0-9_-]{12,32}))?\Z", re.ASCII)
LOOPS = ("list", "one")


@dataclass(frozen=True)
class PlaybackMode:
    """A mode of playing a playlist, as its URLs carry it."""

    playlist_id: str
    item_id: str = ""
    shuffle: str = ""
    loop: str = ""

    @classmethod
    def parse(cls, params: QueryDict) -> PlaybackMode:
        """Parse URL parameters; ignore invalid ones."""
        item, shuffle, loop = (params.get(name, "") for name in ("item", "shuffle", "loop"))
        return cls(
            params.get("list", ""),
            item if OBJECT_ID.match(item) else "",
            shuffle if SEED_PATTERN.match(shuffle) else "",
            loop if loop in LOOPS else "",
        )

    def watch_url(self, video_id: str, item_id: str | None) -> str:
        """Return the watch page URL of an item in this mode."""
        pairs = [
            ("list", self.playlist_id),
            ("item", item_id or ""),
            ("shuffle", self.shuffle),
            ("loop", self.loop),
        ]
        return f"/watch/{video_id}?{urlencode([(name, value) for name, value in pairs if value])}"


class QueueEntryDict(TypedDict):
    """An item of the queue; ``number`` counts from 1, null outside the part that was read."""

    id: str
    url: str
    video: CardDict
    is_current: bool
    number: int | None


class ModeUrlsDict(TypedDict):
    """URLs of the same place in other modes."""

    shuffle_url: str
    loop_url: str


class QueueDict(ModeUrlsDict):
    """A queue as templates show it; ``number`` is null where it would reveal hidden items."""

    items: list[QueueEntryDict]
    next: QueueEntryDict | None
    previous: QueueEntryDict | None
    number: int | None
    place: int
    total: int
    has_earlier: bool
    has_later: bool
    loop: str
    is_shuffled: bool


def new_shuffle_seed(first: str | None = None) -> str:
    """Return a shuffle seed that puts ``first`` first."""
    seed = secrets.token_hex(4)
    return f"{seed}.{first}" if first else seed


def shuffle_ids(ids: Iterable[str], seed: str) -> list[str]:
    """Return ids in the order of a seed. Adding or removing ids leaves the others' order unchanged."""
    match = SEED_PATTERN.match(seed)
    first = match[2] if match else None
    salt = (match[1] if match else seed).encode()

    def key(one: str) -> tuple[bool, bytes]:
        return one != first, hashlib.blake2b(one.encode(), digest_size=8, key=salt).digest()

    return sorted(ids, key=key)


def load_surroundings(playlist: Playlist, current: PlaylistItem | None, shuffle: str) -> Surroundings:
    """Return what surrounds the current item; without one, the start of the list."""
    if shuffle:
        rows = PlaylistItem.objects.filter(playlist=playlist).order_by(*ordering.BY_RANK)
        ids = shuffle_ids(rows.values_list("pk", flat=True)[:MAX_ITEMS], shuffle)
        place = ids.index(current.pk) if current is not None and current.pk in ids else 0
        return Surroundings(
            ids[max(0, place - ITEMS_BEFORE) : place],
            ids[place : place + ITEMS_AFTER],
            place,
            *((ids[0], ids[-1]) if ids else (None, None)),
        )
    field = ordering.order_fields(playlist)[0]
    key = getattr(current, field) if current is not None else float("-inf")
    item_id = current.pk if current is not None else ""
    return store.find_surroundings(playlist.pk, field, key, item_id, before=ITEMS_BEFORE, onwards=ITEMS_AFTER)


def queue_for_video(playlist: Playlist, video: Video, mode: PlaybackMode, viewer: Viewer) -> QueueDict:
    """Return the queue while ``video`` plays."""
    current = _current_item(playlist, video, mode)
    near = load_surroundings(playlist, current, mode.shuffle)
    ends = {one for one in (near.first, near.last) if one} if mode.loop == "list" else set()
    wanted = [*near.before, *near.onwards]
    rows = queries.items_with_videos(playlist).filter(pk__in=[*wanted, *(ends - set(wanted))])
    seen = {row.pk: row for row in queries.visible_items(viewer, playlist, rows)}
    numbers = {one: near.place - len(near.before) + index + 1 for index, one in enumerate(wanted)}

    def entry(item_id: str | None) -> QueueEntryDict | None:
        row = seen.get(item_id or "")
        if row is None:
            return None
        return {
            "id": row.pk,
            "url": mode.watch_url(row.video_id, row.pk),
            "video": serialize_card(row.video),
            "is_current": current is not None and row.pk == current.pk,
            "number": numbers.get(row.pk),
        }

    shown = [found for one in wanted if (found := entry(one))]
    here = next((index for index, one in enumerate(shown) if one["is_current"]), None)
    following = shown[here + 1 :] if here is not None else shown
    former = shown[:here] if here is not None else []
    around = mode.loop == "list"
    total = queries.visible_item_count(viewer, playlist)
    return {
        "items": shown,
        "next": next(iter(following), None) or (entry(near.first) if around else None),
        "previous": (former[-1] if former else None) or (entry(near.last) if around else None),
        # Positions count every item; if some are hidden from the viewer, they would reveal how many.
        "number": near.place + 1 if here is not None and total == playlist.item_count else None,
        "place": near.place + 1,
        "total": total,
        "has_earlier": near.place > len(near.before),
        "has_later": near.place + len(near.onwards) < playlist.item_count,
        "loop": mode.loop,
        "is_shuffled": bool(mode.shuffle),
        **_mode_urls(mode, video, current),
    }


def first_item_url(playlist: Playlist, mode: PlaybackMode, viewer: Viewer) -> str | None:
    """Return the URL of the first item that ``viewer`` may watch; ``None`` if there is none near the start."""
    near = load_surroundings(playlist, None, mode.shuffle)
    rows = queries.items_with_videos(playlist).filter(pk__in=near.onwards)
    seen = {row.pk: row for row in queries.visible_items(viewer, playlist, rows)}
    first = next((seen[one] for one in near.onwards if one in seen), None)
    return mode.watch_url(first.video_id, first.pk) if first is not None else None


def _current_item(playlist: Playlist, video: Video, mode: PlaybackMode) -> PlaylistItem | None:
    """Return the item that the URL names if it holds this video, else the video's first item."""
    rows = PlaylistItem.objects.filter(playlist=playlist, video=video)
    named = rows.filter(pk=mode.item_id).first() if mode.item_id else None
    return named or next(iter(rows[:1]), None)


def _mode_urls(mode: PlaybackMode, video: Video, current: PlaylistItem | None) -> ModeUrlsDict:
    """Return URLs of the same place in other modes. Loop cycles through off, list, and one."""
    item_id = current.pk if current is not None else None
    following = {"": "list", "list": "one", "one": ""}[mode.loop]
    shuffle = "" if mode.shuffle else new_shuffle_seed(item_id)
    return {
        "shuffle_url": replace(mode, shuffle=shuffle).watch_url(video.pk, item_id),
        "loop_url": replace(mode, loop=following).watch_url(video.pk, item_id),
    }
