"""Notify everyone a comment concerns, each once, by the first kind they want."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from subscriptions.notifications import services
from subscriptions.notifications.notification_types import (
    COMMENT,
    HELD,
    MENTION,
    REPLY,
    THREAD,
    WAITING,
    numbered,
)
from videos import blocks
from videos.comments import following
from videos.comments import queries as comments
from videos.models import Comment
from videos.models.comment import CommentState

HELD_PAGE = "/studio/comments?state=held"
# A count that changed meanwhile is taken again.
MAX_ATTEMPTS = 5


def notify_comment_posted(
    comment: Comment, *, is_new: bool, mentioned: Iterable[str], approved: bool
) -> None:
    """Notify mentioned accounts, the author of the answered comment, and the owner of the comment's target."""
    place = _title_and_url(comment)
    if place is None:
        return
    title, url = place
    actor = User.objects.filter(pk=comment.author_id).first()
    for user_id, kinds in _recipients(comment, is_new=is_new, mentioned=set(mentioned)).items():
        if not (approved and user_id == comment.owner_id):  # approved by the owner, who has just read it
            services.notify(user_id, kinds, comment.pk, url=url, title=title, actor=actor)


def notify_followers(comment_id: str) -> int:
    """Notify the thread's followers of a reply unless it concerns them otherwise. Return how many were notified."""
    reply = Comment.objects.select_related("author").filter(pk=comment_id, state=CommentState.SHOWN).first()
    place = _title_and_url(reply) if reply is not None else None
    if reply is None or place is None:
        return 0
    title, url = place
    others = set(_recipients(reply, is_new=True, mentioned=set(reply.mentions.values()))) | {reply.owner_id}
    notified = 0
    for user_ids in following.iter_follower_batches(reply.parent):
        for user_id in blocks.without_blocked(reply.author_id, set(user_ids) - others):
            notified += services.notify(user_id, THREAD, reply.pk, url=url, title=title, actor=reply.author)
    return notified


def notify_author(comment: Comment, kind: str) -> None:
    """Notify a comment's author of what the owner of its target did with it."""
    place = _title_and_url(comment)
    if place is None:
        return
    title, url = place
    owner = User.objects.filter(pk=comment.owner_id).first()
    services.notify(comment.author_id, kind, comment.pk, url=url, title=title, actor=owner)


def withdraw_mentions(comment: Comment, user_ids: Iterable[str]) -> None:
    """Withdraw notifications of removed mentions; notify those the comment concerns otherwise of that instead."""
    recipients = _recipients(comment, is_new=comment.state == CommentState.SHOWN, mentioned=set())
    place = _title_and_url(comment)
    actor = User.objects.filter(pk=comment.author_id).first()
    for user_id in user_ids:
        was_unread = services.withdraw_notification(user_id, MENTION, comment.pk)
        if was_unread and place is not None and (kinds := recipients.get(user_id)):
            services.notify(user_id, kinds, comment.pk, url=place[1], title=place[0], actor=actor)


def update_held_notification(about: str, subject_id: str, owner_id: str, *, is_news: bool) -> None:
    """Update the owner's single notification of how many comments on a target are held for review."""
    held = Comment.objects.filter(owner_id=owner_id, subject=subject_id, state=CommentState.HELD)
    title = comments.load_target_titles([Comment(about=about, subject=subject_id)]).get(subject_id, ("", ""))[
        0
    ]
    waiting = held.count()
    for _ in range(MAX_ATTEMPTS):
        if waiting:
            what = numbered(WAITING, waiting)
            services.update_or_notify(
                owner_id, HELD, subject_id, url=HELD_PAGE, title=title, what=what, is_news=is_news
            )
        else:
            services.withdraw_notification(owner_id, HELD, subject_id)
        now = held.count()
        if now == waiting:
            return
        # The notification may have been withdrawn concurrently.
        waiting, is_news = now, is_news or now > waiting


def _recipients(comment: Comment, *, is_new: bool, mentioned: set[str]) -> dict[str, list[str]]:
    """Return the accounts that a comment concerns directly, each with its kinds, most relevant first.

    ``is_new`` is false for an edited comment, which concerns only newly mentioned accounts.
    """
    found: dict[str, list[str]] = {user_id: [MENTION] for user_id in mentioned}
    if not is_new:
        return found
    thread = Comment.objects.filter(pk=comment.parent).first() if comment.parent else None
    people = mentioned | {comment.owner_id} | ({thread.author_id} if thread is not None else set())
    stated = following.choices_about_thread(thread.pk, people) if thread is not None else {}
    for user_id in people:
        kinds = found.setdefault(user_id, [])
        stopped = stated.get(user_id) is False
        if thread is not None and user_id == thread.author_id and not stopped:
            kinds.append(REPLY)
        if user_id == comment.owner_id and not stopped:
            kinds.append(COMMENT)
        if stated.get(user_id):
            kinds.append(THREAD)
    return {user_id: kinds for user_id, kinds in found.items() if kinds}


def _title_and_url(comment: Comment) -> tuple[str, str] | None:
    """Return the title of the comment's target and the URL of the comment; ``None`` if the target is gone."""
    title, address = comments.load_target_titles([comment]).get(comment.subject, ("", ""))
    named = f"{comment.parent}&reply={comment.pk}" if comment.parent else comment.pk
    return (title, f"{address}?comment={named}#comments") if address else None
