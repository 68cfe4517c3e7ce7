"""The reaction store of posts."""

from __future__ import annotations

from subscriptions.models import Post, PostReaction
from videos.reactions.store import ReactionStore

POST_REACTIONS = ReactionStore(rows=PostReaction._meta.db_table, key="post_id", counted=Post._meta.db_table)
