"""Models of subscriptions, notifications, posts, channel pages, and webhooks."""

from subscriptions.models.channel_page import ChannelPage
from subscriptions.models.notification import Broadcast, Notification, ReadMarks
from subscriptions.models.post import Post, PostReaction
from subscriptions.models.private_feed import PrivateFeed
from subscriptions.models.subscription import Notify, Subscription
from subscriptions.models.webhook import (
    DeliveryError,
    DeliveryState,
    DisabledBecause,
    Webhook,
    WebhookDelivery,
    WebhookScope,
    WebhookState,
)

__all__ = [
    "Broadcast",
    "ChannelPage",
    "DeliveryError",
    "DeliveryState",
    "DisabledBecause",
    "Notification",
    "Notify",
    "Post",
    "PostReaction",
    "PrivateFeed",
    "ReadMarks",
    "Subscription",
    "Webhook",
    "WebhookDelivery",
    "WebhookScope",
    "WebhookState",
]
