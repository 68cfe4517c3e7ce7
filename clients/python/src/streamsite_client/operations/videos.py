"""Videos, their processing, reactions, thumbnails and captions."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, Literal

from streamsite_client.binding import Listing
from streamsite_client.core import Core, path_of
from streamsite_client.errors import ProcessingFailed
from streamsite_client.models import Caption, Card, Processing, Reaction, Video
from streamsite_client.steps import Flow, Parameter, Sleep

POLL_SECONDS = 2.0


def search(q: str | None = None, **filters: Parameter) -> Listing[Card]:
    """List the public library; filters are ``channel``, ``tag``, ``category``, ``sort`` and the others of the API."""
    return Listing("videos", {"q": q, **filters})


def mine(q: str | None = None, **filters: Parameter) -> Listing[Card]:
    """List the caller's videos in every state; filters are ``status``, ``visibility``, ``category``, ``sort``."""
    return Listing("studio/videos", {"q": q, **filters})


def trending() -> Listing[Card]:
    """List what is watched now."""
    return Listing("trending")


def get(core: Core, /, video_id: str) -> Flow[Video]:
    """Read a video."""
    video: Video = yield from core.call("GET", path_of("videos", video_id))
    return video


def update(core: Core, /, video_id: str, *, if_version: int | None = None, **changes: Any) -> Flow[Video]:
    """Change a video's ``title``, ``tags``, ``chapters`` and so on; return it.

    With ``if_version`` raises ``PreconditionFailed`` when it is not that version any more.
    """
    path = path_of("videos", video_id)
    video: Video = yield from core.call("PATCH", path, json=changes, headers=version_header(if_version))
    return video


def delete(core: Core, /, video_id: str, *, if_version: int | None = None) -> Flow[None]:
    """Delete a video with its files."""
    yield from core.call("DELETE", path_of("videos", video_id), headers=version_header(if_version))


def processing(core: Core, /, video_id: str) -> Flow[Processing]:
    """Read the processing job of the caller's video."""
    job: Processing = yield from core.call("GET", path_of("videos", video_id, "processing"))
    return job


def retry(core: Core, /, video_id: str) -> Flow[Processing]:
    """Process a failed video again."""
    job: Processing = yield from core.call("POST", path_of("videos", video_id, "retry"))
    return job


def wait(
    core: Core,
    /,
    video_id: str,
    *,
    timeout: float | None = None,
    on_progress: Callable[[float], None] | None = None,
    poll_seconds: float = POLL_SECONDS,
) -> Flow[Video]:
    """Wait until the caller's video is processed; return it.

    ``on_progress`` is called with a number from 0 to 1. Raises ``ProcessingFailed``, and ``TimeoutError`` after
    ``timeout`` seconds.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    while True:
        job = yield from processing(core, video_id)
        if on_progress:
            on_progress(1.0 if job["status"] == "ready" else job["progress"])
        if job["status"] == "ready":
            video = yield from get(core, video_id)
            return video
        if job["status"] == "failed":
            failure = job["error"] or {"detail": "Processing failed.", "code": "failed", "retryable": False}
            raise ProcessingFailed(failure["detail"], code=failure["code"], retryable=failure["retryable"])
        if deadline is not None and time.monotonic() >= deadline:
            raise TimeoutError(f"{video_id} is still {job['status']}.")
        yield Sleep(poll_seconds)


def react(core: Core, /, video_id: str, value: Literal["like", "dislike"] | None) -> Flow[Reaction]:
    """Like or dislike a video; ``None`` takes the reaction back."""
    path = path_of("videos", video_id, "reaction")
    if value is None:
        reaction: Reaction = yield from core.call("DELETE", path)
    else:
        reaction = yield from core.call("PUT", path, json={"value": value})
    return reaction


def set_thumbnail(
    core: Core, /, video_id: str, *, image: bytes | None = None, at: float | None = None
) -> Flow[Video]:
    """Show ``image``, or the frame ``at`` seconds, as the video's thumbnail; return the video."""
    path = path_of("videos", video_id, "thumbnail")
    if image is not None:
        files = {"file": ("thumbnail", image, "application/octet-stream")}
        video: Video = yield from core.call("PUT", path, files=files)
    else:
        video = yield from core.call("PUT", path, json={"at": at})
    return video


def captions(video_id: str) -> Listing[Caption]:
    """List a video's caption tracks."""
    return Listing(path_of("videos", video_id, "captions"))


def add_captions(
    core: Core,
    /,
    video_id: str,
    file: bytes,
    *,
    language: str,
    label: str = "",
    kind: str = "subtitles",
    name: str = "captions.vtt",
    key: str | None = None,
) -> Flow[Caption]:
    """Add a track from a file in WebVTT, SubRip or another format that the site reads; return it.

    ``name`` is the file's, by whose ending its format is known. ``key`` makes repeated calls add one track.
    """
    path = path_of("videos", video_id, "captions")
    form = {"language": language, "label": label, "kind": kind}
    caption: Caption = yield from core.call(
        "POST",
        path,
        form={name: value for name, value in form.items() if value},
        files={"file": (name, file, "application/octet-stream")},
        key=key or str(uuid.uuid4()),
    )
    return caption


def delete_captions(core: Core, /, video_id: str, caption_id: str) -> Flow[None]:
    """Delete a track."""
    yield from core.call("DELETE", path_of("videos", video_id, "captions", caption_id))


def version_header(version: int | None) -> dict[str, str]:
    """Return the header by which a change is refused unless the object still has this version."""
    return {} if version is None else {"If-Match": f'"v{version}"'}
