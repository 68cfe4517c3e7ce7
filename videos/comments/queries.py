"""Reads of comments. Each order has an index of its own; a page costs the same wherever it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from rest_framework.request import Request

from streamsite.api.pagination import Page, paginate
from streamsite.errors import Invalid
from streamsite.mongo.collections import collection
from streamsite.visibility import Viewer
from videos import blocks
from videos.comments import following, unheard
from videos.comments.reactions import OPINIONS
from videos.comments.targets import Subject, kinds
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
class Known:
    """Load the viewer's state for some comments, by comment id; empty without an account.

    ``reactions`` are theirs, ``following`` what they said about following threads, ``unheard`` the number of replies
    in a thread by authors whom they block. ``unheard_in_all`` is the number of comments below the subject that their
    blocks hide, and of replies in threads that they hide; only the list of threads knows it.
    """

    reactions: dict[str, str] = field(default_factory=dict)
    following: dict[str, bool] = field(default_factory=dict)
    unheard: dict[str, int] = field(default_factory=dict)
    unheard_in_all: int = 0


@dataclass(frozen=True)
class Listing:
    """A page of comments, and what the viewer is to them."""

    page: Page[Comment]
    known: Known


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
    return _complete(request, listing, held, with_total=True)


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


def unheard_below(viewer: Viewer, subject_id: str) -> int:
    """Return how many comments below a subject the viewer's blocks hide from them."""
    if not viewer.is_authenticated:
        return 0
    found = collection(blocks.BLOCKS).aggregate(unheard.stages(str(viewer.pk), subject_id))
    return sum(int(row[unheard.NAME]) for row in found)


def known_to_owner(viewer: Viewer, comments: Iterable[Comment]) -> Known:
    """Return what the owner of several subjects is to comments on them; blocks hide nothing in the studio."""
    rows = list(comments)
    if not viewer.is_authenticated:
        return Known()
    stated = following.of_user(str(viewer.pk), [row.pk for row in rows])
    return Known(opinions(viewer, rows), stated)


def known(viewer: Viewer, comment: Comment) -> Known:
    """Return what ``viewer`` is to one comment, whoever wrote it."""
    return _known(viewer, [comment])[1]


def _shown(subject: Subject, parent: str) -> QuerySet[Comment]:
    rows = Comment.objects.filter(subject=subject.id, parent=parent, state=State.SHOWN)
    return rows.select_related("author")


def _own_held(viewer: Viewer, subject: Subject, parent: str) -> list[Comment]:
    """What the viewer wrote that waits for the owner's word: they see it, nobody else does."""
    if not viewer.is_authenticated:
        return []
    rows = Comment.objects.filter(author_id=str(viewer.pk), subject=subject.id, state=State.HELD)
    return [row for row in rows.select_related("author")[:MOST_OWN_HELD] if row.parent == parent]


def _complete(
    request: HttpRequest | Request, page: Page[Comment], first: list[Comment], *, with_total: bool = False
) -> Listing:
    """Without authors who are gone or whom the viewer blocks."""
    rows = [row for row in [*first, *page.rows] if row.author.is_active]
    blocked, known = _known(request.user, rows, with_total=with_total)
    rows = [row for row in rows if row.author_id not in blocked]
    return Listing(replace(page, rows=rows), known)


def _known(viewer: Viewer, rows: list[Comment], *, with_total: bool = False) -> tuple[set[str], Known]:
    """Return whom of the authors the viewer blocks, and what the viewer is to the comments, in one read."""
    if not viewer.is_authenticated or not rows:
        return set(), Known()
    user_id, subject = str(viewer.pk), rows[0].subject
    authors, ids = {row.author_id for row in rows}, [row.pk for row in rows]
    stages = [
        *blocks.stages(user_id, authors),
        OPINIONS.joined(user_id, ids),
        following.joined(user_id, ids),
        *unheard.in_threads(user_id, subject, [row.pk for row in rows if row.reply_count]),
        *(unheard.joined(user_id, subject) if with_total else ()),
    ]
    blocked: set[str] = set()
    known = Known()
    for found in collection(blocks.BLOCKS).aggregate(stages):
        if "blocked_id" in found:
            blocked.add(found["blocked_id"])
        elif "follows" in found:
            known.following[found["thread"]] = found["follows"]
        elif "unheard_replies" in found:
            known.unheard[found["thread"]] = int(found["unheard_replies"])
        elif unheard.NAME in found:
            known = replace(known, unheard_in_all=int(found[unheard.NAME]))
        else:
            known.reactions[found[OPINIONS.key]] = found["value"]
    return blocked, known
