"""Models of subscriptions, notifications, posts, and channel pages."""

from subscriptions.models.channel_page import ChannelPage
from subscriptions.models.notification import Broadcast, Notification, ReadMarks
from subscriptions.models.post import Post, PostReaction
from subscriptions.models.private_feed import PrivateFeed
from subscriptions.models.subscription import Notify, Subscription

__all__ = [
    "Broadcast",
    "ChannelPage",
    "Notification",
    "Notify",
    "Post",
    "PostReaction",
    "PrivateFeed",
    "ReadMarks",
    "Subscription",
]
