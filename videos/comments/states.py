"""Changes of a comment's state, and the counters that follow from the outcome of each conditional update.

A thread is its comment and the replies to it: while that comment is not shown, nobody reaches the replies. So a
thread counts its shown replies, always, and a subject counts threads that are shown with those replies. Both are
decided by one update of the thread's document, so that they agree however comments come and go beside each other.
"""

from __future__ import annotations

from videos.comments import following, store
from videos.comments.reactions import REACTIONS
from videos.comments.store import CommentRow
from videos.comments.targets import get_target_type
from videos.models import Comment
from videos.models.comment import CommentState
from videos.signals import comment_state_changed

BATCH = 500
# The fields of the rows that ``comment_state_changed`` is sent with.
SIGNAL_FIELDS = dict.fromkeys(("state", "about", "subject", "owner_id", "author_id", "parent"), 1)


def switch_state(comment_id: str, former: CommentState, now: CommentState) -> bool:
    """Change the state if it is ``former``; return whether that happened."""
    row = store.set_state(comment_id, former, now)
    if row is None:
        return False
    by = (now == CommentState.SHOWN) - (former == CommentState.SHOWN)
    if by:
        adjust_counts(row, by)
    comment_state_changed.send(sender=Comment, rows=[{**row, "state": former}], now=now)
    return True


def delete_comment(comment_id: str) -> None:
    """Remove a comment, and the replies to it. Idempotent."""
    row = store.pop(comment_id)
    if row is not None:
        REACTIONS.delete_for_targets([comment_id])
        if row["state"] == CommentState.SHOWN:
            adjust_counts(row, -1)
        comment_state_changed.send(sender=Comment, rows=[row], now=None)
    _remove_replies(comment_id)
    following.delete_for_threads([comment_id])


def adjust_counts(row: CommentRow, by: int) -> bool:
    """Update the counters for a shown comment that came or went; return False when thread or target is gone."""
    if not row.get("parent"):
        return get_target_type(row["about"]).count(
            row["subject"], row["owner_id"], by * (1 + int(row.get("reply_count") or 0))
        )
    thread = store.add_replies(row["parent"], by)
    if thread is None:
        return False
    if thread.get("state", CommentState.SHOWN) != CommentState.SHOWN:
        return True
    return get_target_type(row["about"]).count(row["subject"], row["owner_id"], by)


def _remove_replies(thread_id: str) -> None:
    """Remove all replies to a removed comment: its subject no longer counts them."""
    while found := store.find_replies(thread_id, SIGNAL_FIELDS, BATCH):
        ids = [row["_id"] for row in found]
        store.delete(ids)
        REACTIONS.delete_for_targets(ids)
        comment_state_changed.send(sender=Comment, rows=found, now=None)
