"""Filters of the studio's pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from streamsite import formats
from videos import schedules
from videos.chapters import description_parser
from videos.models import Status
from videos.studio import formatting
from videos.uploads.unfinished import UnfinishedUploadDict, unfinished_upload_of

register = template.Library()
register.filter("watch_time", formats.span)
register.filter("day_name", formats.day)


register.simple_tag(schedules.schedule_sentence)


@register.simple_tag
def chapters_in(description: str | None, seconds: float) -> description_parser.ParsedChapters:
    """Return the chapters that a description gives a video of this length, or why it gives none."""
    return description_parser.find_chapters(description or "", seconds)


@register.simple_tag
def unfinished_upload(video: Mapping[str, str]) -> UnfinishedUploadDict | None:
    """Return the upload that can be resumed for one of the viewer's own videos, ``None`` once its file is complete."""
    return unfinished_upload_of(video["id"]) if video["status"] == Status.UPLOADING else None


@register.filter
def source_name(source: str) -> str:
    """Return the label of a traffic source: ``related`` -> ``Suggested videos``."""
    return str(formatting.SOURCE_LABELS[source])


@register.filter
def verdict_name(verdict: str) -> str:
    """Return the label of a verdict about views: ``counted`` -> ``Counted``."""
    return str(formatting.VERDICT_LABELS[verdict])
