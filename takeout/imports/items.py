"""Objects of an archive, whatever program wrote it. All values may be an attacker's: writers clean them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class VideoRef:
    """A video that something is about: its id in the archive's program, and what a report says of it."""

    id: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True)
class CaptionFile:
    """A file with captions."""

    file: str
    language: str
    label: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Video:
    """A video. ``fields`` are those of ``videos.metadata.EDITABLE``; ``problem`` is why it cannot come over."""

    ref: VideoRef
    media: str
    file_name: str
    fields: dict[str, object]
    sha256: str = ""
    created_at: datetime | None = None
    published_at: datetime | None = None
    captions: list[CaptionFile] = field(default_factory=list)
    thumbnail: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Subscription:
    """A subscription to the channel ``username`` of the archive's site, "" where that has no such names."""

    username: str
    title: str
    url: str
    notify: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class PlaylistItem:
    """An item of a playlist."""

    video: VideoRef
    note: str = ""
    added_at: datetime | None = None


@dataclass(frozen=True)
class Playlist:
    """A playlist with its items in their order."""

    id: str
    title: str
    url: str = ""
    description: str = ""
    visibility: str = ""
    sort: str = ""
    allow_duplicates: bool = False
    created_at: datetime | None = None
    items: list[PlaylistItem] = field(default_factory=list)


@dataclass(frozen=True)
class SavedPlaylist:
    """A playlist of others."""

    id: str
    title: str
    url: str = ""
    saved_at: datetime | None = None


@dataclass(frozen=True)
class Watched:
    """An entry of a history; ``position`` and ``duration`` in seconds."""

    video: VideoRef
    watched_at: datetime | None
    position: float = 0.0
    duration: float = 0.0
    completed: bool = False


@dataclass(frozen=True)
class Reaction:
    """A like or dislike of a video."""

    video: VideoRef
    value: str
    given_at: datetime | None


@dataclass(frozen=True)
class Post:
    """A post of the channel."""

    id: str
    text: str
    created_at: datetime | None
    edited_at: datetime | None = None
    video: VideoRef | None = None
    image: str = ""
    allow_comments: bool = True


@dataclass(frozen=True)
class Comment:
    """A comment on a video or on a post, ``about`` saying which; ``parent`` is the id of what it answers."""

    id: str
    about: str
    target: VideoRef
    text: str
    created_at: datetime | None
    edited_at: datetime | None = None
    parent: str = ""


@dataclass(frozen=True)
class Account:
    """The account itself."""

    username: str
    full_name: str = ""
    bio: str = ""
    links: list[str] = field(default_factory=list)
    preferences: dict[str, object] = field(default_factory=dict)
    comment_filters: dict[str, object] = field(default_factory=dict)
    blocked: list[Subscription] = field(default_factory=list)
    avatar: str = ""
    cover: str = ""


Item = (
    Account
    | Video
    | Subscription
    | Playlist
    | PlaylistItem
    | SavedPlaylist
    | Watched
    | Reaction
    | Post
    | Comment
)
