"""Comments on videos and on other targets, reactions to them, followed threads, and filters."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streamsite.ids import object_id
from streamsite.mongo.engine.rows import StoredModel
from videos.models.reaction import AbstractReaction

MAX_COMMENT_LENGTH = 10_000


class CommentState(models.TextChoices):
    """The visibility of a comment: everyone; its author and the target's owner; only staff."""

    SHOWN = "shown", _("Published")
    HELD = "held", _("Held for review")
    AWAY = "away", _("Author's account closed")
    REMOVED = "removed", _("Removed by moderators")


class Comment(StoredModel):
    """A comment, or a reply to one (``parent`` is its id, else ""). Written by ``comments.services``.

    ``about`` and ``subject`` name what it is about, ``owner`` whose that is. ``score`` is likes plus replies, the order
    of "top". The counters of a subject and of a parent count rows that are ``shown``; each change of ``state`` is a
    conditional update whose outcome decides them.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    about = models.CharField(max_length=10)
    subject = models.CharField(max_length=32)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    parent = models.CharField(max_length=32, blank=True)
    text = models.TextField(max_length=MAX_COMMENT_LENGTH)
    # Usernames that were somebody's when it was written, with their ids.
    mentions = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=CommentState.choices, default=CommentState.SHOWN)
    # What it was before its author's account was closed.
    state_before = models.CharField(max_length=8, choices=CommentState.choices, blank=True, editable=False)
    held_because = models.CharField(max_length=120, blank=True, editable=False)
    like_count = models.BigIntegerField(default=0, editable=False)
    dislike_count = models.BigIntegerField(default=0, editable=False)
    reply_count = models.BigIntegerField(default=0, editable=False)
    score = models.BigIntegerField(default=0, editable=False)
    pinned = models.BooleanField(default=False)
    hearted = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(pinned=True), name="comment_pinned_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["subject", "parent", "state", "-pinned", "-score", "-created_at", "-id"],
                name="comment_top",
            ),
            models.Index(
                fields=["subject", "parent", "state", "-pinned", "-created_at", "-id"], name="comment_newest"
            ),
            models.Index(fields=["parent", "state", "created_at", "id"], name="comment_replies"),
            models.Index(fields=["author", "-created_at", "-id"], name="comment_of_author"),
            models.Index(fields=["author", "subject", "state"], name="comment_own_held"),
            models.Index(fields=["owner", "state", "-created_at", "-id"], name="comment_for_owner"),
            models.Index(fields=["state", "-created_at", "-id"], name="comment_by_state"),
            models.Index(
                fields=["-created_at", "-id", "state", "about", "pinned"], name="comment_any_newest_filtered"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_reply(self) -> bool:
        """True when it replies to another comment."""
        return bool(self.parent)


class CommentReaction(AbstractReaction):
    """One viewer's reaction to one comment. ``subject`` repeats the comment's, to be removed with it."""

    comment = models.ForeignKey(Comment, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    subject = models.CharField(max_length=32, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "comment"], name="comment_reaction_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.value}s {self.comment_id}"


class ThreadFollow(StoredModel):
    """An account's choice to follow a thread or not, where that differs from the default: see ``comments.following``.

    ``thread`` is the id of the comment that begins it.
    """

    id = models.CharField(primary_key=True, db_column="_id", max_length=32, default=object_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    thread = models.CharField(max_length=32)
    follows = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "thread"], name="thread_follow_once")]
        indexes = [models.Index(fields=["thread", "follows", "id"], name="thread_followers")]

    def __str__(self) -> str:
        return f"{self.user_id} {'follows' if self.follows else 'does not follow'} {self.thread}"


class CommentRules(StoredModel):
    """The comments that a channel holds for review: with one of its words, with links, or all of them."""

    channel_id = models.CharField(primary_key=True, db_column="_id", max_length=32)
    words = models.JSONField(default=list, blank=True)
    hold_links = models.BooleanField(default=False)
    hold_all = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = _("comment rules")

    def __str__(self) -> str:
        return f"rules of {self.channel_id}"
