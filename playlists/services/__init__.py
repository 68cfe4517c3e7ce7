"""What can be done to playlists. The API, the forms, signals and tests call these.

``version`` grows with every change of order or members; a move names the version it was made from.
"""

from playlists.services.items import (
    AlreadyInPlaylist,
    add,
    forget_video,
    move,
    remove,
    set_note,
    step,
    tidy,
)
from playlists.services.library import forget_saves, save, unsave
from playlists.services.locking import PlaylistFull, SortedByRule
from playlists.services.members import end_between, invite, leave_all, uninvite
from playlists.services.playlists import create, delete, update
from playlists.services.watch_later import add_to_watch_later, remove_from_watch_later

__all__ = [
    "AlreadyInPlaylist",
    "PlaylistFull",
    "SortedByRule",
    "add",
    "add_to_watch_later",
    "create",
    "delete",
    "end_between",
    "forget_saves",
    "forget_video",
    "invite",
    "leave_all",
    "move",
    "remove",
    "remove_from_watch_later",
    "save",
    "set_note",
    "step",
    "tidy",
    "uninvite",
    "unsave",
    "update",
]
