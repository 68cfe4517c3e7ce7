"""What posts are to the rest of the site: they can be commented on, reported, and keep pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import image_storage
from accounts.deletion import account_erased
from subscriptions.models import Post
from subscriptions.posts import access, queries, services
from videos.comments import targets
from videos.moderation import reportable
from videos.services import video_deleted

POST = "post"


def subject_of(post: Post) -> targets.Subject:
    """A post as something with comments below it."""
    return targets.Subject(
        POST,
        post.pk,
        post.channel,
        str(post),
        post.get_absolute_url(),
        post.allow_comments,
        post.comment_count,
    )


def _open(request: HttpRequest, post_id: str) -> targets.Subject:
    return subject_of(access.post_for_reading(request.user, post_id))


def _count(post_id: str, owner_id: str, by: int) -> bool:
    return bool(Post.objects.filter(pk=post_id).update(comment_count=F("comment_count") + by))


def _thing(request: HttpRequest, post_id: str) -> reportable.Thing:
    post = access.post_for_reading(request.user, post_id)
    return reportable.Thing(POST, post.pk, post.channel, str(post), post.text, post.get_absolute_url())


def _named(folders: set[str]) -> Iterable[str]:
    return Post.objects.filter(picture__in=folders, picture__gt="").values_list("picture", flat=True)


image_storage.register(_named, expects=lambda: Post.objects.filter(picture__gt="").exists())
targets.register(POST, targets.Kind(_open, _count, queries.titles))
reportable.register(
    POST,
    reportable.Kind(
        _thing,
        reportable.by_id(lambda post_id: services.set_taken_down(post_id, True)),
        reportable.by_id(lambda post_id: services.set_taken_down(post_id, False)),
    ),
)


@receiver(account_erased)
def erase_posts(sender: type, user_id: str, **extra: Any) -> None:
    """An erased account's posts go with it, pictures included."""
    services.forget_channel(user_id)


@receiver(video_deleted)
def leave_posts(sender: Any, *, video_id: str, **extra: Any) -> None:
    """A deleted video leaves the posts that showed it."""
    services.forget_video(video_id)
