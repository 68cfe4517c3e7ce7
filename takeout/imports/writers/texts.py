"""Posts of the channel, and the account's comments on its own videos and posts."""

from __future__ import annotations

import io

from subscriptions.models import Post
from subscriptions.posts import access as post_access
from subscriptions.posts.integrations import comment_target
from subscriptions.posts.restoring import restore_post
from takeout import formats
from takeout.imports import codes, items, values
from takeout.imports.context import COMMENT, POST, ImportContext
from takeout.imports.errors import BadArchive
from takeout.imports.report import CHANGED, MISSING, NEW, PRESENT, REFUSED
from videos.comments.restoring import restore_own
from videos.comments.targets import VIDEO, CommentTarget, video_target
from videos.models import Comment

MAX_IMAGE_BYTES = 10 * 1024**2


def write_post(context: ImportContext, item: items.Post) -> None:
    """Import a post."""
    kind = formats.POSTS
    if _find_post(context, item.id) is not None:
        context.report.add(kind, PRESENT)
        return
    if context.is_dry:
        context.report.add(kind, NEW)
        return
    video = context.resolve(item.video) if item.video is not None else None
    if item.video is not None and video is None:
        context.report.note(kind, CHANGED, codes.ITEMS_MISSING, ref=item.id, title=item.text[:80])
    picture = None
    if item.image:
        try:
            picture = io.BytesIO(context.texts.read(item.image, MAX_IMAGE_BYTES))
        except BadArchive:
            context.report.note(kind, CHANGED, codes.THUMBNAIL_LEFT_OUT, ref=item.id, title=item.text[:80])
    restore_post(
        context.user,
        item.text,
        post_id=context.derived_id(POST, item.id),
        created_at=context.moment(item.created_at, kind, item.id),
        edited_at=values.possible(item.edited_at),
        video=video,
        picture=picture,
        allow_comments=item.allow_comments,
    )
    context.report.add(kind, NEW)


def write_comment(context: ImportContext, item: items.Comment) -> None:
    """Import a comment on the account's own content; what was said about that of others stays away."""
    kind = formats.COMMENTS
    said = {"ref": item.id, "title": item.text[:80], "url": item.target.url}
    if _find_comment(context, item.id) is not None:
        context.report.add(kind, PRESENT)
        return
    if item.about == VIDEO and context.will_exist(item.target):
        context.report.add(kind, NEW)
        return
    target = _find_target(context, item)
    if target is None:
        context.report.add(kind, MISSING, codes.NOT_HERE, **said)
        return
    if target.owner.pk != context.user.pk:
        context.report.add(kind, REFUSED, codes.OF_OTHERS, **said)
        return
    thread = _find_comment(context, item.parent) if item.parent else None
    if (
        item.parent
        and not context.is_dry
        and (thread is None or thread.is_reply or thread.subject != target.id)
    ):
        context.report.add(kind, MISSING, codes.NOT_HERE, **said)
        return
    if not context.is_dry:
        restore_own(
            context.user,
            target,
            item.text,
            comment_id=context.derived_id(COMMENT, item.id),
            created_at=context.moment(item.created_at, kind, item.id),
            edited_at=values.possible(item.edited_at),
            thread=thread,
        )
    context.report.add(kind, NEW)


def _find_post(context: ImportContext, ref: str) -> Post | None:
    ids = [context.derived_id(POST, ref)]
    if context.is_own_site and post_access.POST_ID.match(ref):
        ids.append(ref)
    return Post.objects.select_related("channel").filter(pk__in=ids, channel=context.user).first()


def _find_comment(context: ImportContext, ref: str) -> Comment | None:
    ids = [context.derived_id(COMMENT, ref)]
    if context.is_own_site and post_access.POST_ID.match(ref):
        ids.append(ref)
    # A reply of the account may answer a comment of others, which the archive does not have.
    return Comment.objects.filter(pk__in=ids, author_id=context.user.pk).first()


def _find_target(context: ImportContext, item: items.Comment) -> CommentTarget | None:
    if item.about == VIDEO:
        video = context.resolve(item.target)
        return video_target(video) if video is not None else None
    post = _find_post(context, item.target.id)
    return comment_target(post) if post is not None else None
