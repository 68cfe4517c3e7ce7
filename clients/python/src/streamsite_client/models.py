"""Objects of the API as the client returns them: dictionaries with these keys. Newer sites may send more."""

from __future__ import annotations

from typing import Generic, Literal, NotRequired, TypedDict, TypeVar

T = TypeVar("T")
Visibility = Literal["public", "unlisted", "private"]
Status = Literal["uploading", "queued", "processing", "ready", "failed"]


class Page(TypedDict, Generic[T]):
    """One page of a list. ``next`` and ``previous`` are URLs."""

    next: str | None
    previous: str | None
    results: list[T]
    hidden_count: NotRequired[int]
    unread: NotRequired[int]


class Channel(TypedDict):
    """A channel as lists and other objects show it."""

    username: str
    full_name: str
    avatar_url: str | None
    subscribers: int


class ChannelCounts(TypedDict):
    subscribers: int
    subscriptions: int
    videos: int
    views: int


class ChannelProfile(TypedDict):
    """A channel by itself."""

    username: str
    full_name: str
    bio: str
    links: list[str]
    avatar_url: str | None
    cover_url: str | None
    counts: ChannelCounts
    created_at: str


class Account(TypedDict):
    """The caller's own account."""

    id: str
    username: str
    full_name: str
    email: str
    email_verified: bool
    bio: str
    may_upload: NotRequired[bool]
    created_at: str


class VideoCounts(TypedDict):
    views: int
    likes: int
    comments: int


class Card(TypedDict):
    """A video in a list. ``duration`` is in seconds."""

    id: str
    title: str
    visibility: Visibility
    status: Status
    progress: float
    duration: float
    thumbnail_url: str | None
    channel: Channel
    counts: VideoCounts
    url: str
    published_at: str | None
    originally_published_on: str | None
    created_at: str


class Failure(TypedDict):
    code: str
    detail: str
    retryable: bool


class Caption(TypedDict):
    id: str
    language: str
    label: str
    kind: str
    url: str


class Chapter(TypedDict):
    start: float
    title: str


class VideoViewer(TypedDict):
    reaction: str | None
    position: float
    in_watch_later: bool
    can_edit: bool


class Video(Card):
    """A video by itself."""

    description: str
    tags: list[str]
    category: str
    language: str
    license: str
    failure: Failure | None
    width: int
    height: int
    hls_url: str | None
    download_url: str | None
    captions: list[Caption]
    chapters: list[Chapter]
    allow_comments: bool
    allow_embed: bool
    allow_download: bool
    version: int
    viewer: VideoViewer | None


class Processing(TypedDict):
    """The processing job of a video, for its owner. ``progress`` is from 0 to 1."""

    status: Status
    progress: float
    playable: bool
    error: Failure | None


class Reaction(TypedDict):
    reaction: str | None
    likes: int


class CommentCounts(TypedDict):
    likes: int
    replies: int


class Comment(TypedDict):
    id: str
    parent: str | None
    text: str
    author: Channel
    created_at: str
    edited_at: str | None
    counts: CommentCounts
    pinned: bool
    hearted: bool
    version: int


class Playlist(TypedDict):
    id: str
    title: str
    description: str
    visibility: Visibility
    owner: Channel
    item_count: int
    duration: float
    thumbnail_url: str | None
    sort: str
    allow_duplicates: bool
    is_watch_later: bool
    version: int
    url: str


class Item(TypedDict):
    """A place of a playlist."""

    id: str
    position: int
    note: str
    added_at: str
    video: Card


class Subscription(TypedDict):
    is_subscribed: bool
    notify: str
    subscribers: int


class HistoryEntry(TypedDict):
    """A watched video; ``position`` is in seconds."""

    video: Card
    watched_at: str
    position: float
    duration: float
    completed: bool


class ApiToken(TypedDict):
    """A personal token. ``token``, the secret, is in the answer to its creation only."""

    id: str
    name: str
    scopes: list[str]
    expires_at: str
    token: NotRequired[str]
