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
from videos.comments import following, hidden_counts, store
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
    page = paginate(request, _shown(subject, ""), SORTS[sort], absolute=absolute)
    found, held = _complete(request, page, subject, "", is_end=not request.GET.get("cursor"), with_total=True)
    return replace(found, page=replace(found.page, rows=[*held, *found.page.rows]))


def list_replies(
    request: HttpRequest | Request, subject: CommentTarget, thread: Comment, *, absolute: bool = True
) -> CommentPage:
    """Return a page of replies in a thread, oldest first; the caller's own held ones follow the last."""
    page = paginate(request, _shown(subject, thread.pk), OLDEST_FIRST, absolute=absolute)
    found, held = _complete(request, page, subject, thread.pk, is_end=page.next is None)
    return replace(found, page=replace(found.page, rows=[*found.page.rows, *held]))


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
    return _read_for_viewer(viewer, comment.subject, [comment]).state


def newest_shown(subject: CommentTarget) -> QuerySet[Comment]:
    """Return the threads below a target that everyone sees, pinned first, then the newest."""
    return _shown(subject, "").order_by(*SORTS[NEWEST])


def _shown(subject: CommentTarget, parent: str) -> QuerySet[Comment]:
    rows = Comment.objects.filter(subject=subject.id, parent=parent, state=CommentState.SHOWN)
    return with_badges(rows, "author")


def _own_held(viewer: Viewer, subject: CommentTarget, parent: str) -> list[Comment]:
    """Return the viewer's held comments, which only they and the owner see."""
    rows = Comment.objects.filter(author_id=str(viewer.pk), subject=subject.id, state=CommentState.HELD)
    return [row for row in with_badges(rows, "author")[:MAX_OWN_HELD] if row.parent == parent]


def _complete(
    request: HttpRequest | Request,
    page: Page[Comment],
    subject: CommentTarget,
    parent: str,
    *,
    is_end: bool,
    with_total: bool = False,
) -> tuple[CommentPage, list[Comment]]:
    """Return the page without authors who are inactive or blocked by the viewer, with the viewer's state.

    And the viewer's own held comments, where ``is_end`` says that this page shows them.
    """
    rows = [row for row in page.rows if row.author.is_active]
    found = _read_for_viewer(request.user, subject.id, rows, with_total=with_total, with_held=is_end)
    rows = [row for row in rows if row.author_id not in found.blocked]
    held, state = list[Comment](), found.state
    if found.has_held:
        held = [row for row in _own_held(request.user, subject, parent) if row.author.is_active]
        of_held = _read_for_viewer(request.user, subject.id, held).state
        state = replace(
            state,
            reactions=state.reactions | of_held.reactions,
            following=state.following | of_held.following,
            hidden_replies=state.hidden_replies | of_held.hidden_replies,
        )
    return CommentPage(replace(page, rows=rows), state), held


@dataclass(frozen=True)
class _ForViewer:
    """The authors whom a viewer blocks, their state for some comments, and whether they have held comments."""

    blocked: frozenset[str] = frozenset()
    state: CommentViewerState = field(default_factory=CommentViewerState)
    has_held: bool = False


def _read_for_viewer(
    viewer: Viewer,
    subject: str,
    rows: list[Comment],
    *,
    with_total: bool = False,
    with_held: bool = False,
) -> _ForViewer:
    """Read what a list of comments on one subject differs in for a viewer, in one command."""
    if not viewer.is_authenticated or not (rows or with_held):
        return _ForViewer()
    user_id = str(viewer.pk)
    authors, ids = {row.author_id for row in rows}, [row.pk for row in rows]
    stages = [
        *blocks.blocked_stages(user_id, authors),
        REACTIONS.union_stage(user_id, ids),
        following.union_stage(user_id, ids),
        *hidden_counts.hidden_reply_stages(user_id, subject, [row.pk for row in rows if row.reply_count]),
        *(hidden_counts.union_stages(user_id, subject) if with_total else ()),
        *([store.own_held_stage(user_id, subject)] if with_held else ()),
    ]
    blocked: set[str] = set()
    state, has_held = CommentViewerState(), False
    for found in block_store.aggregate(stages):
        if "blocked_id" in found:
            blocked.add(found["blocked_id"])
        elif "follows" in found:
            state.following[found["thread"]] = found["follows"]
        elif "hidden_replies" in found:
            state.hidden_replies[found["thread"]] = int(found["hidden_replies"])
        elif hidden_counts.HIDDEN_FIELD in found:
            state = replace(state, hidden_total=int(found[hidden_counts.HIDDEN_FIELD]))
        elif "is_held" in found:
            has_held = True
        else:
            state.reactions[found[REACTIONS.key]] = found["value"]
    return _ForViewer(frozenset(blocked), state, has_held)
