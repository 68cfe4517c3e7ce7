"""A channel's posts from an archive. Nobody is notified."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from accounts import email_verification, image_processing, image_storage
from accounts.models import User
from subscriptions.models import Post
from subscriptions.posts.services import clean_post_text
from videos import strikes
from videos.models import Video


def restore_post(
    user: User,
    text: object,
    *,
    post_id: str,
    created_at: datetime,
    edited_at: datetime | None = None,
    video: Video | None = None,
    picture: IO[bytes] | None = None,
    allow_comments: bool = True,
) -> Post:
    """Store a post as it was. Raises ``Invalid``, ``PublishingPaused`` or ``EmailNotVerified``."""
    strikes.require_may_publish(user)
    email_verification.require_verified_email(user)
    kind = image_processing.POST
    prepared = {"picture": image_processing.prepare_image(picture, kind, field="picture")} if picture else {}
    size = list(image_processing.dimensions(prepared["picture"], kind)) if prepared else []
    with image_storage.stored_images(prepared) as folders:
        post = Post(
            channel=user,
            text=clean_post_text(text),
            video=None if prepared else video,
            picture=folders.get("picture", ""),
            picture_size=size,
            allow_comments=allow_comments,
            created_at=created_at,
            edited_at=edited_at,
        )
        post.pk = post_id
        post.save(force_insert=True)
    return post
