"""Comments as plain mappings, for the API and for templates alike."""

from __future__ import annotations

from typing import Any

from accounts.mappers import serialize_badge
from streamsite.api.renderers import iso
from streamsite.visibility import Viewer, is_owner
from videos.comments import access, following, text
from videos.comments.queries import CommentPage, CommentViewerState
from videos.models import Comment
from videos.models.comment import CommentState

LONG, MANY_LINES = 500, 7


def serialize_comment(
    row: Comment, viewer: Viewer, known: CommentViewerState | None = None
) -> dict[str, Any]:
    """A comment or reply. Its author must be loaded. ``known`` is what the viewer is to it: nothing without."""
    known = known or CommentViewerState()
    return {
        "id": row.pk,
        "parent": row.parent or None,
        "text": row.text,
        "author": serialize_badge(row.author) | {"is_owner": row.author_id == row.owner_id},
        "created_at": iso(row.created_at),
        "edited_at": iso(row.edited_at),
        "counts": {
            "likes": row.like_count,
            "replies": max(0, row.reply_count - known.unheard.get(row.pk, 0)),
        },
        "pinned": row.pinned,
        "hearted": row.hearted,
        "state": row.state,
        "version": row.version,
        "viewer": _serialize_viewer(row, viewer, known),
    }


def serialize_comment_for_page(
    row: Comment, viewer: Viewer, known: CommentViewerState, seconds: float
) -> dict[str, Any]:
    """A comment for a template: also its text in pieces, and whether most of it is folded away."""
    return serialize_comment(row, viewer, known) | {
        "pieces": text.split_text(row.text, row.mentions, seconds),
        "is_long": len(row.text) > LONG or row.text.count("\n") >= MANY_LINES,
    }


def serialize_listing(found: CommentPage, viewer: Viewer) -> dict[str, Any]:
    """A page of comments in the contract's list form."""
    return found.page.body(lambda row: serialize_comment(row, viewer, found.known))


def serialize_comment_for_owner(
    row: Comment, viewer: Viewer, known: CommentViewerState, about: tuple[str, str] | None
) -> dict[str, Any]:
    """A comment in the list of what was said to an owner: also what it is about, and why it was held."""
    title, url = about or ("", "")
    return serialize_comment(row, viewer, known) | {
        "about": {"kind": row.about, "id": row.subject, "title": title, "url": url},
        "held_because": row.held_because if row.state == CommentState.HELD else "",
    }


def _serialize_viewer(row: Comment, viewer: Viewer, known: CommentViewerState) -> dict[str, Any] | None:
    if not viewer.is_authenticated:
        return None
    is_told = following.follows_by_default(str(viewer.pk), row)
    return {
        "reaction": known.reactions.get(row.pk),
        "following": None if row.is_reply else known.following.get(row.pk, is_told),
        "can_edit": is_owner(viewer, row.author_id),
        "can_delete": access.may_delete(viewer, row),
        "can_curate": is_owner(viewer, row.owner_id),
    }
