"""Playlists and their items."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal

from streamsite_client.binding import Listing
from streamsite_client.core import Core, path_of
from streamsite_client.models import Item, Playlist, Visibility
from streamsite_client.operations.videos import version_header
from streamsite_client.steps import Flow


def mine(*, role: Literal["owner", "collaborator"] | None = None) -> Listing[Playlist]:
    """List the caller's playlists and those they collaborate on."""
    return Listing("playlists", {"role": role})


def of_channel(username: str) -> Listing[Playlist]:
    """List a channel's public playlists."""
    return Listing(path_of("channels", username, "playlists"))


def items(playlist_id: str) -> Listing[Item]:
    """List the items of a playlist in order."""
    return Listing(path_of("playlists", playlist_id, "items"))


def get(core: Core, /, playlist_id: str) -> Flow[Playlist]:
    """Read a playlist."""
    playlist: Playlist = yield from core.call("GET", path_of("playlists", playlist_id))
    return playlist


def create(
    core: Core,
    /,
    title: str,
    *,
    description: str = "",
    visibility: Visibility = "private",
    video_ids: Sequence[str] = (),
    key: str | None = None,
) -> Flow[Playlist]:
    """Create a playlist with these videos; return it. ``key`` makes repeated calls create one."""
    body = {"title": title, "description": description, "visibility": visibility}
    playlist: Playlist = yield from core.call(
        "POST", "playlists", json=body | {"video_ids": list(video_ids)}, key=key or str(uuid.uuid4())
    )
    return playlist


def update(
    core: Core, /, playlist_id: str, *, if_version: int | None = None, **changes: Any
) -> Flow[Playlist]:
    """Change a playlist's ``title``, ``description``, ``visibility`` or ``sort``; return it."""
    path = path_of("playlists", playlist_id)
    playlist: Playlist = yield from core.call("PATCH", path, json=changes, headers=version_header(if_version))
    return playlist


def delete(core: Core, /, playlist_id: str) -> Flow[None]:
    """Delete a playlist; its videos stay."""
    yield from core.call("DELETE", path_of("playlists", playlist_id))


def add(
    core: Core,
    /,
    playlist_id: str,
    video_id: str,
    *,
    position: int | None = None,
    note: str = "",
    key: str | None = None,
) -> Flow[Item]:
    """Add a video to a playlist; return its item. Raises ``Conflict`` (``already_in_playlist``)."""
    body: dict[str, object] = {"video_id": video_id, "note": note}
    if position is not None:
        body["position"] = position
    path = path_of("playlists", playlist_id, "items")
    item: Item = yield from core.call("POST", path, json=body, key=key or str(uuid.uuid4()))
    return item


def move(
    core: Core,
    /,
    playlist_id: str,
    item_id: str,
    *,
    position: int | None = None,
    before: str | None = None,
    after: str | None = None,
    if_version: int | None = None,
) -> Flow[Item]:
    """Move an item to a position, or before or after another item; return it."""
    places = {"position": position, "before": before, "after": after}
    item: Item = yield from core.call(
        "PATCH",
        path_of("playlists", playlist_id, "items", item_id),
        json={name: value for name, value in places.items() if value is not None},
        headers=version_header(if_version),
    )
    return item


def remove(core: Core, /, playlist_id: str, item_id: str) -> Flow[None]:
    """Take an item out of a playlist."""
    yield from core.call("DELETE", path_of("playlists", playlist_id, "items", item_id))


def watch_later() -> Listing[Item]:
    """List the items of Watch later."""
    return Listing("me/watch-later")


def add_to_watch_later(core: Core, /, video_id: str) -> Flow[None]:
    """Add a video to Watch later."""
    yield from core.call("PUT", path_of("me", "watch-later", video_id))


def remove_from_watch_later(core: Core, /, video_id: str) -> Flow[None]:
    """Take a video out of Watch later."""
    yield from core.call("DELETE", path_of("me", "watch-later", video_id))
