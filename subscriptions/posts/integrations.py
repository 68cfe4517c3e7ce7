"""Connect posts to comments, moderation, and image storage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import F
from django.http import HttpRequest

from accounts import image_processing, image_storage
from accounts.mappers import image_urls
from streamsite.backup import references
from subscriptions.models import Post
from subscriptions.posts import access, queries, services
from videos.comments import targets
from videos.moderation import previews, reportable

POST = "post"


def comment_target(post: Post) -> targets.CommentTarget:
    """Return a post as a comment target."""
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


def _admit(request: HttpRequest, post_id: str) -> Post:
    return access.post_for_reacting(request.user, post_id)


def _change_comment_count(post_id: str, owner_id: str, by: int) -> bool:
    return bool(Post.objects.filter(pk=post_id).update(comment_count=F("comment_count") + by))


def _load_report_target(request: HttpRequest, post_id: str) -> reportable.ReportTarget:
    post = access.post_for_reading(request.user, post_id)
    return reportable.ReportTarget(POST, post.pk, post.channel, str(post), post.text, post.get_absolute_url())


def _referenced_folders(folders: set[str]) -> Iterable[str]:
    return Post.objects.filter(picture__in=folders, picture__gt="").values_list("picture", flat=True)


def _images_of(document: dict[str, object]) -> Iterator[str]:
    if folder := document.get("picture"):
        yield f"media/profiles/{folder}/"


references.register_references("subscriptions_post", _images_of)
image_storage.register_folder_lookup(
    _referenced_folders, expects=lambda: Post.objects.filter(picture__gt="").exists()
)
targets.register_target_type(
    POST, targets.TargetType(_load_target, _admit, _change_comment_count, queries.titles_by_id)
)
reportable.register_reportable(
    POST,
    reportable.ReportableType(
        _load_report_target,
        reportable.without_actor(lambda post_id: services.set_taken_down(post_id, True)),
        reportable.without_actor(lambda post_id: services.set_taken_down(post_id, False)),
    ),
)


def _preview(post_id: str) -> previews.ContentPreview | None:
    post = Post.objects.select_related("channel", "video__channel").filter(pk=post_id).first()
    if post is None:
        return None
    image = image_urls(post.picture, image_processing.POST)[0] if post.picture else ""
    state = previews.shown_state(is_taken_down=post.is_taken_down, is_active=post.channel.is_active)
    return previews.ContentPreview(state, post.text, post.get_absolute_url(), image or "", post.video)


previews.register_preview(POST, _preview)
