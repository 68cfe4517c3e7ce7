"""What can be reported. Other apps register theirs: how it is opened, described, taken down and put back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest

from accounts.access import channel_for_viewing
from accounts.models import User
from videos import access, services
from videos.comments import access as comment_access
from videos.comments import services as comments
from videos.models import Comment, Video
from videos.moderation import suspension

VIDEO, COMMENT, CHANNEL = "video", "comment", "channel"


@dataclass(frozen=True)
class Thing:
    """Something that the caller may see, as it is now."""

    about: str
    id: str
    owner: User
    title: str
    content: str
    url: str


class Change(Protocol):
    """Take a thing down, or put it back, by its id. ``actor`` is the staff member who decided."""

    def __call__(self, subject: str, /, *, actor: User | None = None) -> None: ...


@dataclass(frozen=True)
class Kind:
    """``open(request, name)`` raises ``Absent`` for who may not see it; the changes may be repeated.

    ``require_possible(id)``, if given, raises a ``SiteError`` when the thing cannot be taken down.
    """

    open: Callable[[HttpRequest, str], Thing]
    take_down: Change
    put_back: Change
    require_possible: Callable[[str], None] | None = None


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Let things of another kind be reported."""
    _kinds[name] = kind


def kind(name: str) -> Kind:
    """The kind of that name."""
    return _kinds[name]


def known(name: str) -> Kind | None:
    """The kind of that name, if there is one."""
    return _kinds.get(name)


def by_id(change: Callable[[str], None]) -> Change:
    """Return ``change`` as a ``Change`` that does not record who decided."""

    def apply(subject: str, *, actor: User | None = None) -> None:
        change(subject)

    return apply


# A comment has no title; others put it into quotes, so it has none of its own.
COMMENT_ON = "Comment on "


def _video(request: HttpRequest, video_id: str) -> Thing:
    video: Video = access.visit(request, video_id).video
    return Thing(VIDEO, video.pk, video.channel, video.title, video.description, video.get_absolute_url())


def _comment(request: HttpRequest, comment_id: str) -> Thing:
    found = comment_access.comment_for_reading(request, comment_id)
    comment: Comment = found.comment
    url = f"{found.subject.url}?comment={comment.pk}"
    return Thing(COMMENT, comment.pk, comment.author, f"{COMMENT_ON}{found.subject.title}", comment.text, url)


def _channel(request: HttpRequest, username: str) -> Thing:
    user = channel_for_viewing(username)
    about = "\n".join([user.bio, *(str(link) for link in user.links)])
    return Thing(CHANNEL, user.pk, user, user.get_full_name(), about, user.get_absolute_url())


register(VIDEO, Kind(_video, by_id(services.take_down), by_id(services.put_back)))
register(COMMENT, Kind(_comment, by_id(comments.take_down), by_id(comments.put_back)))
register(CHANNEL, Kind(_channel, suspension.suspend, suspension.lift, suspension.require_possible))
