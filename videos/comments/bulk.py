"""Changes of many comments at once, by the owner of what they are about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from accounts.models import User
from streamsite.errors import Absent
from videos.comments import services
from videos.comments.access import COMMENT_ID
from videos.comments.schemas import StudioCommentsChangedDict
from videos.models import Comment
from videos.models.comment import CommentState

MAX_COMMENTS = 100
APPROVE, DELETE = "approve", "delete"
ACTIONS: dict[str, Callable[[Comment], object]] = {APPROVE: services.approve, DELETE: services.delete}


def comments_for_bulk(owner: User, ids: Sequence[str]) -> list[Comment]:
    """Return those of the comments that are shown or held below the owner's content, with authors."""
    wanted = [one for one in dict.fromkeys(ids) if COMMENT_ID.match(one)][:MAX_COMMENTS]
    rows = Comment.objects.filter(
        pk__in=wanted, owner_id=owner.pk, state__in=[CommentState.SHOWN, CommentState.HELD]
    )
    return list(rows.select_related("author"))


def change_comments(owner: User, ids: Sequence[str], action: str) -> StudioCommentsChangedDict:
    """Approve or delete comments below the owner's content. Safe to repeat.

    Raises ``Absent`` for another action. A comment that is gone by the time it is changed counts as missing.
    """
    change = ACTIONS.get(action)
    if change is None:
        raise Absent
    changed = []
    for comment in comments_for_bulk(owner, ids):
        if _apply(change, comment):
            changed.append(comment.pk)
    return {"changed": changed, "missing": [one for one in dict.fromkeys(ids) if one not in changed]}


def _apply(change: Callable[[Comment], object], comment: Comment) -> bool:
    """Change a comment; return whether it was still there."""
    try:
        change(comment)
    except (Absent, Comment.DoesNotExist):
        return False
    return True
