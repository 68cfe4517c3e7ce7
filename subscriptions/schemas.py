"""API responses: subscriptions, channel pages, the feed and notifications."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from accounts.schemas import ChannelBadgeDict
from streamsite.api.json_types import PageDict, Timestamp, choices
from subscriptions.notifications.notification_types import NOTIFICATION_TYPES
from videos.schemas.cards import CardDict


class SubscriptionStateDict(TypedDict):
    """State of a subscription."""

    is_subscribed: bool
    notify: str | None
    subscribers: int


class ShelfChoiceDict(TypedDict):
    """A shelf that the owner chose."""

    kind: Annotated[str, "`newest`, `views`, `oldest` or `playlist`."]
    value: NotRequired[Annotated[str, "The playlist's id."]]


class ChannelPageDict(TypedDict):
    """Arrangement of the caller's channel page."""

    featured: str
    trailer: Annotated[str, "Shown in place of the featured video to those who do not follow."]
    shelves: list[ShelfChoiceDict]
    version: int


class ShelfDict(TypedDict):
    """A shelf as visitors see it."""

    kind: str
    value: str
    title: str
    url: str
    results: list[CardDict]


class ChannelFrontDict(TypedDict):
    """The front page of a channel."""

    featured: Annotated[CardDict | None, "The trailer, for a caller who does not follow the channel."]
    is_trailer: bool
    shelves: list[ShelfDict]


class PushSubscriptionDict(TypedDict):
    """A browser that shows the account's notifications."""

    id: Annotated[str, "The first 32 hexadecimal digits of the endpoint's SHA-256."]
    user_agent: str
    created_at: Timestamp
    last_sent_at: Annotated[Timestamp | None, "When its push service last took a notification."]


class PushSubscriptionsDict(PageDict[PushSubscriptionDict]):
    """The browsers that show the account's notifications."""

    public_key: Annotated[str, "The site's key in base64url: `applicationServerKey` of the Push API."]


class PrivateFeedDict(TypedDict):
    """State of the private feed URL."""

    active: bool
    created_at: Timestamp | None
    last_used_at: Timestamp | None


class NewPrivateFeedDict(PrivateFeedDict):
    """A new private feed URL, shown once."""

    url: str


class SubscriptionImportDict(TypedDict):
    """Result of importing subscriptions."""

    subscribed: int
    already: int
    unknown: Annotated[list[str], "Addresses of no channel here; the first 50."]
    refused: Annotated[list[str], "Channels that could not be subscribed to; the first 50."]


class NotificationThreadDict(TypedDict):
    """The thread of a reply."""

    id: str
    following: Annotated[bool, "Whether the caller is notified about its replies."]


class NotificationDict(TypedDict):
    """A notification."""

    id: str
    kind: Annotated[str, choices(sorted(NOTIFICATION_TYPES))]
    text: str
    url: str
    actor: ChannelBadgeDict | None
    icon: str
    thread: Annotated[NotificationThreadDict | None, "The thread of a reply; null for other notifications."]
    is_read: bool
    created_at: Timestamp


class PageOfNotificationsDict(PageDict[NotificationDict]):
    """One page of notifications; ``previous`` is always null."""

    unread: Annotated[int, "At most 100."]


class UnreadCountDict(TypedDict):
    """Number of unread notifications."""

    unread: Annotated[int, "At most 100."]


class NewsCountDict(UnreadCountDict):
    """Numbers of unread and of unseen notifications."""

    unseen: Annotated[int, "Unread ones that came after the list of notifications was last opened."]
