"""Access rules of notifications, for lists, the badge, and emails: may the reader see what one is about?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict, cast

from django.db.models import Model

from accounts import user_store
from accounts.models import User
from streamsite.sanitize import clean_line, truncate_line
from subscriptions.models import Post
from subscriptions.notifications import references
from subscriptions.notifications.entries import Entry
from subscriptions.notifications.notification_types import (
    COMMENT_KINDS,
    HEART,
    MENTION,
    POST,
    THREAD,
    VIDEO,
    notification_kind,
)
from subscriptions.notifications.store import EntryDoc
from subscriptions.posts.access import LISTED as LISTED_POSTS
from subscriptions.schemas import NotificationThreadDict
from videos.access import LISTED as LISTED_VIDEOS
from videos.comments import following
from videos.models import Comment, Video
from videos.models.comment import CommentState
from videos.playback_gate import PlaybackGate

MAX_POST_CHARACTERS = 80  # of a post's text in the sentence about it
# The account fields that badges and sentences need.
ACTOR_FIELDS = ("username", "full_name", "avatar", "subscriber_count", "is_active")
Stage = Mapping[str, object]


class PostRow(TypedDict):
    """A post as far as access to it needs it."""

    _id: str
    channel_id: str
    is_listed: bool
    is_open: bool


class CommentRow(TypedDict, total=False):
    """A comment as far as access to it needs it; the previous release writes no ``state``."""

    _id: str
    state: str
    parent: str
    hearted: bool


# The fields of a video that the address of its thumbnail needs.
COVER_FIELDS = (
    *PlaybackGate.DOCUMENT_FIELDS,
    *("visibility_epoch", "is_complete", "duration", "poster", "has_poster", "shown_as_sensitive"),
)


class ContextRow(TypedDict, total=False):
    """A row of ``load_context``'s read: what one of its parts is about, or an account's ``ACTOR_FIELDS``."""

    thing: str
    title: str
    text: str
    video: dict[str, object]
    cover: dict[str, object]
    is_open: bool
    post: PostRow
    comment: CommentRow
    thread: str
    follows: bool


@dataclass
class NotificationContext:
    """The subjects of some entries, as far as they exist.

    ``actors`` are accounts by id; ``announced`` titles and URLs of announced, listed subjects; ``videos``, ``posts``,
    and ``comments`` what other rows link to; ``covers`` videos of both with ``COVER_FIELDS``; ``follows`` whether the
    reader follows threads.
    """

    reader_id: str
    actors: dict[str, User] = field(default_factory=dict)
    announced: dict[str, tuple[str, str]] = field(default_factory=dict)
    videos: dict[str, PlaybackGate] = field(default_factory=dict)
    covers: dict[str, Video] = field(default_factory=dict)
    posts: dict[str, PostRow] = field(default_factory=dict)
    comments: dict[str, CommentRow] = field(default_factory=dict)
    follows: dict[str, bool] = field(default_factory=dict)

    def actor(self, entry: Entry) -> User | None:
        """Return the account that caused the entry, if loaded."""
        return self.actors.get(entry.row.get("actor_id") or entry.row.get("channel_id") or "")

    def may_show(self, entry: Entry) -> bool:
        """Return whether the reader may see the entry now."""
        row, actor = entry.row, self.actor(entry)
        if entry.is_old:
            return False
        if "subject" in row:
            return row["subject"] in self.announced and actor is not None and actor.is_active
        if row.get("actor_id") and (actor is None or not actor.is_active):
            return False
        if (video_id := references.subject_id_of(row, "watch")) and not self._may_watch(video_id):
            return False
        if (post_id := references.subject_id_of(row, "posts")) and not self._may_read(post_id):
            return False
        comment_id = references.comment_id_of(row)
        return not comment_id or self._is_shown(comment_id, notification_kind(row))

    def thread(self, entry: Entry) -> NotificationThreadDict | None:
        """Return ``{id, following}`` of the thread of a reply notification, or ``None``."""
        kind = notification_kind(entry.row)
        if kind not in COMMENT_KINDS:
            return None
        comment = self.comments.get(references.comment_id_of(entry.row))
        thread_id = comment.get("parent") if comment is not None else None
        if not thread_id or kind in {HEART, MENTION}:
            return None
        return {"id": thread_id, "following": self.follows.get(thread_id, kind != THREAD)}

    def _may_watch(self, video_id: str) -> bool:
        gate = self.videos.get(video_id)
        return gate is not None and gate.allows(User(pk=self.reader_id))

    def _may_read(self, post_id: str) -> bool:
        post = self.posts.get(post_id)
        if post is None:
            return False
        return post["channel_id"] == self.reader_id or bool(post["is_listed"] and post["is_open"])

    def _is_shown(self, comment_id: str, kind: str) -> bool:
        comment = self.comments.get(comment_id)
        if comment is None or not _is_in_view(comment):
            return False
        if kind == HEART and not comment.get("hearted"):
            return False
        thread = self.comments.get(comment["parent"]) if comment.get("parent") else comment
        return thread is not None and _is_in_view(thread)


def _is_in_view(comment: CommentRow) -> bool:
    return bool(comment.get("state", CommentState.SHOWN) == CommentState.SHOWN)


def load_context(reader_id: str, entries: Sequence[Entry]) -> NotificationContext:
    """Load what entries are about, in one read."""
    context = NotificationContext(reader_id)
    rows = [entry.row for entry in entries]
    if not rows:
        return context
    people = {person for row in rows if (person := row.get("actor_id") or row.get("channel_id"))}
    own = [row for row in rows if "subject" not in row]
    named = {references.comment_id_of(row) for row in own} | {references.thread_id_of(row) for row in own}
    stages: list[Stage] = [
        *_announced_stages(rows),
        *_union_stage(Video, {references.subject_id_of(row, "watch") for row in own}, _VIDEO),
        *_union_stage(Post, {references.subject_id_of(row, "posts") for row in own}, _POST),
        *_union_stage(Comment, named, _COMMENT),
    ]
    threads = [name for name in named if name]
    stages += [following.union_stage(reader_id, threads)] if threads else []
    for row in user_store.read_with(people, ACTOR_FIELDS, stages):
        _add_row(context, cast("ContextRow", row))
    return context


# Adds ``channel``: one row if the channel's account is active, else none.
_CHANNEL = {
    "$lookup": {
        "from": User._meta.db_table,
        "localField": "channel_id",
        "foreignField": "_id",
        "pipeline": [{"$match": {"is_active": True}}, {"$project": {"_id": 1}}],
        "as": "channel",
    }
}
_COVER = {name: f"${name}" for name in COVER_FIELDS}
_IS_OPEN = {"$ne": ["$channel", []]}
_VIDEO: list[Stage] = [
    _CHANNEL,
    {
        "$project": {
            "_id": 0,
            "video": {name: f"${name}" for name in ("_id", *PlaybackGate.DOCUMENT_FIELDS)},
            "cover": _COVER,
            "is_open": _IS_OPEN,
        }
    },
]
_COMMENT: list[Stage] = [
    {"$project": {"_id": 0, "comment": {name: f"${name}" for name in ("_id", "state", "parent", "hearted")}}}
]
_POST: list[Stage] = [
    _CHANNEL,
    {
        "$project": {
            "_id": 0,
            "post": {
                "_id": "$_id",
                "channel_id": "$channel_id",
                "is_listed": {"$and": [{"$eq": [f"${name}", value]} for name, value in LISTED_POSTS.items()]},
                "is_open": _IS_OPEN,
            },
        }
    },
]


def _union_stage(model: type[Model], ids: set[str], pipeline: list[Stage]) -> list[Stage]:
    """Return the stage that adds documents of a model, each through ``pipeline``; empty without ids."""
    wanted = [name for name in ids if name]
    whole = [{"$match": {"_id": {"$in": wanted}}}, *pipeline]
    return [{"$unionWith": {"coll": model._meta.db_table, "pipeline": whole}}] if wanted else []


def _announced_stages(rows: list[EntryDoc]) -> list[Stage]:
    """Return the stages that add ``{thing, title or text}`` of announced subjects that are still listed."""
    stages: list[Stage] = []
    for kind, model, listed, text in (
        (VIDEO, Video, LISTED_VIDEOS, "title"),
        (POST, Post, LISTED_POSTS, "text"),
    ):
        ids = {row["subject"] for row in rows if row.get("subject") and row["kind"] == kind}
        cover = {"cover": _COVER} if model is Video else {}
        shape = {"$project": {"_id": 0, "thing": "$_id", text: 1, **cover}}
        stages += _union_stage(model, ids, [{"$match": listed}, shape])
    return stages


def _beginning(text: str) -> str:
    line = clean_line(text)
    begun = truncate_line(line, MAX_POST_CHARACTERS)
    return begun if begun == line else f"{begun}…"


def _add_row(context: NotificationContext, row: ContextRow) -> None:
    """Add one row of ``load_context``'s read to the context."""
    if "title" in row:
        video = Video(pk=row["thing"], title=row["title"], **row["cover"])
        context.announced[video.pk] = (video.title, video.get_absolute_url())
        context.covers[video.pk] = video
    elif "thing" in row:
        post = Post(pk=row["thing"], text=row["text"])
        context.announced[post.pk] = (_beginning(post.text), post.get_absolute_url())
    elif "video" in row:
        video_id = str(row["video"]["_id"])
        context.videos[video_id] = PlaybackGate.from_document(row["video"], channel_is_active=row["is_open"])
        context.covers[video_id] = Video(pk=video_id, **row["cover"])
    elif "post" in row:
        context.posts[row["post"]["_id"]] = row["post"]
    elif "comment" in row:
        context.comments[row["comment"]["_id"]] = row["comment"]
    elif "follows" in row:
        context.follows[row["thread"]] = row["follows"]
    else:
        actor = User(**{"pk" if name == "_id" else name: value for name, value in row.items()})
        context.actors[actor.pk] = actor
