"""Create, change, and delete posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import email_verification, image_processing, image_storage
from accounts.models import User
from streamsite import copied_texts
from streamsite.errors import Invalid, Stale, stale_or_absent
from streamsite.rate_limits import POST as POST_LIMIT
from streamsite.rate_limits import enforce
from streamsite.sanitize import clean_text, is_blank
from subscriptions.models import Post
from subscriptions.models.post import MAX_TEXT_LENGTH
from subscriptions.notifications import services as notifications
from subscriptions.notifications.notification_types import POST
from subscriptions.posts.reactions import POST_REACTIONS
from videos import access as videos
from videos import strikes
from videos.comments import services as comments
from videos.models import Video


def clean_post_text(raw: object) -> str:
    """Return the cleaned text of a post. Raises ``Invalid`` if it is empty or too long."""
    text = clean_text(raw) if isinstance(raw, str) else ""
    if is_blank(text):
        raise Invalid(_("Write something first."), fields={"text": [_("Write something first.")]})
    if len(text) > MAX_TEXT_LENGTH:
        problem = _("Posts can have up to %(limit)d characters.") % {"limit": MAX_TEXT_LENGTH}
        raise Invalid(problem, fields={"text": [problem]})
    return text


def create(
    user: User, data: Mapping[str, object], *, picture: IO[bytes] | None = None, post_id: str = ""
) -> Post:
    """Create a post from ``text`` with an image or a video (``video_id``), and announce it to the subscribers.

    ``post_id`` is an unused id to give it; by default it is random.
    """
    strikes.require_may_publish(user)
    email_verification.require_verified_email(user)
    text = clean_post_text(data.get("text"))
    video = _clean_video(user, data.get("video_id"))
    if video is not None and picture is not None:
        raise Invalid(
            _("Choose either an image or a video."),
            fields={"video_id": [_("This post already has an image.")]},
        )
    enforce(POST_LIMIT, user.pk)
    prepared = (
        {"picture": image_processing.prepare_image(picture, image_processing.POST, field="picture")}
        if picture
        else {}
    )
    size = list(image_processing.dimensions(prepared["picture"], image_processing.POST)) if prepared else []
    with image_storage.stored_images(prepared) as folders:
        post = Post(
            channel=user,
            text=text,
            video=video,
            picture=folders.get("picture", ""),
            picture_size=size,
            allow_comments=data.get("allow_comments", True) is True,
        )
        post.pk = post_id or post.pk
        post.save(force_insert=True)
    notifications.announce_to_subscribers(user.pk, POST, post.pk)
    return post


def update(post: Post, data: Mapping[str, object], *, expected_version: int | None = None) -> Post:
    """Change ``text`` and ``allow_comments``. Raises ``Stale`` if the post is no longer at ``expected_version``."""
    require_version(post, expected_version)
    changes: dict[str, object] = {}
    if "text" in data:
        changes["text"] = clean_post_text(data["text"])
        if changes["text"] != post.text:
            strikes.require_may_publish(post.channel)
            changes["edited_at"] = timezone.now()
    if "allow_comments" in data:
        changes["allow_comments"] = data["allow_comments"]
    rows = Post.objects.filter(pk=post.pk, version=post.version)
    if not rows.update(**changes, version=F("version") + 1):
        raise stale_or_absent(Post.objects.filter(pk=post.pk))
    if "edited_at" in changes:
        copied_texts.refresh_copies(copied_texts.POST_TEXT, post.pk)
    return Post.objects.select_related("channel", "video__channel").get(pk=post.pk)


def require_version(post: Post, expected: int | None) -> None:
    """Raise ``Stale`` if the post is not at the expected version."""
    if expected is not None and post.version != expected:
        raise Stale


def delete(post: Post) -> None:
    """Delete a post, its image, comments, and reactions. Idempotent."""
    Post.objects.filter(pk=post.pk).delete()
    notifications.withdraw_about(post.pk)
    POST_REACTIONS.delete_for_targets([post.pk])
    comments.delete_for_target(post.pk)
    image_storage.delete_folder(post.picture)


def set_taken_down(post_id: str, taken_down: bool) -> None:
    """Hide a post from everyone but its channel, or undo that. Idempotent."""
    rows = Post.objects.filter(pk=post_id, is_taken_down=not taken_down)
    rows.update(is_taken_down=taken_down, version=F("version") + 1)


def delete_for_channel(user_id: str) -> None:
    """Delete a deleted account's posts and reactions."""
    for post in Post.objects.filter(channel_id=user_id).iterator():
        delete(post)
    POST_REACTIONS.delete_for_user(user_id)


def detach_video(video_id: str) -> None:
    """Detach a deleted video from posts; their texts stay."""
    Post.objects.filter(video_id=video_id).update(video=None)


def _clean_video(user: User, video_id: object) -> Video | None:
    if video_id in (None, ""):
        return None
    problem = {"video_id": [_("This video doesn't exist or isn't public.")]}
    if not isinstance(video_id, str):
        raise Invalid(_("That video wasn't found."), fields=problem)
    video = videos.listed_videos().filter(pk=video_id).first()
    if video is None:
        raise Invalid(_("That video wasn't found."), fields=problem)
    return video
