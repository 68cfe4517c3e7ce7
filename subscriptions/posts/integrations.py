"""What posts are to the rest of the site: they can be commented on, reported, and keep pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import image_storage
from accounts.deletion import account_deleted
from subscriptions.models import Post
from subscriptions.posts import access, queries, services
from videos.comments import targets
from videos.moderation import reportable
from videos.signals import video_deleted

POST = "post"


def comment_target(post: Post) -> targets.CommentTarget:
    """A post as something with comments below it."""
    return targets.CommentTarget(
        POST,
        post.pk,
        post.channel,
        str(post),
        post.get_absolute_url(),
        post.allow_comments,
        post.comment_count,
    )


def _load_target(request: HttpRequest, post_id: str) -> targets.CommentTarget:
    return comment_target(access.post_for_reading(request.user, post_id))


def _change_comment_count(post_id: str, owner_id: str, by: int) -> bool:
    return bool(Post.objects.filter(pk=post_id).update(comment_count=F("comment_count") + by))


def _load_report_target(request: HttpRequest, post_id: str) -> reportable.ReportTarget:
    post = access.post_for_reading(request.user, post_id)
    return reportable.ReportTarget(POST, post.pk, post.channel, str(post), post.text, post.get_absolute_url())


def _referenced_folders(folders: set[str]) -> Iterable[str]:
    return Post.objects.filter(picture__in=folders, picture__gt="").values_list("picture", flat=True)


image_storage.register_folder_lookup(
    _referenced_folders, expects=lambda: Post.objects.filter(picture__gt="").exists()
)
targets.register_target_type(
    POST, targets.TargetType(_load_target, _change_comment_count, queries.titles_by_id)
)
reportable.register_reportable(
    POST,
    reportable.ReportableType(
        _load_report_target,
        reportable.without_actor(lambda post_id: services.set_taken_down(post_id, True)),
        reportable.without_actor(lambda post_id: services.set_taken_down(post_id, False)),
    ),
)


@receiver(account_deleted)
def delete_posts_of_account(sender: type, user_id: str, **extra: Any) -> None:
    """An erased account's posts go with it, pictures included."""
    services.delete_for_channel(user_id)


@receiver(video_deleted)
def detach_deleted_video(sender: Any, *, video_id: str, **extra: Any) -> None:
    """A deleted video leaves the posts that showed it."""
    services.detach_video(video_id)
