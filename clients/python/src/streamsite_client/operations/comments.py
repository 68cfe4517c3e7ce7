"""Comments on videos."""

from __future__ import annotations

import uuid
from typing import Literal

from streamsite_client.binding import Listing
from streamsite_client.core import Core, path_of
from streamsite_client.models import Comment
from streamsite_client.operations.videos import version_header
from streamsite_client.steps import Flow


def of_video(video_id: str, *, sort: Literal["top", "newest"] | None = None) -> Listing[Comment]:
    """List the comments that begin threads, the pinned one first."""
    return Listing(path_of("videos", video_id, "comments"), {"sort": sort})


def replies(comment_id: str) -> Listing[Comment]:
    """List the replies to a comment, the oldest first."""
    return Listing(path_of("comments", comment_id, "replies"))


def get(core: Core, /, comment_id: str) -> Flow[Comment]:
    """Read a comment."""
    comment: Comment = yield from core.call("GET", path_of("comments", comment_id))
    return comment


def add(core: Core, /, video_id: str, text: str, *, key: str | None = None) -> Flow[Comment]:
    """Comment on a video; return the comment. ``key`` makes repeated calls write one."""
    path = path_of("videos", video_id, "comments")
    comment: Comment = yield from core.call("POST", path, json={"text": text}, key=key or str(uuid.uuid4()))
    return comment


def reply(core: Core, /, comment_id: str, text: str, *, key: str | None = None) -> Flow[Comment]:
    """Reply to a comment; return the reply."""
    path = path_of("comments", comment_id, "replies")
    comment: Comment = yield from core.call("POST", path, json={"text": text}, key=key or str(uuid.uuid4()))
    return comment


def edit(core: Core, /, comment_id: str, text: str, *, if_version: int | None = None) -> Flow[Comment]:
    """Change the caller's comment; return it."""
    path = path_of("comments", comment_id)
    comment: Comment = yield from core.call(
        "PATCH", path, json={"text": text}, headers=version_header(if_version)
    )
    return comment


def delete(core: Core, /, comment_id: str) -> Flow[None]:
    """Delete a comment with its replies."""
    yield from core.call("DELETE", path_of("comments", comment_id))
