"""Followers of a thread: its author, the owner of its subject, and everyone who chose to follow it.

Only what differs from that is stored: that others follow, and that those two do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import User
from streamsite.row_limits import RowLimit
from videos import blocks
from videos.models import Comment, ThreadFollow

FOLLOWS = ThreadFollow._meta.db_table
MAX_FOLLOWED_THREADS = 5_000
BATCH = 500


def follows_by_default(user_id: str, thread: Comment) -> bool:
    """Return whether an account is notified of the thread's replies until it chooses otherwise."""
    return user_id in {thread.author_id, thread.owner_id}


def set_following(user: User, thread: Comment, *, follow: bool) -> None:
    """Follow a thread, or stop following it. Idempotent.

    Raises ``BlockedByChannel`` where its author or the target's owner blocks the account, ``LimitReached`` at the cap.
    """
    rows = ThreadFollow.objects.filter(user=user, thread=thread.pk)
    if follow == follows_by_default(user.pk, thread):
        rows.delete()
        return
    if follow:
        blocks.require_not_blocked(user, thread.author_id, thread.owner_id)
    cap = RowLimit(
        ThreadFollow.objects.filter(user=user).count,
        MAX_FOLLOWED_THREADS,
        _("You can follow up to %(limit)d threads. Unfollow one first.") % {"limit": MAX_FOLLOWED_THREADS},
    )
    row = ThreadFollow(user=user, thread=thread.pk, follows=follow)
    try:
        row.save(force_insert=True)
    except IntegrityError:
        rows.update(follows=follow)
    else:
        cap.confirm(row.delete)


def unfollow(user_id: str, thread_id: str) -> None:
    """Stop following a thread by its id, as the link in an email does. Idempotent, also for a deleted thread."""
    user = User.objects.filter(pk=user_id).first()
    thread = Comment.objects.filter(pk=thread_id).first()
    if user is not None and thread is not None:
        set_following(user, thread, follow=False)


def choices_about_thread(thread_id: str, user_ids: Iterable[str]) -> dict[str, bool]:
    """Return by account id whether it chose to follow a thread or not. One read."""
    rows = ThreadFollow.objects.filter(thread=thread_id, user_id__in=list(user_ids))
    return dict(rows.values_list("user_id", "follows"))


def choices_of_user(user_id: str, thread_ids: Iterable[str]) -> dict[str, bool]:
    """Return by thread id whether an account chose to follow it or not. One read."""
    rows = ThreadFollow.objects.filter(user_id=user_id, thread__in=list(thread_ids))
    return dict(rows.values_list("thread", "follows"))


def union_stage(user_id: str, thread_ids: Iterable[str]) -> dict[str, object]:
    """Return the stage that adds ``choices_of_user`` as rows ``{thread, follows}`` to those of another collection."""
    which = {"user_id": user_id, "thread": {"$in": list(thread_ids)}}
    pipeline = [{"$match": which}, {"$project": {"_id": 0, "thread": 1, "follows": 1}}]
    return {"$unionWith": {"coll": FOLLOWS, "pipeline": pipeline}}


def has_explicit_followers(thread_id: str) -> bool:
    """Return whether any account follows a thread by its own choice."""
    return ThreadFollow.objects.filter(thread=thread_id, follows=True).exists()


def iter_follower_batches(thread_id: str) -> Iterator[list[str]]:
    """Yield the ids of those accounts in batches."""
    reached = ""
    while True:
        rows = ThreadFollow.objects.filter(thread=thread_id, follows=True, pk__gt=reached)
        found = list(rows.order_by("pk").values_list("pk", "user_id")[:BATCH])
        if not found:
            return
        yield [user_id for _, user_id in found]
        reached = found[-1][0]


def delete_for_threads(thread_ids: Iterable[str]) -> None:
    """Delete what accounts chose about deleted threads."""
    ThreadFollow.objects.filter(thread__in=list(thread_ids)).delete()


def delete_for_user(user_id: str) -> None:
    """Delete the choices of a deleted account."""
    ThreadFollow.objects.filter(user_id=user_id).delete()


def delete_between(user_id: str, other_id: str) -> None:
    """Stop both accounts from following threads of the other, because one blocks the other. Idempotent."""
    for follower, host in ((user_id, other_id), (other_id, user_id)):
        followed = list(
            ThreadFollow.objects.filter(user_id=follower, follows=True).values_list("thread", flat=True)
        )
        for start in range(0, len(followed), BATCH):
            threads = Comment.objects.filter(pk__in=followed[start : start + BATCH])
            theirs = [
                row.pk
                for row in threads.only("pk", "author_id", "owner_id")
                if host in {row.author_id, row.owner_id}
            ]
            ThreadFollow.objects.filter(user_id=follower, thread__in=theirs).delete()
