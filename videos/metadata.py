"""Validation of video metadata: one cleaner per field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict, cast

from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from streamsite.errors import Invalid
from streamsite.licenses import License
from streamsite.sanitize import clean_line, clean_text, is_blank
from streamsite.visibility import Visibility
from videos import embed_allowlist, language_names, original_dates, tags
from videos.chapters import services
from videos.models import CATEGORIES, Video
from videos.schemas.chapters import ChapterDict

MAX_SCHEDULE_AHEAD = timedelta(days=366 * 2)
EDITABLE = (
    "title",
    "description",
    "tags",
    "category",
    "language",
    "license",
    "is_sensitive",
    "originally_published_on",
    "visibility",
    "publish_at",
    "publish_visibility",
    "chapters",
    "allow_comments",
    "allow_embed",
    "embed_domains",
    "allow_download",
    "normalise_loudness",
)

# What ``None`` clears; other fields refuse it or have a cleaner that accepts it.
CLEARABLE = {"description", "category", "language", "license", "tags", "chapters"}


class VideoChanges(TypedDict, total=False):
    """Cleaned values of ``EDITABLE`` fields, and fields that follow from them, as an update stores them."""

    title: str
    description: str
    tags: list[str]
    category: str
    language: str
    license: str
    is_sensitive: bool
    originally_published_on: date | None
    visibility: str
    publish_at: datetime | None
    publish_visibility: str
    chapters: list[ChapterDict]
    allow_comments: bool
    allow_embed: bool
    embed_domains: list[str]
    allow_download: bool
    normalise_loudness: bool
    tag_keys: list[str]
    folded_title: str
    chapters_edited: bool
    visibility_epoch: Combinable
    schedule_epoch: Combinable | None


def clean_metadata(data: Mapping[str, object]) -> VideoChanges:
    """Return the cleaned fields; ``None`` clears a field. Raises ``Invalid`` with all errors by field."""
    problems: dict[str, list[str]] = {}
    clean: dict[str, object] = {}
    for name, value in data.items():
        if value is None and name in CLEARABLE:
            clean[name] = Video._meta.get_field(name).get_default()  # type: ignore[union-attr]
            continue
        try:
            clean[name] = _CLEANERS[name](value)
        except ValueError as error:
            problems[name] = [str(error)]
    if problems:
        raise Invalid(_("Please fix the errors below."), fields=problems)
    return cast(VideoChanges, clean)


def _clean_title(value: object) -> str:
    title = clean_line(value) if isinstance(value, str) else ""
    if is_blank(title):
        raise ValueError(_("Enter a title."))
    if len(title) > 120:
        raise ValueError(_("Use up to %(limit)d characters.") % {"limit": 120})
    return title


def _clean_description(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(_("Enter text."))  # noqa: TRY004 - collected by field, like the others
    text = clean_text(value)
    if len(text) > 5000:
        raise ValueError(_("Use up to %(limit)d characters.") % {"limit": 5000})
    return text


def _clean_category(value: object) -> str:
    if not isinstance(value, str) or value not in {key for key, _ in CATEGORIES}:
        raise ValueError(_("Select a category from the list."))
    return value


def _clean_license(value: object) -> str:
    if not isinstance(value, str) or value not in License.values:
        raise ValueError(_("Choose one of: %(values)s.") % {"values": ", ".join(License.values)})
    return value


def _clean_visibility(value: object) -> str:
    if not isinstance(value, str) or value not in Visibility.values:
        raise ValueError(_("Choose one of: %(values)s.") % {"values": ", ".join(Visibility.values)})
    return value


def _clean_publish_visibility(value: object) -> str:
    return Visibility.PUBLIC if value is None else _clean_visibility(value)


def _clean_publish_at(value: object) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError(_("Use a date and time such as 2030-01-31T18:00:00Z."))
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    now = timezone.now()
    if not now < moment <= now + MAX_SCHEDULE_AHEAD:
        raise ValueError(_("Choose a time within the next two years."))
    return moment


def _clean_flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "1", "on"}:
        return True
    if isinstance(value, str) and value.lower() in {"false", "0", "off", ""}:
        return False
    raise ValueError(_("Must be true or false."))


_CLEANERS: dict[str, Callable[[object], object]] = {
    "title": _clean_title,
    "description": _clean_description,
    "tags": tags.clean_tags,
    "category": _clean_category,
    "language": language_names.clean_language,
    "license": _clean_license,
    "is_sensitive": _clean_flag,
    "originally_published_on": original_dates.clean_original_date,
    "visibility": _clean_visibility,
    "allow_comments": _clean_flag,
    "allow_embed": _clean_flag,
    "embed_domains": embed_allowlist.clean_domains,
    "allow_download": _clean_flag,
    "normalise_loudness": _clean_flag,
    "publish_at": _clean_publish_at,
    "publish_visibility": _clean_publish_visibility,
    "chapters": services.clean_chapters,
}
