"""API responses: one video."""

from __future__ import annotations

from typing import Annotated, TypedDict

from streamsite.api.json_types import Timestamp, choices
from videos.captions.schemas import CaptionDict
from videos.models import CATEGORIES
from videos.models.reaction import ReactionValue
from videos.schemas.cards import CardDict
from videos.schemas.chapters import ChapterDict


class FileTitlesDict(TypedDict):
    """Titles made from file names, in the order of the names."""

    titles: list[str]


class FailureDict(TypedDict):
    """Reason for failed processing; ``retryable`` when another try with the same file can help."""

    code: str
    detail: str
    retryable: bool


class VideoViewerDict(TypedDict):
    """The caller's relation to a video."""

    reaction: str | None
    position: float
    in_watch_later: bool
    can_edit: bool


class VideoDict(CardDict):
    """The video object."""

    description: str
    tags: list[str]
    category: str
    language: str
    license: Annotated[
        str, "standard (all rights reserved), cc0, or a Creative Commons license such as cc-by-sa."
    ]
    publish_at: Timestamp | None
    publish_visibility: str | None
    failure: FailureDict | None
    taken_down: Annotated[bool | None, "Whether moderators took it down. null for everyone but its owner."]
    width: int
    height: int
    hls_url: str | None
    download_url: str | None
    captions: list[CaptionDict]
    chapters: list[ChapterDict]
    allow_comments: bool
    allow_embed: bool
    embed_domains: Annotated[list[str] | None, "null for everyone but its owner."]
    allow_download: bool
    updated_at: Timestamp
    version: int
    viewer: VideoViewerDict | None


class DuplicateVideoDict(TypedDict):
    """The caller's first video of the same file."""

    id: str
    title: str
    url: str


class UploadedVideoDict(VideoDict):
    """The video object of a file that was just uploaded."""

    duplicate_of: Annotated[DuplicateVideoDict | None, "The caller's first video of the same file."]


class ReactionDict(TypedDict):
    """The caller's reaction, and the number of likes."""

    reaction: Annotated[str | None, choices(ReactionValue.choices)]
    likes: int


class StudioVideoDict(CardDict):
    """A video in its owner's studio, whatever its state."""

    category: Annotated[str, choices(CATEGORIES)]
    failure: FailureDict | None
    publish_at: Timestamp | None
    publish_visibility: str | None
    is_taken_down: Annotated[bool, "Whether staff hid the video from everyone but its owner."]
    updated_at: Timestamp
    version: int
