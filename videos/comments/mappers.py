"""Comments as plain mappings, for the API and for templates alike."""

from __future__ import annotations

from typing import Any

from accounts.mappers import badge
from streamsite.api.renderers import iso
from streamsite.visibility import Viewer, is_owner
from videos.comments import access, following, text
from videos.comments.queries import Known, Listing
from videos.models import Comment
from videos.models.comment import State

LONG, MANY_LINES = 500, 7


def comment(row: Comment, viewer: Viewer, known: Known | None = None) -> dict[str, Any]:
    """A comment or reply. Its author must be loaded. ``known`` is what the viewer is to it: nothing without."""
    known = known or Known()
    return {
        "id": row.pk,
        "parent": row.parent or None,
        "text": row.text,
        "author": badge(row.author) | {"is_owner": row.author_id == row.owner_id},
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
        "viewer": _viewer(row, viewer, known),
    }


def for_page(row: Comment, viewer: Viewer, known: Known, seconds: float) -> dict[str, Any]:
    """A comment for a template: also its text in pieces, and whether most of it is folded away."""
    return comment(row, viewer, known) | {
        "pieces": text.pieces(row.text, row.mentions, seconds),
        "is_long": len(row.text) > LONG or row.text.count("\n") >= MANY_LINES,
    }


def listing(found: Listing, viewer: Viewer) -> dict[str, Any]:
    """A page of comments in the contract's list form."""
    return found.page.body(lambda row: comment(row, viewer, found.known))


def for_owner(row: Comment, viewer: Viewer, known: Known, about: tuple[str, str] | None) -> dict[str, Any]:
    """A comment in the list of what was said to an owner: also what it is about, and why it was held."""
    title, url = about or ("", "")
    return comment(row, viewer, known) | {
        "about": {"kind": row.about, "id": row.subject, "title": title, "url": url},
        "held_because": row.held_because if row.state == State.HELD else "",
    }


def _viewer(row: Comment, viewer: Viewer, known: Known) -> dict[str, Any] | None:
    if not viewer.is_authenticated:
        return None
    is_told = following.by_default(str(viewer.pk), row)
    return {
        "reaction": known.reactions.get(row.pk),
        "following": None if row.is_reply else known.following.get(row.pk, is_told),
        "can_edit": is_owner(viewer, row.author_id),
        "can_delete": access.may_delete(viewer, row),
        "can_curate": is_owner(viewer, row.owner_id),
    }
