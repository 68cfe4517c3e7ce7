"""Scheduled changes of visibility: what makes one, what ends it, and when it may be carried out.

A schedule is ``publish_at``, ``publish_visibility`` and ``schedule_epoch``, which is the video's ``visibility_epoch``
when it was made. Whatever changes who may see a video raises that number, so a schedule of another epoch was made for
a state that is over, and is dropped instead of carried out. Schedules made by the previous release have no epoch.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import email_verification
from streamsite.templatetags.formats import your_time
from streamsite.visibility import Visibility, is_linkable, is_listed
from videos import strikes
from videos.metadata import VideoChanges
from videos.models import Status, Video
from videos.playback_gate import CHANNEL_ACTIVE, NOT_TAKEN_DOWN, PlaybackGate

logger = logging.getLogger("streamsite.schedules")

# The values of a video without a schedule.
NO_SCHEDULE: VideoChanges = {
    "publish_at": None,
    "publish_visibility": Visibility.PUBLIC,
    "schedule_epoch": None,
}

# What a schedule will do, by the visibility that the video then has, and what a visibility means now.
_SCHEDULED = {
    Visibility.PUBLIC: gettext_lazy("Scheduled for %(time)s."),
    Visibility.UNLISTED: gettext_lazy("Scheduled to become unlisted on %(time)s."),
    Visibility.PRIVATE: gettext_lazy("Scheduled to become private on %(time)s."),
}
_CURRENT = {
    Visibility.PUBLIC: gettext_lazy("Everyone can find and watch this video."),
    Visibility.UNLISTED: gettext_lazy("Only people with the link can watch this video."),
    Visibility.PRIVATE: gettext_lazy("Only you can watch this video."),
}


def schedule_sentence(at: datetime | str, visibility: str) -> SafeString:
    """Return what a schedule will do, in the words of every page: "Scheduled for Nov 28, 2026, 11:59 PM, your time".

    ``at`` may be an ISO time. The sentence is HTML with a ``<time>``, which scripts show in the browser's zone.
    """
    return SafeString(escape(_SCHEDULED[Visibility(visibility)]) % {"time": your_time(at)})


def outlook(video: Video, changes: VideoChanges) -> SafeString:
    """Return who could watch the video after the cleaned ``changes``, or what its schedule would then do."""
    changes = changes.copy()
    add_schedule_changes(video, changes)
    at = changes.get("publish_at", video.publish_at)
    if at is not None:
        return schedule_sentence(at, changes.get("publish_visibility", video.publish_visibility))
    return escape(_CURRENT[Visibility(changes.get("visibility", video.visibility))])


def add_schedule_changes(video: Video, changes: VideoChanges) -> None:
    """Add to the cleaned ``changes`` of a stored video the changes of its schedule that they imply.

    A visibility without a time in the same change is a choice that replaces the schedule. A new time or a new
    visibility for it makes the schedule one of the video's present epoch, or of the one that the change begins.
    """
    moment = changes.get("publish_at", video.publish_at)
    is_choice = "visibility" in changes and "publish_at" not in changes
    if is_choice or ("publish_at" in changes and moment is None):
        changes.update(NO_SCHEDULE)
    elif moment is not None and {"publish_at", "publish_visibility"} & changes.keys():
        begins = changes.get("visibility", video.visibility) != video.visibility
        changes["schedule_epoch"] = F("visibility_epoch") + (1 if begins else 0)


def is_more_visible(before: str, after: str) -> bool:
    """Return whether more people see a video of visibility ``after`` than of ``before``."""
    return (is_linkable(after) and not is_linkable(before)) or (is_listed(after) and not is_listed(before))


def iter_due() -> Iterator[Video]:
    """Yield the videos whose scheduled time has come, with their channels."""
    return _due().select_related("channel").iterator()


def is_any_due() -> bool:
    """Return whether the scheduled time of any video has come."""
    return _due().exists()


def is_due(video_id: str) -> bool:
    """Return whether the video's scheduled time has come."""
    return _due().filter(pk=video_id).exists()


def _due() -> QuerySet[Video]:
    return Video.objects.filter(publish_at__lte=timezone.now())


def is_superseded(video: Video) -> bool:
    """Return whether the video's visibility was changed after its schedule was made."""
    return video.schedule_epoch not in {None, video.visibility_epoch}


def hold_reason(video: Video) -> str:
    """Return why a change that is due has to wait, as a sentence; ``""`` when it can be applied."""
    gate = PlaybackGate.of(video)
    if not gate.meets(CHANNEL_ACTIVE):
        return _("The account is closed or suspended.")
    if not gate.meets(NOT_TAKEN_DOWN):
        return _("The video was taken down.")
    if strikes.is_publishing_paused(video.channel_id):
        return str(strikes.PublishingPaused.detail)
    if is_more_visible(video.visibility, video.publish_visibility):
        if email_verification.needs_verified_email(video.channel):
            return str(email_verification.EmailNotVerified.detail)
        if video.status != Status.READY:
            return _("The video isn't ready yet.")
    return ""


def overdue_reason(video: Video) -> str:
    """Return ``hold_reason`` for a change whose time has come, else ``""``."""
    is_late = video.publish_at is not None and video.publish_at <= timezone.now()
    return hold_reason(video) if is_late else ""


def apply_change(video: Video) -> bool:
    """Apply the scheduled change if the row still equals ``video``. Return whether it was applied."""
    changed = Video.objects.filter(
        _as_read(video),
        NOT_TAKEN_DOWN.q(),
        visibility=video.visibility,
        visibility_epoch=video.visibility_epoch,
        status=video.status,
    ).update(
        visibility=video.publish_visibility,
        visibility_epoch=F("visibility_epoch") + 1,
        version=F("version") + 1,
        updated_at=timezone.now(),
        **NO_SCHEDULE,
    )
    return bool(changed)


def drop_schedule(video: Video) -> None:
    """Remove the schedule if it is still the one of ``video``."""
    if Video.objects.filter(_as_read(video)).update(**NO_SCHEDULE, version=F("version") + 1):
        logger.info("video %s: a schedule from before a change of its visibility was dropped", video.pk)


def cancellation_notice(before: Video, after: Video) -> str:
    """Return a sentence when a change from ``before`` to ``after`` canceled a schedule, else ``""``."""
    if before.publish_at is None or after.publish_at is not None:
        return ""
    return _("The scheduled change to %(visibility)s was canceled.") % {
        "visibility": Visibility(before.publish_visibility).label
    }


def _as_read(video: Video) -> Q:
    return Q(
        pk=video.pk,
        publish_at=video.publish_at,
        publish_visibility=video.publish_visibility,
        schedule_epoch=video.schedule_epoch,
    )
