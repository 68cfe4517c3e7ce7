"""What can be done to a comment. A row's insert, removal or change of state decides the counters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import IntegrityError
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from streamsite.errors import Absent, Forbidden, Invalid, Stale, Unavailable, stale_or_absent
from streamsite.mongo.collections import collection
from streamsite.mongo.repairs import batches
from streamsite.rate_limits import COMMENT, enforce
from streamsite.sanitize import clean_text, is_blank
from videos import blocks, strikes
from videos.comments import filters, following
from videos.comments import text as comment_text
from videos.comments.reactions import OPINIONS
from videos.comments.states import COMMENTS, changed, count, remove, switch
from videos.comments.targets import Subject
from videos.models import Comment
from videos.models.comment import LONGEST, State

MOST_MENTIONS = 10
EMPTY_LINES = re.compile(r"\n{4,}")

# Sent with ``comment``, ``is_new`` (it can be read now and could not before), ``called`` (ids of accounts that it
# mentions and did not before), ``uncalled`` (those that it no longer mentions) and ``approved`` (the owner of what it
# is about has just let it be shown).
said = Signal()
# Sent with ``comment`` when the owner of what it is about gave it a heart, and when it has it no longer.
hearted = Signal()
unhearted = Signal()


class CommentsOff(Forbidden):
    """The owner wants no comments there."""

    detail = "Comments are turned off."


def clean(raw: object) -> str:
    """The text of a comment as it is kept. ``Invalid`` when there is none or too much."""
    if not isinstance(raw, str):
        raise Invalid("Write something.", fields={"text": ["Write something."]})
    text = EMPTY_LINES.sub("\n\n\n", clean_text(raw))
    if is_blank(text):
        raise Invalid("Write something.", fields={"text": ["Write something."]})
    if len(text) > LONGEST:
        problem = f"A comment may have at most {LONGEST} characters."
        raise Invalid(problem, fields={"text": [problem]})
    return text


def create(user: User, subject: Subject, raw: object, *, thread: Comment | None = None) -> Comment:
    """Say something about ``subject``, or in answer to ``thread``. It may be held for the owner to read first."""
    if not subject.allows:
        raise CommentsOff
    strikes.require_good(user)
    blocks.require_welcome(user, subject.owner.pk, *([thread.author_id] if thread else []))
    text = clean(raw)
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
        state=State.HELD if reason else State.SHOWN,
        held_because=reason,
    )
    comment.save(force_insert=True)
    if comment.state == State.SHOWN:
        _appear(comment)
    else:
        changed.send(sender=Comment, rows=[_row(comment) | {"state": ""}], now=State.HELD)
    return comment


def edit(comment: Comment, raw: object, *, expected_version: int | None = None) -> Comment:
    """Change the text; pin and heart go. ``Stale`` when it is no longer at ``expected_version``.

    ``Paused`` and ``Blocked`` as for a new one.
    """
    text = clean(raw)
    require_version(comment, expected_version)
    if text == comment.text:
        return comment
    strikes.require_good(comment.author)
    blocks.require_welcome(comment.author, comment.owner_id)
    mentions = _mentions(text)
    updated = Comment.objects.filter(pk=comment.pk, version=comment.version).update(
        text=text,
        mentions=mentions,
        edited_at=timezone.now(),
        version=F("version") + 1,
        # What the owner liked and put first was another text.
        pinned=False,
        hearted=False,
    )
    if not updated:
        raise stale_or_absent(Comment.objects.filter(pk=comment.pk))
    reason = _reason_to_hold(comment.author, comment.owner_id, text)
    if reason:
        Comment.objects.filter(pk=comment.pk).update(held_because=reason)
        switch(comment.pk, State.SHOWN, State.HELD)
    after = Comment.objects.select_related("author").get(pk=comment.pk)
    if comment.hearted:
        unhearted.send(sender=Comment, comment=after)
    before, now = set(comment.mentions.values()), set(mentions.values())
    if before != now:
        _say(after, called=now - before if after.state == State.SHOWN else set(), uncalled=before - now)
    return after


def require_version(comment: Comment, expected: int | None) -> None:
    """Raise ``Stale`` when the caller expected another version of the comment."""
    if expected is not None and comment.version != expected:
        raise Stale


def delete(comment: Comment) -> None:
    """Remove a comment, and the answers to it. Safe to repeat."""
    remove(comment.pk)


def pin(comment: Comment) -> Comment:
    """Show a comment first, instead of the one that was. ``Invalid`` for a reply or one that is not shown."""
    if comment.is_reply:
        raise Invalid("Only a comment that begins a thread can be pinned.")
    if comment.state != State.SHOWN:
        raise Invalid("Only a comment that is shown can be pinned.")
    for _ in range(5):
        others = Comment.objects.filter(subject=comment.subject, pinned=True).exclude(pk=comment.pk)
        others.update(pinned=False)
        try:
            Comment.objects.filter(pk=comment.pk, state=State.SHOWN).update(pinned=True)
        except IntegrityError:  # another was pinned in between
            continue
        return Comment.objects.select_related("author").get(pk=comment.pk)
    raise Unavailable


def unpin(comment: Comment) -> Comment:
    """Show it where it belongs."""
    Comment.objects.filter(pk=comment.pk).update(pinned=False)
    comment.pinned = False
    return comment


def heart(comment: Comment, *, give: bool) -> Comment:
    """Let everybody see that the owner likes it, or no longer."""
    updated = Comment.objects.filter(pk=comment.pk, hearted=not give).update(hearted=give)
    comment.hearted = give
    if updated:
        (hearted if give else unhearted).send(sender=Comment, comment=comment)
    return comment


def approve(comment: Comment) -> Comment:
    """Show a comment that was held."""
    if switch(comment.pk, State.HELD, State.SHOWN):
        comment.state = State.SHOWN
        Comment.objects.filter(pk=comment.pk).update(held_because="")
        _say(comment, called=comment.mentions.values(), is_new=True, approved=True)
    return Comment.objects.select_related("author").get(pk=comment.pk)


def take_down(comment_id: str) -> None:
    """Staff decided that nobody is to see it; it can be put back. Safe to repeat."""
    Comment.objects.filter(pk=comment_id).update(pinned=False)
    for state in (State.SHOWN, State.HELD):
        switch(comment_id, state, State.REMOVED)


def put_back(comment_id: str) -> None:
    """Undo ``take_down``. Safe to repeat."""
    switch(comment_id, State.REMOVED, State.SHOWN)


def hide_author(user_id: str) -> None:
    """The author's account was closed: what they said is not shown until it is restored."""
    for state in (State.SHOWN, State.HELD):
        for comment_id in _of_author(user_id, state):
            Comment.objects.filter(pk=comment_id).update(state_before=state, pinned=False)
            switch(comment_id, state, State.AWAY)


def show_author(user_id: str) -> None:
    """The author's account was restored."""
    for comment in Comment.objects.filter(author_id=user_id, state=State.AWAY).iterator():
        switch(comment.pk, State.AWAY, State(comment.state_before or State.SHOWN))


def forget_author(user_id: str) -> None:
    """Remove what an erased account said, and its reactions. Safe to repeat."""
    for comment_id in list(Comment.objects.filter(author_id=user_id).values_list("pk", flat=True)):
        remove(comment_id)
    OPINIONS.forget_user(user_id)
    following.forget_user(user_id)


def forget_subject(subject_id: str) -> None:
    """Remove what was said about something that is gone."""
    threads = collection(COMMENTS).find({"subject": subject_id, "parent": ""}, {"_id": 1})
    for found in batches(threads):
        following.forget_threads(row["_id"] for row in found)
    collection(COMMENTS).delete_many({"subject": subject_id})
    collection(OPINIONS.rows).delete_many({"subject": subject_id})


def _reason_to_hold(author: User, owner_id: str, text: str) -> str:
    if author.pk == owner_id:
        return ""
    return filters.reason_to_hold(filters.of_channel(owner_id), text)


def _mentions(text: str) -> dict[str, str]:
    names = comment_text.mentioned(text, most=MOST_MENTIONS)
    if not names:
        return {}
    return dict(User.objects.filter(username__in=names, is_active=True).values_list("username", "pk"))


def _of_author(user_id: str, state: State) -> list[str]:
    return list(Comment.objects.filter(author_id=user_id, state=state).values_list("pk", flat=True))


def _appear(comment: Comment) -> None:
    """Count a new comment. ``Absent`` when what it is about, or answers, went in between: then it goes as well."""
    if not count(_row(comment), 1):
        collection(COMMENTS).delete_one({"_id": comment.pk})
        raise Absent
    _say(comment, called=comment.mentions.values(), is_new=True)


def _row(comment: Comment) -> dict[str, str]:
    """Return a new comment as ``states`` reads it."""
    return {
        "_id": comment.pk,
        "about": comment.about,
        "subject": comment.subject,
        "owner_id": comment.owner_id,
        "author_id": comment.author_id,
        "parent": comment.parent,
    }


def _say(
    comment: Comment,
    *,
    called: Iterable[str],
    uncalled: Iterable[str] = (),
    is_new: bool = False,
    approved: bool = False,
) -> None:
    said.send(
        sender=Comment,
        comment=comment,
        is_new=is_new,
        called=list(called),
        uncalled=list(uncalled),
        approved=approved,
    )
