"""Comments as API bodies, for the API and for templates alike."""

from __future__ import annotations

from accounts.mappers import serialize_badge
from streamsite.api.json_types import PageDict
from streamsite.api.renderers import iso
from streamsite.visibility import Viewer, is_owner
from videos.comments import access, filters, following, text
from videos.comments.queries import CommentPage, CommentViewerState
from videos.comments.schemas import CommentDict, CommentViewerDict, StudioCommentDict
from videos.models import Comment
from videos.models.comment import CommentState

# Of a comment that pages fold.
LONG_TEXT_LENGTH, LONG_TEXT_LINES = 500, 7


class PageCommentDict(CommentDict):
    """A comment for a template; not in the API."""

    pieces: list[text.TextPart]
    is_long: bool


def serialize_comment(row: Comment, viewer: Viewer, known: CommentViewerState | None = None) -> CommentDict:
    """Return a comment or reply. Its author must be loaded.

    ``known`` is the viewer's state of a list of comments that has this one, none by default.
    """
    known = known or CommentViewerState()
    return {
        "id": row.pk,
        "parent": row.parent or None,
        "text": row.text,
        "author": {**serialize_badge(row.author), "is_owner": row.author_id == row.owner_id},
        "created_at": iso(row.created_at),
        "edited_at": iso(row.edited_at),
        "counts": {
            "likes": row.like_count,
            "replies": max(0, row.reply_count - known.hidden_replies.get(row.pk, 0)),
        },
        "pinned": row.pinned,
        "hearted": row.hearted,
        "state": row.state,
        "version": row.version,
        "viewer": _serialize_viewer(row, viewer, known),
    }


def serialize_comment_for_page(
    row: Comment, viewer: Viewer, known: CommentViewerState, seconds: float
) -> PageCommentDict:
    """Return a comment for a template, with its text in pieces and whether it is folded."""
    return {
        **serialize_comment(row, viewer, known),
        "pieces": text.split_text(row.text, row.mentions, seconds),
        "is_long": len(row.text) > LONG_TEXT_LENGTH or row.text.count("\n") >= LONG_TEXT_LINES,
    }


def serialize_listing(found: CommentPage, viewer: Viewer) -> PageDict[CommentDict]:
    """Return a page of comments."""
    return found.page.body(lambda row: serialize_comment(row, viewer, found.viewer_state))


def serialize_comment_for_owner(
    row: Comment,
    viewer: Viewer,
    known: CommentViewerState,
    about: tuple[str, str] | None,
    thumbnail_url: str | None = None,
) -> StudioCommentDict:
    """Return a comment for the owner of its target, whose title and URL are ``about``, if they are known."""
    title, url = about or ("", "")
    return {
        **serialize_comment(row, viewer, known),
        "about": {
            "kind": row.about,
            "id": row.subject,
            "title": title,
            "url": url,
            "thumbnail_url": thumbnail_url,
        },
        "held_because": filters.HOLD_REASONS.translate(row.held_because)
        if row.state == CommentState.HELD
        else "",
    }


def _serialize_viewer(row: Comment, viewer: Viewer, known: CommentViewerState) -> CommentViewerDict | None:
    if not viewer.is_authenticated:
        return None
    by_default = following.follows_by_default(str(viewer.pk), row)
    return {
        "reaction": known.reactions.get(row.pk),
        "following": None if row.is_reply else known.following.get(row.pk, by_default),
        "can_edit": is_owner(viewer, row.author_id),
        "can_delete": access.may_delete(viewer, row),
        "can_curate": is_owner(viewer, row.owner_id),
    }
