"""Likes and dislikes of comments."""

from __future__ import annotations

from accounts.models import User
from videos.models import Comment, CommentReaction
from videos.reactions.store import ReactionStore

REACTIONS = ReactionStore(
    rows=CommentReaction._meta.db_table,
    key="comment_id",
    counted=Comment._meta.db_table,
    scores={"score": "like_count"},
)


def react(user: User, comment: Comment, value: object) -> int:
    """Set the caller's reaction; return the comment's likes afterwards. Raises ``Invalid``."""
    given = REACTIONS.set_reaction(
        user.pk, comment.pk, value, likes=comment.like_count, subject=comment.subject
    )
    return given.likes


def withdraw(user: User, comment: Comment) -> int:
    """Remove the caller's reaction; return the comment's likes afterwards."""
    return REACTIONS.remove_reaction(user.pk, comment.pk, likes=comment.like_count).likes
