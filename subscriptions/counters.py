"""The counters of subscriptions and posts, for ``streamsite.mongo.counters``."""

from __future__ import annotations

from streamsite.mongo.counters import counting
from subscriptions.models import Post, PostReaction, Subscription
from videos.counters import CHANNELS, opinions, said_about

ROWS, POSTS = Subscription._meta.db_table, Post._meta.db_table

# The previous release stores no ``away``.
THERE = {"away": {"$in": [False, None]}}

ALL = (
    counting(CHANNELS, "subscriber_count", ROWS, "channel_id", THERE),
    counting(CHANNELS, "subscription_count", ROWS, "subscriber_id", THERE),
    *opinions(POSTS, PostReaction._meta.db_table, "post_id"),
    said_about(POSTS, "post"),
)
