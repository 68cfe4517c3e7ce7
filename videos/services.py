"""Changes of videos, called by the API, forms, admin and commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import channel_marks, email_verification
from accounts.models import User
from accounts.registration import rules, upload_rights
from streamsite.errors import Conflict, Invalid, Stale, TooLarge, stale_or_absent
from streamsite.metrics.instruments import UPLOAD_BYTES, UPLOADS, WHOLE
from streamsite.mongo.retry import run_in_transaction
from streamsite.sanitize import clean_line, format_bytes
from streamsite.site_settings.features import features
from streamsite.visibility import is_linkable
from videos import facet_store, folded_titles, quota, schedules, strikes, tags, video_store
from videos.file_titles import title_from_filename
from videos.files import paths
from videos.metadata import EDITABLE, VideoChanges, clean_metadata
from videos.models import Status, Video
from videos.playback_gate import PlaybackGate
from videos.signals import (
    download_offered,
    files_abandoned,
    listing_refreshed,
    video_deleted,
    video_first_listed,
    video_published,
    video_retitled,
    video_row_deleted,
    visibility_scheduled,
)
from videos.transcoding.errors import is_retryable

# The text fields that others see.
PUBLIC_TEXT_FIELDS = ("title", "description", "tags", "chapters")


def build_draft(
    owner: User, *, filename: str, size: int, data: Mapping[str, object], status: Status = Status.QUEUED
) -> Video:
    """Build an unsaved video for a file of ``size`` bytes, with the editable fields of ``data``.

    Raises ``Invalid``, ``UploadsNotAllowed``, ``PublishingPaused`` for an owner who may not publish for the time being,
    or ``EmailNotVerified`` for one who may only keep it private.
    """
    upload_rights.require_may_upload(owner)
    strikes.require_may_publish(owner)
    changes = clean_metadata(
        {"title": title_from_filename(filename), **{key: data[key] for key in EDITABLE if key in data}}
    )
    changes = _with_defaults(owner, changes)
    video = Video(channel=owner, source_name=clean_line(filename)[:255], source_size=size, status=status)
    if _opens(video, changes):
        email_verification.require_verified_email(owner)
    for field, value in changes.items():
        setattr(video, field, value)
    video.shown_as_sensitive = video.is_sensitive or channel_marks.is_sensitive(owner)
    video.tag_keys = tags.video_keys(video.tags, video.title, video.description)
    video.folded_title = folded_titles.fold_title(video.title)
    if video.publish_at is not None:
        video.schedule_epoch = video.visibility_epoch
    return video


def _with_defaults(owner: User, changes: VideoChanges) -> VideoChanges:
    """Return the fields of a new video with the site's defaults for what its owner did not choose."""
    defaults: VideoChanges = {"license": features().license}
    if not email_verification.needs_verified_email(owner):
        defaults["visibility"] = features().visibility
    return {**defaults, **changes}


def create_from_upload(
    owner: User,
    upload: Path,
    *,
    filename: str,
    size: int,
    data: Mapping[str, object],
    enqueue: Callable[[Video], object],
    sha256: str = "",
    video_id: str = "",
    created_at: datetime | None = None,
    published_at: datetime | None = None,
) -> Video:
    """Store an uploaded file and queue its processing; ``sha256`` is the file's hash if known.

    ``video_id`` is an unused id to give the video; by default it is random. ``created_at`` and ``published_at`` are
    those of a video that was on another site, or here before; one that has been published is not announced.

    The row and the job are written in one transaction after the file is safe; if that fails the file goes again.
    ``upload`` is moved away. Raises ``Invalid``, ``TooLarge`` or ``DiskFull``.
    """
    require_valid_size(size)
    paths.require_space(0)
    quota.require_quota(owner, more=size)
    video = build_draft(owner, filename=filename, size=size, data=data)
    video.source_sha256 = sha256
    video.pk = video_id or video.pk
    video.created_at = created_at or video.created_at
    video.published_at = published_at
    paths.keep_source(upload, video.pk)
    try:

        def store() -> None:
            video.save(force_insert=True)
            enqueue(video)

        quota.store_within(owner, size, store)
    except BaseException:
        # A slow request with the same Idempotency-Key may have stored the same id: its files stay.
        if not Video.objects.filter(pk=video.pk).exists():
            paths.remove_all_files(video.pk)
        raise
    _announce_schedule(video)
    UPLOADS.labels(WHOLE).inc()
    UPLOAD_BYTES.labels(WHOLE).inc(size)
    return video


def require_valid_size(size: int) -> None:
    """Raise ``Invalid`` for an empty file, ``TooLarge`` above the limit."""
    if size == 0:
        raise Invalid(_("This file is empty."), fields={"file": [_("This file is empty.")]})
    if size > (most := rules.max_upload_bytes()):
        raise TooLarge(_("Each file can be up to %(size)s.") % {"size": format_bytes(most)})


def update(video: Video, data: Mapping[str, object], *, expected_version: int | None = None) -> Video:
    """Change a video's metadata. Raise ``Stale`` when it is no longer at ``expected_version``.

    A visibility without a ``publish_at`` cancels the video's schedule: see ``schedules.cancellation_notice``. Raises
    ``Invalid``, and ``PublishingPaused`` or ``EmailNotVerified`` for an owner who may not publish.
    """
    changes = clean_metadata({key: data[key] for key in EDITABLE if key in data})
    schedules.add_schedule_changes(video, changes)
    if _opens(video, changes):
        email_verification.require_verified_email(video.channel)
    if _publishes(video, changes):
        strikes.require_may_publish(video.channel)
    rows = Video.objects.filter(pk=video.pk)
    if expected_version is not None:
        rows = rows.filter(version=expected_version)
    if changes.keys() & {"tags", "title", "description"}:
        changes["tag_keys"] = tags.video_keys(
            changes.get("tags", video.tags),
            changes.get("title", video.title),
            changes.get("description", video.description),
        )
    if "chapters" in changes:
        # Without chapters of its own the video has those of its description again.
        changes["chapters_edited"] = bool(changes["chapters"])
    if changes.get("visibility", video.visibility) != video.visibility:
        changes["visibility_epoch"] = F("visibility_epoch") + 1
    if "title" in changes:
        changes["folded_title"] = folded_titles.fold_title(changes["title"])
    if not rows.update(**changes, version=F("version") + 1, updated_at=timezone.now()):
        raise stale_or_absent(Video.objects.filter(pk=video.pk))
    refresh_listing(video.pk)
    if "title" in changes or "visibility" in changes:
        video_retitled.send(sender=Video, video_id=video.pk)
    changed = Video.objects.select_related("channel").get(pk=video.pk)
    if "publish_at" in changes:
        _announce_schedule(changed)
    if changed.allow_download and changed.is_complete and not changed.has_download:
        download_offered.send(sender=Video, video_id=changed.pk)
    return changed


def _publishes(video: Video, changes: VideoChanges) -> bool:
    """Return whether ``changes`` make the video, or text that others see, visible to more people."""
    after = changes.get("visibility", video.visibility)
    if not is_linkable(after):
        return False
    if schedules.is_more_visible(video.visibility, after):
        return True
    return any(value != getattr(video, name) for name, value in changes.items() if name in PUBLIC_TEXT_FIELDS)


def _opens(video: Video, changes: VideoChanges) -> bool:
    """Return whether ``changes`` make the video visible to more people, at once or by a schedule."""
    if schedules.is_more_visible(video.visibility, changes.get("visibility", video.visibility)):
        return True
    moment = changes.get("publish_at", video.publish_at)
    then = changes.get("publish_visibility", video.publish_visibility)
    is_new = (moment, then) != (video.publish_at, video.publish_visibility)
    return is_new and moment is not None and schedules.is_more_visible(video.visibility, then)


def apply_schedule() -> int:
    """Apply scheduled visibility changes that are due; return their number. Idempotent, safe in parallel.

    A change that is held back waits (``schedules.hold_reason``). One that was made for another epoch is dropped.
    """
    changed = 0
    for video in schedules.iter_due():
        if schedules.is_superseded(video):
            schedules.drop_schedule(video)
        elif not schedules.hold_reason(video):
            changed += schedules.apply_change(video)
            refresh_listing(video.pk)
            video_retitled.send(sender=Video, video_id=video.pk)
    return changed


def take_down(video_id: str) -> None:
    """Hide the video from everyone but its owner, and cancel its schedule. Idempotent.

    It can be put back, and then has no schedule.
    """
    _set_taken_down(video_id, True, **schedules.NO_SCHEDULE)


def restore(video_id: str) -> None:
    """Undo ``take_down``; a schedule that its owner set in the meantime stays. Idempotent."""
    _set_taken_down(video_id, False, schedule_epoch=F("schedule_epoch") + 1)
    video_retitled.send(sender=Video, video_id=video_id)


def _set_taken_down(video_id: str, taken_down: bool, **changes: object) -> None:
    Video.objects.filter(pk=video_id, is_taken_down=not taken_down).update(
        is_taken_down=taken_down,
        visibility_epoch=F("visibility_epoch") + 1,
        version=F("version") + 1,
        updated_at=timezone.now(),
        **changes,
    )
    refresh_listing(video_id)


def require_version(video: Video, expected: int | None) -> None:
    """Raise ``Stale`` when the caller expected another version of the video."""
    if expected is not None and video.version != expected:
        raise Stale


def refresh_listing(video_id: str) -> None:
    """Update ``listed``, the channel's number of videos, and ``facets`` from the fields that decide them.

    Each switch is one conditional update whose outcome decides the counter, so repeats and races count once.
    """
    video = Video.objects.select_related("channel").filter(pk=video_id).first()
    if video is None:
        return
    if video.tag_keys != tags.video_keys(video.tags, video.title, video.description):
        tags.refresh_tag_keys([video_id])
    gate = PlaybackGate.of(video)
    wanted = gate.is_listed
    as_read = Video.objects.filter(gate.unchanged(), pk=video_id)
    is_first = bool(wanted and video.published_at is None and _date_publication(video, as_read))

    def switch() -> None:
        switched = as_read.filter(listed=not wanted).update(listed=wanted)
        if switched:
            User.objects.filter(pk=video.channel_id).update(
                video_count=F("video_count") + (1 if wanted else -1)
            )

    run_in_transaction(switch)
    facet_store.refresh_facets(Video._meta.db_table, {"_id": video_id})
    video_store.refresh_first_published({"_id": video_id})
    if video.shown_as_sensitive != _is_sensitive(video):
        marked = [video.channel_id] if channel_marks.is_sensitive(video.channel) else []
        video_store.refresh_sensitive({"_id": video_id}, marked)
    if not video.folded_title:  # the previous release made it
        Video.objects.filter(pk=video_id, title=video.title).update(
            folded_title=folded_titles.fold_title(video.title)
        )
    listing_refreshed.send(sender=Video, video_id=video_id)
    if is_first:
        video_published.send(sender=Video, video_id=video_id, channel_id=video.channel_id)


def _date_publication(video: Video, as_read: QuerySet[Video]) -> int:
    """Store that a video appears in lists for the first time. Return whether it was this call that did."""

    def date() -> int:
        dated = as_read.filter(published_at=None).update(published_at=timezone.now())
        if dated:
            video_first_listed.send(sender=Video, video=video)
        return dated

    return run_in_transaction(date)


def _is_sensitive(video: Video) -> bool:
    return video.is_sensitive or video.is_sensitive_by_staff or channel_marks.is_sensitive(video.channel)


def delete(video: Video) -> None:
    """Delete the video, its files, and rows that refer to it. Idempotent."""
    video_deleted.send(sender=Video, video_id=video.pk)

    def remove_row() -> None:
        unlisted = Video.objects.filter(pk=video.pk, listed=True).update(listed=False)
        if unlisted:
            User.objects.filter(pk=video.channel_id).update(video_count=F("video_count") - 1)
        Video.objects.filter(pk=video.pk).delete()
        video_row_deleted.send(sender=Video, video_id=video.pk, video=video)
        files_abandoned.send(sender=Video, video_id=video.pk)

    run_in_transaction(remove_row)
    listing_refreshed.send(sender=Video, video_id=video.pk)
    paths.remove_all_files(video.pk)


def retry(video: Video, *, enqueue: Callable[[Video], object]) -> Video:
    """Queue a failed video again. Raises ``Conflict`` when retrying cannot help or the file is gone."""
    _check_retry(video)

    def queue_again() -> None:
        if _set_queued(video.pk):
            enqueue(video)

    run_in_transaction(queue_again)
    return Video.objects.select_related("channel").get(pk=video.pk)


def requeue(video_id: str) -> None:
    """Set a failed video to queued, for a job that exists already. Raises ``Conflict`` as ``retry`` does."""
    video = Video.objects.filter(pk=video_id).first()
    if video is None:
        raise Conflict(_("The video was deleted."))
    _check_retry(video)
    _set_queued(video_id)


def _check_retry(video: Video) -> None:
    if video.status != Status.FAILED:
        raise Conflict(_("Only videos that failed processing can be retried."))
    if not is_retryable(video.failure_code):
        raise Conflict(_("This file can't be converted, so retrying won't help. Choose another file."))
    if not paths.source_path(video.pk).is_file():
        raise Conflict(_("The uploaded file was rejected and deleted. Upload another one."))


def _set_queued(video_id: str) -> int:
    return Video.objects.filter(pk=video_id, status=Status.FAILED).update(
        status=Status.QUEUED, progress=0.0, failure_code="", failure_detail="", steps=[]
    )


def _announce_schedule(video: Video) -> None:
    if video.publish_at is not None:
        visibility_scheduled.send(sender=Video, video_id=video.pk, at=video.publish_at)
