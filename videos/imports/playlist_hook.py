"""The playlist that an imported video is added to: what the app of playlists offers for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User


@dataclass(frozen=True)
class PlaylistHook:
    """``require`` raises ``Absent`` or ``Forbidden`` unless the account may add to the playlist.

    ``add`` adds a video, if it still can. ``choices`` returns ids and titles of the playlists that it may add to.
    """

    require: Callable[[User, str], object]
    add: Callable[[User, str, str], None]
    choices: Callable[[User], list[tuple[str, str]]]


_hooks: list[PlaylistHook] = []


def register_playlists(hook: PlaylistHook) -> None:
    """Set what playlists offer. Called once."""
    _hooks[:] = [hook]


def playlists() -> PlaylistHook:
    """Return what playlists offer."""
    return _hooks[0]
