"""The gates of comments. Each first asks the gate of the target: without it there are no comments either."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from streamsite.errors import Absent, Forbidden, Invalid
from streamsite.visibility import Viewer, is_owner
from videos.comments.targets import CommentTarget, get_target_type, target_types
from videos.models import Comment
from videos.models.comment import CommentState

COMMENT_ID = re.compile(r"\A[A-Za-z0-9_-]{12,32}\Z")


@dataclass(frozen=True)
class CommentWithTarget:
    """A comment that the caller may read, with its target."""

    comment: Comment
    subject: CommentTarget


def comment_for_reading(request: HttpRequest, comment_id: str) -> CommentWithTarget:
    """Return the comment if the caller may read it. Raises ``Absent``."""
    comment = _load(comment_id, Comment.objects.select_related("author"))
    subject = get_target_type(comment.about).open(request, comment.subject)
    if not may_read(request.user, comment):
        raise Absent
    return CommentWithTarget(comment, subject)


def comment_for_reacting(request: HttpRequest, comment_id: str) -> Comment:
    """Return as much of the comment as a reaction needs, if the caller may read it. Raises ``Absent``."""
    fields = ("about", "subject", "state", "like_count", "owner_id", "author_id", "author__is_active")
    comment = _load(comment_id, Comment.objects.select_related("author").only(*fields))
    get_target_type(comment.about).admit(request, comment.subject)
    if not may_read(request.user, comment):
        raise Absent
    return comment


def _load(comment_id: str, rows: QuerySet[Comment]) -> Comment:
    comment = rows.filter(pk=comment_id).first() if COMMENT_ID.match(comment_id) else None
    if comment is None or comment.about not in target_types():
        raise Absent
    return comment


def comment_for_editing(request: HttpRequest, comment_id: str) -> CommentWithTarget:
    """Return the comment if it is the caller's own. Raises ``Absent`` or ``Forbidden``."""
    found = comment_for_reading(request, comment_id)
    if not is_owner(request.user, found.comment.author_id):
        raise Forbidden
    return found


def comment_for_deleting(request: HttpRequest, comment_id: str) -> CommentWithTarget:
    """Return the comment if the caller wrote it, owns its target, or is staff. Raises ``Absent`` or ``Forbidden``."""
    found = comment_for_reading(request, comment_id)
    if not may_delete(request.user, found.comment):
        raise Forbidden
    return found


def own_comment(viewer: Viewer, comment_id: str) -> Comment | None:
    """Return a comment by ``viewer``, which they may delete even where they can no longer read it."""
    if not viewer.is_authenticated or not COMMENT_ID.match(comment_id):
        return None
    shown = (CommentState.SHOWN, CommentState.HELD)
    return Comment.objects.filter(pk=comment_id, author_id=str(viewer.pk), state__in=shown).first()


def comment_for_curating(request: HttpRequest, comment_id: str) -> CommentWithTarget:
    """Return the comment if the caller owns its target (to pin, heart, approve). Raises ``Absent`` or ``Forbidden``."""
    found = comment_for_reading(request, comment_id)
    if not is_owner(request.user, found.comment.owner_id):
        raise Forbidden
    return found


def thread_for_reading(request: HttpRequest, comment_id: str) -> CommentWithTarget:
    """Return the comment that begins a thread. Raises ``Absent``, or ``Invalid`` for a reply."""
    found = comment_for_reading(request, comment_id)
    if found.comment.is_reply:
        raise Invalid(
            _("Reply to the first comment in the thread."), fields={"comment": [_("This is a reply.")]}
        )
    return found


def may_read(viewer: Viewer, comment: Comment) -> bool:
    """Return whether ``viewer``, who may open the target, may read the comment."""
    if comment.state == CommentState.SHOWN:
        return comment.author.is_active
    if comment.state == CommentState.HELD:
        return is_owner(viewer, comment.author_id) or is_owner(viewer, comment.owner_id) or is_staff(viewer)
    return is_staff(viewer)


def may_delete(viewer: Viewer, comment: Comment) -> bool:
    """Return whether ``viewer``, who may read the comment, may delete it."""
    return is_owner(viewer, comment.author_id) or is_owner(viewer, comment.owner_id) or is_staff(viewer)


def is_staff(viewer: Viewer) -> bool:
    """Return whether the viewer is staff."""
    return bool(getattr(viewer, "is_staff", False))
