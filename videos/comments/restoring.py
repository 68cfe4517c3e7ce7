"""An account's own comments on its own content, from an archive. Nobody is notified."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from streamsite.errors import Absent, Forbidden
from videos import strikes
from videos.comments import store
from videos.comments.services import clean_comment_text
from videos.comments.states import adjust_counts
from videos.comments.targets import CommentTarget
from videos.models import Comment
from videos.models.comment import CommentState


def restore_own(
    user: User,
    target: CommentTarget,
    raw: object,
    *,
    comment_id: str,
    created_at: datetime,
    edited_at: datetime | None = None,
    thread: Comment | None = None,
) -> Comment:
    """Store a comment of the target's owner as it was, or a reply in ``thread``.

    Raises ``Forbidden`` for the content of others, where it would undo what they or moderators removed; else as
    ``create`` does.
    """
    if target.owner.pk != user.pk:
        raise Forbidden
    strikes.require_may_publish(user)
    comment = Comment(
        about=target.kind,
        subject=target.id,
        owner=target.owner,
        author=user,
        parent=thread.pk if thread else "",
        text=clean_comment_text(raw),
        state=CommentState.SHOWN,
        created_at=created_at,
        edited_at=edited_at,
    )
    comment.pk = comment_id
    comment.save(force_insert=True)
    row: store.CommentRow = {
        "_id": comment.pk,
        "state": "",
        "about": comment.about,
        "subject": comment.subject,
        "owner_id": comment.owner_id,
        "author_id": comment.author_id,
        "parent": comment.parent,
    }
    if not adjust_counts(row, 1):
        store.delete([comment.pk])
        raise Absent
    return comment
