"""The audit trail of the settings: who changed which values, in the admin's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from streamsite import formats
from streamsite.models import SiteSettings
from streamsite.site_settings.sections import Section, find_section
from streamsite.site_settings.store import DOCUMENT


@dataclass(frozen=True)
class Change:
    """A line of the trail: when, whose, and the labels of the section and of its changed values."""

    at: datetime
    username: str
    section: str
    settings: str


def note(user_id: str, section: Section[Any], names: list[str]) -> None:
    """Write one line about values that an account changed. Their content is not part of it."""
    if not names:
        return
    LogEntry.objects.create(
        user_id=user_id,
        content_type_id=ContentType.objects.get_for_model(SiteSettings).pk,
        object_id=DOCUMENT,
        object_repr=str(section.title)[:200],
        action_flag=CHANGE,
        change_message=f"{section.key}: {', '.join(names)}",
    )


def latest(count: int) -> list[Change]:
    """Return the latest changes, newest first, with labels in the active language."""
    content_type = ContentType.objects.get_for_model(SiteSettings)
    entries = LogEntry.objects.filter(content_type_id=content_type.pk).select_related("user")
    return [
        Change(entry.action_time, entry.user.get_username(), *_labels(entry.change_message))
        for entry in entries.order_by("-action_time")[:count]
    ]


def _labels(message: str) -> tuple[str, str]:
    """Return the labels of a line's section and values; names that this version lacks stay as they are."""
    key, _separator, names = message.partition(": ")
    section = find_section(key)
    if section is None:
        return key, names
    return str(section.title), formats.listed([section.label_of(name) for name in names.split(", ")])
