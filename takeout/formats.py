"""The format of this site's own archives, which docs/takeout.md describes and ``schema/`` states as JSON Schema."""

from __future__ import annotations

FORMAT, VERSION = "streamsite-takeout", 1
MANIFEST = "manifest.json"

# Kinds of objects, in the order in which an import needs them: what refers to a video comes after the videos.
ACCOUNT, VIDEOS, SUBSCRIPTIONS, PLAYLISTS = "account", "videos", "subscriptions", "playlists"
WATCH_LATER, SAVED_PLAYLISTS, HISTORY = "watch_later", "saved_playlists", "history"
REACTIONS, POSTS, COMMENTS = "reactions", "posts", "comments"
KINDS = (
    ACCOUNT,
    VIDEOS,
    SUBSCRIPTIONS,
    PLAYLISTS,
    WATCH_LATER,
    SAVED_PLAYLISTS,
    HISTORY,
    REACTIONS,
    POSTS,
    COMMENTS,
)
# So many objects are in one file, so that neither side needs memory for all of them.
OBJECTS_PER_FILE = 2_000


def file_name(kind: str, number: int) -> str:
    """Return the name of the ``number``-th file of a kind, from 1."""
    return f"data/{kind}-{number:04d}.json"
