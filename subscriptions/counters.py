"""The counters of subscriptions and posts, for ``streamsite.mongo.counters``."""

from __future__ import annotations

from streamsite.mongo.counters import build_counter
from subscriptions.models import Post, PostReaction, Subscription
from videos.counters import CHANNELS, comment_counters, reaction_counters

ROWS, POSTS = Subscription._meta.db_table, Post._meta.db_table

# The previous release writes no ``away``.
ACTIVE_ROWS = {"away": {"$in": [False, None]}}

COUNTERS = (
    build_counter(CHANNELS, "subscriber_count", ROWS, "channel_id", ACTIVE_ROWS),
    build_counter(CHANNELS, "subscription_count", ROWS, "subscriber_id", ACTIVE_ROWS),
    *reaction_counters(POSTS, PostReaction._meta.db_table, "post_id"),
    comment_counters(POSTS, "post"),
)
