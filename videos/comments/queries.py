"""Reads of comments. Each order has an index of its own; a page costs the same wherever it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.badge_rows import with_badges
from streamsite.api.pagination import Page, paginate
from streamsite.visibility import Viewer
from videos import block_store, blocks
from videos.comments import following, hidden_counts
from videos.comments.reactions import REACTIONS
from videos.comments.targets import CommentTarget, target_types
from videos.models import Comment
from videos.models.comment import CommentState

TOP, NEWEST = "top", "newest"
SORTS = {
    TOP: ("-pinned", "-score", "-created_at", "-id"),
    NEWEST: ("-pinned", "-created_at", "-id"),
}
OLDEST_FIRST = ("created_at", "id")
LATEST = ("-created_at", "-id")
MAX_OWN_HELD = 20


@dataclass(frozen=True)
class CommentViewerState:
    """The viewer's state for some comments, by comment id; empty without an account.

    ``following`` is their choice to follow a thread or not, ``hidden_replies`` the number of replies in a thread by
    authors that they block. ``hidden_total`` is the number of comments on the target that their blocks hide, with
    replies in hidden threads; it is 0 except in the list of threads.
    """

    reactions: dict[str, str] = field(default_factory=dict)
    following: dict[str, bool] = field(default_factory=dict)
    hidden_replies: dict[str, int] = field(default_factory=dict)
    hidden_total: int = 0


@dataclass(frozen=True)
class CommentPage:
    """A page of comments with the viewer's state for them."""

    page: Page[Comment]
    viewer_state: CommentViewerState


def list_threads(
    request: HttpRequest | Request, subject: CommentTarget, *, sort: str, absolute: bool = True
) -> CommentPage:
    """Return a page of the threads below a target in an order of ``SORTS``, pinned first.

    The caller's own held comments lead the first page.
    """
    rows = _shown(subject, "")
    listing = paginate(request, rows, SORTS[sort], absolute=absolute)
    held = [] if request.GET.get("cursor") else _own_held(request.user, subject, "")
    return _complete(request, listing, held, with_total=True)


def list_replies(
    request: HttpRequest | Request, subject: CommentTarget, thread: Comment, *, absolute: bool = True
) -> CommentPage:
    """Return a page of replies in a thread, oldest first; the caller's own held ones follow the last."""
    page = paginate(request, _shown(subject, thread.pk), OLDEST_FIRST, absolute=absolute)
    held = [] if page.next else _own_held(request.user, subject, thread.pk)
    return _complete(request, replace(page, rows=[*page.rows, *held]), [])


def load_target_titles(comments: Iterable[Comment]) -> dict[str, tuple[str, str]]:
    """Return titles and URLs of the comments' targets by target id. One read per type."""
    wanted: dict[str, set[str]] = {}
    for comment in comments:
        wanted.setdefault(comment.about, set()).add(comment.subject)
    found: dict[str, tuple[str, str]] = {}
    for about, ids in wanted.items():
        if about in target_types():
            found |= target_types()[about].titles(ids)
    return found


def load_target_thumbnails(comments: Iterable[Comment]) -> dict[str, str]:
    """Return the URLs of the thumbnails of the comments' targets by target id, of those that have one."""
    wanted: dict[str, set[str]] = {}
    for comment in comments:
        wanted.setdefault(comment.about, set()).add(comment.subject)
    found: dict[str, str] = {}
    for about, ids in wanted.items():
        kind = target_types().get(about)
        if kind is not None and kind.thumbnails is not None:
            found |= kind.thumbnails(ids)
    return found


def load_reactions(viewer: Viewer, comments: Iterable[Comment]) -> dict[str, str]:
    """Return the viewer's reactions to some comments, by comment id."""
    if not viewer.is_authenticated:
        return {}
    return REACTIONS.reactions_of(str(viewer.pk), [comment.pk for comment in comments])


def hidden_comment_count(viewer: Viewer, subject_id: str) -> int:
    """Return how many comments on a target the viewer's blocks hide."""
    if not viewer.is_authenticated:
        return 0
    found = block_store.aggregate(hidden_counts.hidden_count_stages(str(viewer.pk), subject_id))
    return sum(int(row[hidden_counts.HIDDEN_FIELD]) for row in found)


def owner_state(viewer: Viewer, comments: Iterable[Comment]) -> CommentViewerState:
    """Return the owner's state for comments on their content; in the studio blocks hide nothing."""
    rows = list(comments)
    if not viewer.is_authenticated:
        return CommentViewerState()
    stated = following.choices_of_user(str(viewer.pk), [row.pk for row in rows])
    return CommentViewerState(load_reactions(viewer, rows), stated)


def load_viewer_state(viewer: Viewer, comment: Comment) -> CommentViewerState:
    """Return the viewer's state for one comment, even of a blocked author."""
    return _known(viewer, [comment])[1]


def _shown(subject: CommentTarget, parent: str) -> QuerySet[Comment]:
    rows = Comment.objects.filter(subject=subject.id, parent=parent, state=CommentState.SHOWN)
    return with_badges(rows, "author")


def _own_held(viewer: Viewer, subject: CommentTarget, parent: str) -> list[Comment]:
    """Return the viewer's held comments, which only they and the owner see."""
    if not viewer.is_authenticated:
        return []
    rows = Comment.objects.filter(author_id=str(viewer.pk), subject=subject.id, state=CommentState.HELD)
    return [row for row in with_badges(rows, "author")[:MAX_OWN_HELD] if row.parent == parent]


def _complete(
    request: HttpRequest | Request, page: Page[Comment], first: list[Comment], *, with_total: bool = False
) -> CommentPage:
    """Return the page without authors who are inactive or blocked by the viewer, with the viewer's state."""
    rows = [row for row in [*first, *page.rows] if row.author.is_active]
    blocked, known = _known(request.user, rows, with_total=with_total)
    rows = [row for row in rows if row.author_id not in blocked]
    return CommentPage(replace(page, rows=rows), known)


def _known(
    viewer: Viewer, rows: list[Comment], *, with_total: bool = False
) -> tuple[set[str], CommentViewerState]:
    """Return the ids of blocked authors, and the viewer's state for the comments. One read."""
    if not viewer.is_authenticated or not rows:
        return set(), CommentViewerState()
    user_id, subject = str(viewer.pk), rows[0].subject
    authors, ids = {row.author_id for row in rows}, [row.pk for row in rows]
    stages = [
        *blocks.blocked_stages(user_id, authors),
        REACTIONS.union_stage(user_id, ids),
        following.union_stage(user_id, ids),
        *hidden_counts.hidden_reply_stages(user_id, subject, [row.pk for row in rows if row.reply_count]),
        *(hidden_counts.union_stages(user_id, subject) if with_total else ()),
    ]
    blocked: set[str] = set()
    known = CommentViewerState()
    for found in block_store.aggregate(stages):
        if "blocked_id" in found:
            blocked.add(found["blocked_id"])
        elif "follows" in found:
            known.following[found["thread"]] = found["follows"]
        elif "hidden_replies" in found:
            known.hidden_replies[found["thread"]] = int(found["hidden_replies"])
        elif hidden_counts.HIDDEN_FIELD in found:
            known = replace(known, hidden_total=int(found[hidden_counts.HIDDEN_FIELD]))
        else:
            known.reactions[found[REACTIONS.key]] = found["value"]
    return blocked, known
