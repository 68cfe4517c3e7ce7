"""Suggestions while somebody types ``@``: channels that take part in the conversation, then those found by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest

from accounts.mappers import serialize_badge
from accounts.models import User
from streamsite.errors import Absent
from streamsite.folding import fold, split_words
from streamsite.visibility import Viewer
from videos.access import channels_for_listing
from videos.comments import access
from videos.comments.schemas import MentionSuggestionDict
from videos.comments.targets import CommentTarget, get_target_type, target_types
from videos.models import Comment
from videos.models.comment import CommentState
from videos.search.channels import FINDER

MAX_SUGGESTIONS = 8
# Comments whose authors are offered, the latest first.
MAX_RECENT_COMMENTS = 60


def open_conversation(
    request: HttpRequest, *, about: str, target_id: str, thread_id: str
) -> tuple[CommentTarget, Comment | None]:
    """Return the target that the caller may open, and the thread if one is named. Raises ``Absent`` or ``Invalid``."""
    if thread_id:
        found = access.thread_for_reading(request, thread_id)
        return found.subject, found.comment
    if about not in target_types():
        raise Absent
    return get_target_type(about).open(request, target_id), None


def suggest_mentions(
    viewer: Viewer, subject: CommentTarget, thread: Comment | None, typed: str
) -> list[MentionSuggestionDict]:
    """Return up to ``MAX_SUGGESTIONS`` channels whose username or a word of whose name starts with ``typed``.

    The target's owner and the authors in the thread (without one, of the latest comments) come first, then any channel
    of the site. The viewer and channels that they block are left out.
    """
    present = channels_for_listing(viewer, _participants(subject, thread))
    shown = [user for user in present if user.pk != viewer.pk and _matches(user, typed)]
    rows = [_suggestion(user, subject) for user in shown[:MAX_SUGGESTIONS]]
    if typed and len(rows) < MAX_SUGGESTIONS:
        names = {row["username"] for row in rows} | {getattr(viewer, "username", "")}
        for channel in FINDER.suggest(viewer, typed, most=MAX_SUGGESTIONS):
            if channel["username"] not in names and len(rows) < MAX_SUGGESTIONS:
                rows.append({**channel, "is_owner": channel["username"] == subject.owner.username})
    return rows


def _participants(subject: CommentTarget, thread: Comment | None) -> Sequence[str]:
    """Return the ids of accounts in the conversation, each once: the owner, the thread's author, then the latest."""
    rows = Comment.objects.filter(
        subject=subject.id, parent=thread.pk if thread else "", state=CommentState.SHOWN
    )
    latest: Iterable[str] = rows.order_by("-created_at", "-id").values_list("author_id", flat=True)[
        :MAX_RECENT_COMMENTS
    ]
    first = [subject.owner.pk, *([thread.author_id] if thread else [])]
    return list(dict.fromkeys([*first, *latest]))


def _matches(user: User, typed: str) -> bool:
    start = fold(typed)
    return user.username.startswith(start) or any(
        word.startswith(start) for word in (*split_words(user.full_name), fold(user.full_name))
    )


def _suggestion(user: User, subject: CommentTarget) -> MentionSuggestionDict:
    badge = serialize_badge(user)
    return {**badge, "url": user.get_absolute_url(), "is_owner": user.pk == subject.owner.pk}
