"""Types of content that can be reported. Other apps register theirs: how it is opened, taken down and restored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest
from django.utils.translation import gettext_noop

from accounts.access import channel_for_viewing
from accounts.models import User
from videos import access, services
from videos.comments import access as comment_access
from videos.comments import services as comments
from videos.models import Comment, Video
from videos.moderation import suspension
from videos.stored_texts import StoredTexts

VIDEO, COMMENT, CHANNEL = "video", "comment", "channel"


@dataclass(frozen=True)
class ReportTarget:
    """Something that the caller may see and report, as it is now."""

    about: str
    id: str
    owner: User
    title: str
    content: str
    url: str


class ModerationAction(Protocol):
    """Takes down or restores a target by its id. ``actor`` is the staff member who decided."""

    def __call__(self, subject: str, /, *, actor: User | None = None) -> None:
        """Apply the action to the target with this id."""


@dataclass(frozen=True)
class ReportableType:
    """``open(request, name)`` raises ``Absent`` for who may not see it; the changes may be repeated.

    ``require_possible(id)``, if given, raises a ``SiteError`` when the thing cannot be taken down.
    """

    open: Callable[[HttpRequest, str], ReportTarget]
    take_down: ModerationAction
    put_back: ModerationAction
    require_possible: Callable[[str], None] | None = None


_kinds: dict[str, ReportableType] = {}


def register_reportable(name: str, kind: ReportableType) -> None:
    """Register a type of content that can be reported."""
    _kinds[name] = kind


def get_reportable_type(name: str) -> ReportableType:
    """Return the type of that name."""
    return _kinds[name]


def find_reportable_type(name: str) -> ReportableType | None:
    """Return the type of that name, ``None`` if there is none."""
    return _kinds.get(name)


def without_actor(change: Callable[[str], None]) -> ModerationAction:
    """Return ``change`` as a ``ModerationAction`` that ignores the actor."""

    def apply(subject: str, *, actor: User | None = None) -> None:
        change(subject)

    return apply


# A comment has no title of its own; callers quote this one.
COMMENT_ON = "Comment on "
STORED_TITLES = StoredTexts((gettext_noop("Comment on %(title)s"),))


def _video(request: HttpRequest, video_id: str) -> ReportTarget:
    video: Video = access.get_watchable(request, video_id).video
    return ReportTarget(
        VIDEO, video.pk, video.channel, video.title, video.description, video.get_absolute_url()
    )


def _comment(request: HttpRequest, comment_id: str) -> ReportTarget:
    found = comment_access.comment_for_reading(request, comment_id)
    comment: Comment = found.comment
    url = f"{found.subject.url}?comment={comment.pk}"
    return ReportTarget(
        COMMENT, comment.pk, comment.author, f"{COMMENT_ON}{found.subject.title}", comment.text, url
    )


def _channel(request: HttpRequest, username: str) -> ReportTarget:
    user = channel_for_viewing(username)
    about = "\n".join([user.bio, *(str(link) for link in user.links)])
    return ReportTarget(CHANNEL, user.pk, user, user.get_full_name(), about, user.get_absolute_url())


register_reportable(
    VIDEO, ReportableType(_video, without_actor(services.take_down), without_actor(services.restore))
)
register_reportable(
    COMMENT, ReportableType(_comment, without_actor(comments.take_down), without_actor(comments.restore))
)
register_reportable(
    CHANNEL,
    ReportableType(_channel, suspension.suspend, suspension.reinstate, suspension.require_suspendable),
)
