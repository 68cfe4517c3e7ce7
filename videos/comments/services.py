"""Changes of comments. The outcome of a row's insert, removal or change of state decides the counters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from streamsite.errors import Absent, Forbidden, Invalid, Stale, Unavailable, stale_or_absent
from streamsite.mongo.repairs import chunk_values
from streamsite.rate_limits import COMMENT, enforce
from streamsite.sanitize import clean_text, is_blank
from videos import blocks, strikes
from videos.comments import filters, following, store
from videos.comments import text as comment_text
from videos.comments.reactions import REACTIONS
from videos.comments.states import (
    adjust_counts,
    delete_comment,
    switch_state,
)
from videos.comments.store import CommentRow
from videos.comments.targets import CommentTarget
from videos.models import Comment
from videos.models.comment import MAX_COMMENT_LENGTH, CommentState
from videos.signals import comment_hearted, comment_posted, comment_state_changed, comment_unhearted

MAX_MENTIONS = 10
EMPTY_LINES = re.compile(r"\n{4,}")


class CommentsOff(Forbidden):
    """The owner turned comments off."""

    detail = gettext_lazy("Comments are turned off.")


def clean_comment_text(raw: object) -> str:
    """Return the text of a comment as it is stored. Raises ``Invalid`` when it is empty or too long."""
    if not isinstance(raw, str):
        raise Invalid(_("Enter a comment."), fields={"text": [_("Enter a comment.")]})
    text = EMPTY_LINES.sub("\n\n\n", clean_text(raw))
    if is_blank(text):
        raise Invalid(_("Enter a comment."), fields={"text": [_("Enter a comment.")]})
    if len(text) > MAX_COMMENT_LENGTH:
        problem = _("A comment can have up to %(limit)d characters.") % {"limit": MAX_COMMENT_LENGTH}
        raise Invalid(problem, fields={"text": [problem]})
    return text


def create(
    user: User, subject: CommentTarget, raw: object, *, thread: Comment | None = None, comment_id: str = ""
) -> Comment:
    """Create a comment on ``subject``, or a reply in ``thread``. It may be held for review.

    ``comment_id`` is an unused id to give it; by default it is random.
    Raises ``CommentsOff``, ``PublishingPaused``, ``BlockedByChannel``, ``Invalid`` for the text, ``Throttled``, and
    ``Absent`` when the target or thread was deleted meanwhile.
    """
    if not subject.allows:
        raise CommentsOff
    strikes.require_may_publish(user)
    blocks.require_not_blocked(user, subject.owner.pk, *([thread.author_id] if thread else []))
    text = clean_comment_text(raw)
    enforce(COMMENT, user.pk)
    reason = _reason_to_hold(user, subject.owner.pk, text)
    comment = Comment(
        about=subject.kind,
        subject=subject.id,
        owner=subject.owner,
        author=user,
        parent=thread.pk if thread else "",
        text=text,
        mentions=_mentions(text),
        state=CommentState.HELD if reason else CommentState.SHOWN,
        held_because=reason,
    )
    comment.pk = comment_id or comment.pk
    comment.save(force_insert=True)
    if comment.state == CommentState.SHOWN:
        _count_new_comment(comment)
    else:
        comment_state_changed.send(
            sender=Comment, rows=[_row(comment) | {"state": ""}], now=CommentState.HELD
        )
    return comment


def edit(comment: Comment, raw: object, *, expected_version: int | None = None) -> Comment:
    """Change the text, and remove pin and heart.

    Raises ``Stale`` unless the comment is at ``expected_version``, ``Absent`` when it is gone, and ``Invalid``,
    ``PublishingPaused`` and ``BlockedByChannel`` as ``create`` does.
    """
    text = clean_comment_text(raw)
    require_version(comment, expected_version)
    if text == comment.text:
        return comment
    strikes.require_may_publish(comment.author)
    blocks.require_not_blocked(comment.author, comment.owner_id)
    mentions = _mentions(text)
    updated = Comment.objects.filter(pk=comment.pk, version=comment.version).update(
        text=text,
        mentions=mentions,
        edited_at=timezone.now(),
        version=F("version") + 1,
        # Pin and heart were given to the previous text.
        pinned=False,
        hearted=False,
    )
    if not updated:
        raise stale_or_absent(Comment.objects.filter(pk=comment.pk))
    reason = _reason_to_hold(comment.author, comment.owner_id, text)
    if reason:
        Comment.objects.filter(pk=comment.pk).update(held_because=reason)
        switch_state(comment.pk, CommentState.SHOWN, CommentState.HELD)
    after = Comment.objects.select_related("author").get(pk=comment.pk)
    if comment.hearted:
        comment_unhearted.send(sender=Comment, comment=after)
    before, now = set(comment.mentions.values()), set(mentions.values())
    if before != now:
        _send_posted(
            after,
            mentioned=now - before if after.state == CommentState.SHOWN else set(),
            unmentioned=before - now,
        )
    return after


def require_version(comment: Comment, expected: int | None) -> None:
    """Raise ``Stale`` when the caller expected another version of the comment."""
    if expected is not None and comment.version != expected:
        raise Stale


def delete(comment: Comment) -> None:
    """Delete a comment and its replies. Idempotent."""
    delete_comment(comment.pk)


def pin(comment: Comment) -> Comment:
    """Pin a comment in place of the pinned one.

    Raises ``Invalid`` for a reply or one that is not shown, ``Unavailable`` when others keep pinning at the same time.
    """
    if comment.is_reply:
        raise Invalid(_("Only the first comment in a thread can be pinned."))
    if comment.state != CommentState.SHOWN:
        raise Invalid(_("Only a published comment can be pinned."))
    for _attempt in range(5):
        others = Comment.objects.filter(subject=comment.subject, pinned=True).exclude(pk=comment.pk)
        others.update(pinned=False)
        try:
            Comment.objects.filter(pk=comment.pk, state=CommentState.SHOWN).update(pinned=True)
        except IntegrityError:  # another was pinned in between
            continue
        return Comment.objects.select_related("author").get(pk=comment.pk)
    raise Unavailable


def unpin(comment: Comment) -> Comment:
    """Unpin a comment."""
    Comment.objects.filter(pk=comment.pk).update(pinned=False)
    comment.pinned = False
    return comment


def set_heart(comment: Comment, *, give: bool) -> Comment:
    """Add or remove the owner's heart."""
    updated = Comment.objects.filter(pk=comment.pk, hearted=not give).update(hearted=give)
    comment.hearted = give
    if updated:
        (comment_hearted if give else comment_unhearted).send(sender=Comment, comment=comment)
    return comment


def approve(comment: Comment) -> Comment:
    """Show a held comment."""
    if switch_state(comment.pk, CommentState.HELD, CommentState.SHOWN):
        comment.state = CommentState.SHOWN
        Comment.objects.filter(pk=comment.pk).update(held_because="")
        _send_posted(comment, mentioned=comment.mentions.values(), is_new=True, approved=True)
    return Comment.objects.select_related("author").get(pk=comment.pk)


def take_down(comment_id: str) -> None:
    """Hide a comment from everyone but staff. Idempotent."""
    Comment.objects.filter(pk=comment_id).update(pinned=False)
    for state in (CommentState.SHOWN, CommentState.HELD):
        switch_state(comment_id, state, CommentState.REMOVED)


def restore(comment_id: str) -> None:
    """Undo ``take_down``. Idempotent."""
    switch_state(comment_id, CommentState.REMOVED, CommentState.SHOWN)


def hide_for_author(user_id: str) -> None:
    """Hide a deactivated author's comments."""
    for state in (CommentState.SHOWN, CommentState.HELD):
        for comment_id in _of_author(user_id, state):
            Comment.objects.filter(pk=comment_id).update(state_before=state, pinned=False)
            switch_state(comment_id, state, CommentState.AWAY)


def restore_for_author(user_id: str) -> None:
    """Restore a reactivated author's comments."""
    for comment in Comment.objects.filter(author_id=user_id, state=CommentState.AWAY).iterator():
        switch_state(comment.pk, CommentState.AWAY, CommentState(comment.state_before or CommentState.SHOWN))


def delete_for_author(user_id: str) -> None:
    """Delete a deleted author's comments, reactions and follows. Idempotent."""
    for comment_id in list(Comment.objects.filter(author_id=user_id).values_list("pk", flat=True)):
        delete_comment(comment_id)
    REACTIONS.delete_for_user(user_id)
    following.delete_for_user(user_id)


def delete_for_target(subject_id: str) -> None:
    """Delete all comments on a deleted target."""
    for thread_ids in chunk_values(store.iter_thread_ids(subject_id)):
        following.delete_for_threads(thread_ids)
    store.delete_for_target(subject_id)
    REACTIONS.delete_where({"subject": subject_id})


def _reason_to_hold(author: User, owner_id: str, text: str) -> str:
    if author.pk == owner_id:
        return ""
    return filters.reason_to_hold(filters.get_rules(owner_id), text)


def _mentions(text: str) -> dict[str, str]:
    names = comment_text.find_mentions(text, most=MAX_MENTIONS)
    if not names:
        return {}
    return dict(User.objects.filter(username__in=names, is_active=True).values_list("username", "pk"))


def _of_author(user_id: str, state: CommentState) -> list[str]:
    return list(Comment.objects.filter(author_id=user_id, state=state).values_list("pk", flat=True))


def _count_new_comment(comment: Comment) -> None:
    """Count a new comment. Deletes it and raises ``Absent`` when its target or thread is gone."""
    if not adjust_counts(_row(comment), 1):
        store.delete([comment.pk])
        raise Absent
    _send_posted(comment, mentioned=comment.mentions.values(), is_new=True)


def _row(comment: Comment) -> CommentRow:
    """Return a new comment as ``states`` reads it."""
    return {
        "_id": comment.pk,
        "state": "",
        "about": comment.about,
        "subject": comment.subject,
        "owner_id": comment.owner_id,
        "author_id": comment.author_id,
        "parent": comment.parent,
    }


def _send_posted(
    comment: Comment,
    *,
    mentioned: Iterable[str],
    unmentioned: Iterable[str] = (),
    is_new: bool = False,
    approved: bool = False,
) -> None:
    comment_posted.send(
        sender=Comment,
        comment=comment,
        is_new=is_new,
        mentioned=list(mentioned),
        unmentioned=list(unmentioned),
        approved=approved,
    )
