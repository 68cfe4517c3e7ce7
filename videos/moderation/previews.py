"""Reported content as it is now, for moderators. Other apps register loaders for their types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.mappers import avatar_urls
from accounts.models import User
from videos.models import Comment, Video
from videos.models.comment import CommentState
from videos.moderation import reportable


@dataclass(frozen=True)
class ContentPreview:
    """Reported content as it is now. ``state`` says who sees it, ``video`` is what can be played."""

    state: str
    text: str = ""
    url: str = ""
    image_url: str = ""
    video: Video | None = None


Loader = Callable[[str], ContentPreview | None]
_loaders: dict[str, Loader] = {}


def register_preview(about: str, loader: Loader) -> None:
    """Register the loader of a type, which returns ``None`` for content that was deleted."""
    _loaders[about] = loader


def load_preview(about: str, subject: str) -> ContentPreview | None:
    """Return the content as it is now; ``None`` if it was deleted."""
    loader = _loaders.get(about)
    return loader(subject) if loader is not None else None


def videos_by_id(ids: Iterable[str]) -> dict[str, Video]:
    """Return the videos with these ids that exist, by id."""
    return Video.objects.select_related("channel").in_bulk(list(ids))


def shown_state(*, is_taken_down: bool, is_active: bool, visibility: str = "") -> str:
    """Return a sentence about who sees something now."""
    if is_taken_down:
        return _("Taken down")
    if not is_active:
        return _("Hidden: the account is suspended or closed")
    return visibility or _("Visible to everyone")


def _video(video_id: str) -> ContentPreview | None:
    video = videos_by_id([video_id]).get(video_id)
    if video is None:
        return None
    state = shown_state(
        is_taken_down=video.is_taken_down,
        is_active=video.channel.is_active,
        visibility=str(video.get_visibility_display()),
    )
    return ContentPreview(state, video.description, video.get_absolute_url(), video=video)


def _comment(comment_id: str) -> ContentPreview | None:
    comment = Comment.objects.filter(pk=comment_id).first()
    if comment is None:
        return None
    is_removed = comment.state == CommentState.REMOVED
    state = shown_state(is_taken_down=is_removed, is_active=True, visibility=str(comment.get_state_display()))
    video = (
        videos_by_id([comment.subject]).get(comment.subject) if comment.about == reportable.VIDEO else None
    )
    return ContentPreview(state, comment.text, f"/comments/{comment.pk}", video=video)


def _channel(user_id: str) -> ContentPreview | None:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return None
    text = "\n".join([user.bio, *(str(link) for link in user.links)])
    state = shown_state(is_taken_down=False, is_active=user.is_active)
    return ContentPreview(
        state, text, user.get_absolute_url(), image_url=avatar_urls(user)["avatar_url"] or ""
    )


register_preview(reportable.VIDEO, _video)
register_preview(reportable.COMMENT, _comment)
register_preview(reportable.CHANNEL, _channel)
