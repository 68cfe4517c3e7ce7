"""API responses: videos in lists."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from accounts.schemas import ChannelBadgeDict
from streamsite.api.json_types import Date, PageDict, Timestamp, choices
from streamsite.visibility import Visibility
from videos.models import Status


class VideoCountsDict(TypedDict):
    """A video's counters."""

    views: int
    likes: int
    comments: int


class CardDict(TypedDict):
    """A video in a list."""

    id: str
    title: str
    visibility: Annotated[str, choices(Visibility.choices)]
    status: Annotated[str, choices(Status.choices)]
    progress: float
    duration: float
    thumbnail_url: str | None
    storyboard_url: str | None
    is_sensitive: Annotated[bool, "Whether its owner, its channel, or staff marked it as sensitive."]
    channel: ChannelBadgeDict
    counts: VideoCountsDict
    url: str
    published_at: Timestamp | None
    originally_published_on: Annotated[Date | None, "When it was first published elsewhere."]
    created_at: Timestamp


class MomentDict(TypedDict):
    """A place in a video's captions that matches the search."""

    start: float
    text: str


class FoundCardDict(CardDict):
    """A video in the library; ``moment`` and ``snippet`` only with ``q``."""

    moment: NotRequired[MomentDict | None]
    snippet: NotRequired[
        Annotated[
            str | None,
            "Only with q: the part of the description with the words; null if it has none of them.",
        ]
    ]


class PageOfFoundCardsDict(PageDict[FoundCardDict]):
    """One page of the library."""

    corrected: NotRequired[
        Annotated[
            str | None, "Only with q: the corrected text that was searched for; null without a correction."
        ]
    ]
    matched: NotRequired[
        Annotated[Literal["all", "most"], "Only with q: whether results have all or most of its words."]
    ]


class FeedCardDict(CardDict):
    """A video in the feed; ``is_new`` when it was published after the feed was last seen."""

    is_new: bool


class HistoryEntryDict(TypedDict):
    """An entry of the watch history."""

    video: CardDict
    watched_at: Timestamp
    position: Annotated[float, "Seconds."]
    duration: Annotated[float, "Seconds."]
    completed: bool


class RecommendationDict(CardDict):
    """A recommended video with the reason for it."""

    reason: str
