"""The content of the editor's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.forms.boundfield import BoundField
from django.http import HttpRequest

from streamsite.api.pagination import paginate
from videos import duplicate_uploads, mappers, schedules, share_links
from videos.processing import stored_texts

if TYPE_CHECKING:
    from videos.editor.submission import Submission
    from videos.models import Video

MAIN_FIELDS = ("title", "description", "tags")
PAIRED_FIELDS = ("category", "language")
VISIBILITY_FIELDS = ("visibility", "publish_at", "publish_visibility")


def editor_context(
    request: HttpRequest, video: Video, submission: Submission, **sharing: object
) -> dict[str, object]:
    """Return the context of ``videos/edit/editor.html``."""
    found = mappers.serialize_video(video, request.user)
    links = paginate(request, share_links.links_of_video(video), share_links.NEWEST, absolute=False)
    panels = {form.track.pk: form for form in submission.tracks}
    shown = {*MAIN_FIELDS, *PAIRED_FIELDS, *VISIBILITY_FIELDS}
    if not submission.new_track.is_bound:
        submission.new_track.initial["language"] = submission.details.initial.get("language", "")
    return {
        "video": found,
        "editor": submission,
        "form": submission.details,
        "main_fields": _fields(submission, MAIN_FIELDS),
        "paired_fields": _fields(submission, PAIRED_FIELDS),
        "more_fields": [bound for bound in submission.details if bound.name not in shown],
        "visibility_fields": _fields(submission, VISIBILITY_FIELDS),
        "tracks": [(track, panels.get(track["id"])) for track in found["captions"]],
        "is_edited": video.chapters_edited,
        "outlook": schedules.outlook(video, {}),
        "report": stored_texts.report_notes(video.report),
        "waits": schedules.overdue_reason(video),
        "original_kept_until": video.source_leaves_at,
        "original_removed_at": video.source_removed_at,
        "duplicate_of": duplicate_uploads.original_body(video),
        "page": links.body(mappers.serialize_share_link),
        **sharing,
    }


def _fields(submission: Submission, names: tuple[str, ...]) -> list[BoundField]:
    return [submission.details[name] for name in names]
