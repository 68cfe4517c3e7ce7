"""Subscriptions, what people are told, and posts of channels."""

from subscriptions.models.notification import Broadcast, Notification, ReadMarks
from subscriptions.models.post import Post, PostReaction
from subscriptions.models.subscription import Notify, Subscription

__all__ = ["Broadcast", "Notification", "Notify", "Post", "PostReaction", "ReadMarks", "Subscription"]
