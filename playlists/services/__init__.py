"""Playlist writes, for the API, forms, receivers, and tests.

``version`` rises with every change of order or collaborators; a move names the version it is based on.
"""

from playlists.services.collaborators import (
    add_collaborator,
    end_collaborations_between,
    leave_all_playlists,
    remove_collaborator,
)
from playlists.services.invites import (
    accept_invite,
    create_invite,
    end_collaboration,
    open_invite,
    revoke_invite,
)
from playlists.services.items import (
    AlreadyInPlaylist,
    add_video,
    move_item,
    move_one_step,
    remove_deleted_video,
    remove_hidden_items,
    remove_item,
    set_note,
)
from playlists.services.library import delete_saves, save_playlist, unsave_playlist
from playlists.services.locking import PlaylistFull, SortedByRule
from playlists.services.playlists import create_playlist, delete_playlist, update_playlist
from playlists.services.watch_later import add_to_watch_later, remove_from_watch_later

__all__ = [
    "AlreadyInPlaylist",
    "PlaylistFull",
    "SortedByRule",
    "accept_invite",
    "add_collaborator",
    "add_to_watch_later",
    "add_video",
    "create_invite",
    "create_playlist",
    "delete_playlist",
    "delete_saves",
    "end_collaboration",
    "end_collaborations_between",
    "leave_all_playlists",
    "move_item",
    "move_one_step",
    "open_invite",
    "remove_collaborator",
    "remove_deleted_video",
    "remove_from_watch_later",
    "remove_hidden_items",
    "remove_item",
    "revoke_invite",
    "save_playlist",
    "set_note",
    "unsave_playlist",
    "update_playlist",
]
