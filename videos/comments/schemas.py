"""API responses of the comment endpoints."""

from __future__ import annotations

from typing import Annotated, TypedDict

from accounts.schemas import ChannelBadgeDict
from streamsite.api.json_types import Timestamp, choices
from videos.models.comment import CommentState
from videos.models.reaction import ReactionValue


class CommentAuthorDict(ChannelBadgeDict):
    """The author of a comment."""

    is_owner: Annotated[bool, "Whether the author owns the video or post."]


class CommentCountsDict(TypedDict):
    """A comment's counters."""

    likes: int
    replies: int


class CommentViewerDict(TypedDict):
    """The caller's relation to a comment."""

    reaction: Annotated[str | None, choices(ReactionValue.choices)]
    following: Annotated[bool | None, "Whether the viewer is notified about replies. null for a reply."]
    can_edit: bool
    can_delete: bool
    can_curate: Annotated[bool, "Whether the caller may pin, heart and approve it."]


class CommentDict(TypedDict):
    """A comment or reply."""

    id: str
    parent: Annotated[str | None, "The first comment of its thread."]
    text: str
    author: CommentAuthorDict
    created_at: Timestamp
    edited_at: Timestamp | None
    counts: CommentCountsDict
    pinned: bool
    hearted: bool
    state: Annotated[str, choices(CommentState.choices)]
    version: int
    viewer: CommentViewerDict | None


class CommentTargetDict(TypedDict):
    """The video or post that a comment is on."""

    kind: str
    id: str
    title: str
    url: str
    thumbnail_url: str | None


class StudioCommentDict(CommentDict):
    """A comment in the studio of the owner of its target."""

    about: CommentTargetDict
    held_because: str


class ThreadFollowDict(TypedDict):
    """The state of notifications about replies in a thread."""

    following: bool


class CommentFiltersDict(TypedDict):
    """Filters that hold comments for the owner's review."""

    words: list[str]
    hold_links: bool
    hold_all: bool


class MentionSuggestionDict(ChannelBadgeDict):
    """A channel to mention."""

    url: str
    is_owner: Annotated[bool, "Whether the channel owns the video or post."]


class MentionSuggestionsDict(TypedDict):
    """At most eight channels; those in the conversation first."""

    results: list[MentionSuggestionDict]


class StudioCommentsChangedDict(TypedDict):
    """Result of a change of many comments."""

    changed: Annotated[list[str], "Ids of the comments that are now approved or deleted."]
    missing: Annotated[list[str], "Ids of no comment on the caller's content."]
