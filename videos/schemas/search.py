"""API responses: search suggestions and channels that were found."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from accounts.schemas import ChannelBadgeDict


class SuggestionDict(TypedDict):
    """A suggested title of a video, or name of a channel."""

    kind: Literal["video", "channel"]
    text: str
    url: Annotated[str, "The watch page or the channel; the search for a title that several videos have."]


class FoundChannelDict(ChannelBadgeDict):
    """A channel with its URL."""

    url: str


class SuggestedPlaylistDict(TypedDict):
    """A public playlist."""

    id: str
    title: str
    owner: ChannelBadgeDict
    url: str


class SuggestionsDict(TypedDict):
    """At most eight suggestions, the suggested channels in full, and playlists."""

    results: list[SuggestionDict]
    channels: list[FoundChannelDict]
    playlists: list[SuggestedPlaylistDict]
