"""Descriptions of properties of playlists."""

from __future__ import annotations

PROPERTIES = {
    "owner": "The channel that it belongs to.",
    "item_count": "Number of items.",
    "ListedPlaylist.duration": "Length of all items in seconds.",
    "Playlist.duration": "Length of all items in seconds.",
    "PlaylistDetail.duration": "Length of all items in seconds.",
    "collaborators": "Channels that may add and sort items.",
    "allow_duplicates": "Whether a video may be in the playlist more than once.",
    "is_watch_later": "Whether it is the owner's Watch later list.",
    "role": "What the caller is to it; null for others.",
    "is_saved": "Whether it is in the caller's library.",
    "contains": "Only with `video`: whether the video is in the playlist.",
    "ListedPlaylist.item_id": "Only with `video`: id of the video's item; null if it is not in the playlist.",
    "video_ids": "Ids of videos, in order.",
    "note": "Note of who added the video.",
    "added_at": "When it was added.",
    "added_by": "Username of who added it; null if the account is gone.",
    "hidden_count": "Number of items that the caller may not see.",
    "ItemInput.position": "Place at which to add the video, counted from 0; absent: at the end.",
    "ItemChange.position": "Place to move the item to, counted from 0.",
    "before": "Id of the item before which to move it.",
    "after": "Id of the item behind which to move it.",
    "removed": "Number of items that were removed.",
    "is_over": "Whether the link no longer works.",
    "NewInvite.url": "The link, which is shown once.",
}
