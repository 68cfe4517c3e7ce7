"""What can be done to a video. The API, the forms, admin and commands call these."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from streamsite.errors import Conflict, Invalid, Stale, TooLarge
from streamsite.mongo.retry import in_transaction
from streamsite.text import clean_line, clean_text
from streamsite.visibility import Visibility, is_listed
from videos import storage
from videos.models import CATEGORIES, Status, Video

LANGUAGE = re.compile(r"\A[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z")
MAX_TAGS, MAX_TAG = 20, 40
EDITABLE = (
    "title",
    "description",
    "tags",
    "category",
    "language",
    "visibility",
    "allow_comments",
    "allow_embed",
)

# Sent with ``video_id``, before the row goes: apps that refer to videos clean up after themselves.
video_deleted = Signal()


def create_from_upload(
    owner: User,
    upload: Path,
    *,
    filename: str,
    size: int,
    data: dict[str, Any],
    enqueue: Callable[[str], object],
) -> Video:
    """Keep an uploaded file and queue its processing.

    The row and the job are written in one transaction after the file is safe; if that fails the file goes again.
    ``upload`` is moved away. Raises ``Invalid``, ``TooLarge`` or ``storage.DiskFull``.
    """
    require_acceptable_size(size)
    storage.require_space(0)
    name = clean_line(filename)[:255]
    changes = clean_metadata(
        {"title": title_from(name), **{key: data[key] for key in EDITABLE if key in data}}
    )
    video = Video(channel=owner, source_name=name, source_size=size, **changes)
    storage.keep_source(upload, video.pk)
    try:
        with transaction.atomic():
            video.save(force_insert=True)
            enqueue(video.pk)
    except BaseException:
        storage.remove_everything(video.pk)
        raise
    return video


def require_acceptable_size(size: int) -> None:
    """Raise when a file of ``size`` bytes is empty or larger than what is accepted."""
    if size == 0:
        raise Invalid("The file is empty.", fields={"file": ["The file is empty."]})
    if size > settings.MAX_UPLOAD_BYTES:
        raise TooLarge(f"A file may have at most {settings.MAX_UPLOAD_BYTES} bytes.")


def title_from(filename: str) -> str:
    """A first title from a file's name: without folders and suffix, underscores as spaces."""
    stem = re.split(r"[/\\]", filename)[-1]
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}\Z", "", stem)
    return clean_line(stem.replace("_", " "))[:120] or "Untitled video"


def clean_metadata(data: dict[str, Any]) -> dict[str, Any]:
    """The editable fields, cleaned. Raises ``Invalid`` with every problem by field."""
    problems: dict[str, list[str]] = {}
    clean: dict[str, Any] = {}
    for name, value in data.items():
        try:
            clean[name] = _CLEANERS[name](value)
        except ValueError as error:
            problems[name] = [str(error)]
    if problems:
        raise Invalid("Some fields are not right.", fields=problems)
    return clean


def update(video: Video, data: dict[str, Any], *, expected_version: int | None = None) -> Video:
    """Change a video's metadata. ``Stale`` when it is no longer at ``expected_version``."""
    changes = clean_metadata({key: data[key] for key in EDITABLE if key in data})
    rows = Video.objects.filter(pk=video.pk)
    if expected_version is not None:
        rows = rows.filter(version=expected_version)
    if not rows.update(**changes, version=F("version") + 1, updated_at=timezone.now()):
        raise Stale
    refresh_listing(video.pk)
    return Video.objects.select_related("channel").get(pk=video.pk)


def require_version(video: Video, expected: int | None) -> None:
    """Raise ``Stale`` when the caller expected another version of the video."""
    if expected is not None and video.version != expected:
        raise Stale


def refresh_listing(video_id: str) -> None:
    """Bring ``listed`` in line with visibility and status, and the channel's counter with ``listed``.

    Each switch is one conditional update whose outcome decides the counter, so repeats and races count once.
    """
    video = Video.objects.select_related("channel").filter(pk=video_id).first()
    if video is None:
        return
    wanted = is_listed(video.visibility) and video.status == Status.READY and video.channel.is_active
    if wanted:
        Video.objects.filter(pk=video_id, published_at=None).update(published_at=timezone.now())
    with transaction.atomic():
        switched = Video.objects.filter(
            pk=video_id, listed=not wanted, visibility=video.visibility, status=video.status
        ).update(listed=wanted)
        if switched:
            User.objects.filter(pk=video.channel_id).update(
                video_count=F("video_count") + (1 if wanted else -1)
            )


def delete(video: Video) -> None:
    """Remove the video, its files, and what refers to it. Safe to repeat."""
    video_deleted.send(sender=Video, video_id=video.pk)

    def remove_row() -> None:
        unlisted = Video.objects.filter(pk=video.pk, listed=True).update(listed=False)
        if unlisted:
            User.objects.filter(pk=video.channel_id).update(video_count=F("video_count") - 1)
        Video.objects.filter(pk=video.pk).delete()

    in_transaction(remove_row)
    storage.remove_everything(video.pk)


def retry(video: Video, *, enqueue: Callable[[str], object]) -> Video:
    """Queue a failed video again. ``Conflict`` unless it failed and its file is still there."""
    if video.status != Status.FAILED:
        raise Conflict("Only a video whose processing failed can be tried again.")
    if not storage.source_path(video.pk).is_file():
        raise Conflict("The uploaded file was refused and is gone. Upload another one.")
    with transaction.atomic():
        queued = Video.objects.filter(pk=video.pk, status=Status.FAILED).update(
            status=Status.QUEUED, progress=0.0, failure_code="", failure_detail="", steps=[]
        )
        if queued:
            enqueue(video.pk)
    return Video.objects.select_related("channel").get(pk=video.pk)


def _clean_title(value: Any) -> str:
    title = clean_line(value) if isinstance(value, str) else ""
    if not title:
        raise ValueError("Give the video a title.")
    if len(title) > 120:
        raise ValueError("At most 120 characters.")
    return title


def _clean_description(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("Not a text.")  # noqa: TRY004 - collected by field, like the others
    text = clean_text(value)
    if len(text) > 5000:
        raise ValueError("At most 5000 characters.")
    return text


def _clean_tags(value: Any) -> list[str]:
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("Not a list of words.")
    tags = list(dict.fromkeys(clean_line(word).lstrip("#").lower() for word in words))
    tags = [tag for tag in tags if tag]
    if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in tags):
        raise ValueError(f"At most {MAX_TAGS} tags of {MAX_TAG} characters.")
    return tags


def _clean_category(value: Any) -> str:
    if value not in {key for key, _ in CATEGORIES}:
        raise ValueError("Not a category of this site.")
    return str(value)


def _clean_language(value: Any) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or not LANGUAGE.match(value):
        raise ValueError("Use a language tag such as en or pt-BR.")
    return value


def _clean_visibility(value: Any) -> str:
    if value not in Visibility.values:
        raise ValueError(f"One of: {', '.join(Visibility.values)}.")
    return str(value)


def _clean_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "1", "on"}:
        return True
    if isinstance(value, str) and value.lower() in {"false", "0", "off", ""}:
        return False
    raise ValueError("True or false.")


_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "title": _clean_title,
    "description": _clean_description,
    "tags": _clean_tags,
    "category": _clean_category,
    "language": _clean_language,
    "visibility": _clean_visibility,
    "allow_comments": _clean_flag,
    "allow_embed": _clean_flag,
}
