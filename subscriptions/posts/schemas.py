"""API responses of the post endpoints."""

from __future__ import annotations

from typing import Annotated, TypedDict

from accounts.schemas import ChannelBadgeDict
from streamsite.api.json_types import Timestamp, choices
from videos.models.reaction import ReactionValue
from videos.schemas.cards import CardDict


class PostPictureDict(TypedDict):
    """An image of a post."""

    url: str
    small_url: str
    width: int
    height: int


class PostCountsDict(TypedDict):
    """A post's counters."""

    likes: int
    comments: int


class PostViewerDict(TypedDict):
    """The caller's relation to a post."""

    reaction: Annotated[str | None, choices(ReactionValue.choices)]
    can_edit: bool


class PostDict(TypedDict):
    """A post."""

    id: str
    text: str
    channel: ChannelBadgeDict
    picture: PostPictureDict | None
    video: CardDict | None
    counts: PostCountsDict
    allow_comments: bool
    created_at: Timestamp
    edited_at: Timestamp | None
    url: str
    version: int
    viewer: PostViewerDict | None
