"""API responses of the playlist endpoints."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from accounts.schemas import ChannelBadgeDict
from playlists.models import Sort
from streamsite.api.json_types import PageDict, Timestamp, choices
from streamsite.visibility import Visibility
from videos.schemas.cards import CardDict

Role = Literal["owner", "collaborator"]


class RemovedItemsDict(TypedDict):
    """Number of items that were removed."""

    removed: int


class PlaylistDict(TypedDict):
    """The playlist object."""

    id: str
    title: str
    description: str
    visibility: Annotated[str, choices(Visibility.choices)]
    owner: ChannelBadgeDict
    item_count: int
    duration: float
    thumbnail_url: str | None
    is_sensitive: Annotated[bool, "Whether the thumbnail is that of a sensitive video."]
    collaborators: list[ChannelBadgeDict]
    sort: Annotated[str, choices(Sort.choices)]
    allow_duplicates: bool
    is_watch_later: bool
    version: int
    created_at: Timestamp
    updated_at: Timestamp
    url: str
    can_edit: bool
    role: Role | None


class InviteDict(TypedDict):
    """A link by which accounts become collaborators."""

    id: str
    expires_at: Timestamp
    is_over: bool
    uses: Annotated[int, "The number of accounts that joined by it."]
    created_at: Timestamp


class NewInviteDict(InviteDict):
    """A new link; its URL is shown once."""

    url: str


class PlaylistDetailDict(PlaylistDict):
    """A playlist alone; ``is_saved`` says whether it is in the caller's library."""

    is_saved: bool


class ListedPlaylistDict(PlaylistDict):
    """A playlist in a list; ``contains`` and ``item_id`` only with ``video``."""

    contains: NotRequired[bool]
    item_id: NotRequired[str | None]


class PageOfPlaylistsDict(PageDict[ListedPlaylistDict]):
    """One page of playlists; ``in_watch_later`` only with ``video``."""

    in_watch_later: NotRequired[bool]


class ItemDict(TypedDict):
    """An item of a playlist."""

    id: str
    position: int
    note: str
    added_at: Timestamp
    added_by: str | None
    video: CardDict
    can_edit: bool


class PageOfItemsDict(PageDict[ItemDict]):
    """One page of items; ``hidden_count`` items are not visible to the caller."""

    hidden_count: int


class HiddenItemDict(TypedDict):
    """An item after a change when the caller may not see its video."""

    id: str
