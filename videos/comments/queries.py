"""Reads of comments. Each order has an index of its own; a page costs the same wherever it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from rest_framework.request import Request

from streamsite.api.pagination import Page, paginate
from streamsite.errors import Invalid
from streamsite.mongo.collections import collection
from streamsite.visibility import Viewer
from videos import blocks
from videos.comments.reactions import OPINIONS
from videos.comments.subjects import Subject, kinds
from videos.models import Comment
from videos.models.comment import State

TOP, NEWEST = "top", "newest"
SORTS = {
    TOP: ("-pinned", "-score", "-created_at", "-id"),
    NEWEST: ("-pinned", "-created_at", "-id"),
}
OLDEST_FIRST = ("created_at", "id")
LATEST = ("-created_at", "-id")
MOST_OWN_HELD = 20


@dataclass(frozen=True)
class Listing:
    """A page of comments, and what the viewer thinks of them (by id)."""

    page: Page[Comment]
    reactions: dict[str, str]


def sort_of(params: QueryDict) -> str:
    """``?sort=``; ``Invalid`` when there is no such order."""
    sort = params.get("sort", "") or TOP
    if sort not in SORTS:
        raise Invalid("Unknown sort.", fields={"sort": [f"One of: {', '.join(SORTS)}."]})
    return sort


def below(request: HttpRequest | Request, subject: Subject, *, absolute: bool = True) -> Listing:
    """The comments that begin threads, pinned first. The caller's own held ones lead the first page."""
    rows = _shown(subject, "")
    listing = paginate(request, rows, SORTS[sort_of(request.GET)], absolute=absolute)
    held = [] if request.GET.get("cursor") else _own_held(request.user, subject, "")
    return _complete(request, listing, held)


def replies(
    request: HttpRequest | Request, subject: Subject, thread: Comment, *, absolute: bool = True
) -> Listing:
    """The answers of a thread, the oldest first; the caller's own held ones after the last."""
    page = paginate(request, _shown(subject, thread.pk), OLDEST_FIRST, absolute=absolute)
    held = [] if page.next else _own_held(request.user, subject, thread.pk)
    return _complete(request, replace(page, rows=[*page.rows, *held]), [])


def for_owner(owner_id: str, state: str) -> QuerySet[Comment]:
    """What was said about what an account owns, in one state; authors loaded; order by ``LATEST``."""
    return Comment.objects.filter(owner_id=owner_id, state=state).select_related("author")


def titles(comments: Iterable[Comment]) -> dict[str, tuple[str, str]]:
    """Titles and addresses of what comments are about, by the subject's id; a read per kind."""
    wanted: dict[str, set[str]] = {}
    for comment in comments:
        wanted.setdefault(comment.about, set()).add(comment.subject)
    found: dict[str, tuple[str, str]] = {}
    for about, ids in wanted.items():
        if about in kinds():
            found |= kinds()[about].titles(ids)
    return found


def opinions(viewer: Viewer, comments: Iterable[Comment]) -> dict[str, str]:
    """What ``viewer`` thinks of some comments, by id."""
    if not viewer.is_authenticated:
        return {}
    return OPINIONS.of(str(viewer.pk), [comment.pk for comment in comments])


def _shown(subject: Subject, parent: str) -> QuerySet[Comment]:
    rows = Comment.objects.filter(subject=subject.id, parent=parent, state=State.SHOWN)
    return rows.select_related("author")


def _own_held(viewer: Viewer, subject: Subject, parent: str) -> list[Comment]:
    """What the viewer wrote that waits for the owner's word: they see it, nobody else does."""
    if not viewer.is_authenticated:
        return []
    rows = Comment.objects.filter(author_id=str(viewer.pk), subject=subject.id, state=State.HELD)
    return [row for row in rows.select_related("author")[:MOST_OWN_HELD] if row.parent == parent]


def _complete(request: HttpRequest | Request, page: Page[Comment], first: list[Comment]) -> Listing:
    """Without authors who are gone or whom the viewer blocks."""
    rows = [row for row in [*first, *page.rows] if row.author.is_active]
    unheard, reactions = _known(request.user, rows)
    rows = [row for row in rows if row.author_id not in unheard]
    return Listing(replace(page, rows=rows), reactions)


def _known(viewer: Viewer, rows: list[Comment]) -> tuple[set[str], dict[str, str]]:
    """Whom of the authors the viewer blocks, and what they think of the comments, in one read."""
    if not viewer.is_authenticated or not rows:
        return set(), {}
    user_id = str(viewer.pk)
    authors, ids = {row.author_id for row in rows}, [row.pk for row in rows]
    joined = [*blocks.stages(user_id, authors), OPINIONS.joined(user_id, ids)]
    unheard: set[str] = set()
    reactions: dict[str, str] = {}
    for found in collection(blocks.BLOCKS).aggregate(joined):
        if "blocked_id" in found:
            unheard.add(found["blocked_id"])
        else:
            reactions[found[OPINIONS.key]] = found["value"]
    return unheard, reactions
