"""The audit trail of the settings: who changed which values, in the admin's log."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest

from streamsite.models import SiteSettings
from streamsite.site_settings.sections import Section
from streamsite.site_settings.store import DOCUMENT


def note(request: HttpRequest, section: Section[Any], names: list[str]) -> None:
    """Write one line about changed values. Their content is not part of it."""
    if not names:
        return
    LogEntry.objects.create(
        user_id=str(request.user.pk),
        content_type_id=ContentType.objects.get_for_model(SiteSettings).pk,
        object_id=DOCUMENT,
        object_repr=str(section.title)[:200],
        action_flag=CHANGE,
        change_message=f"{section.key}: {', '.join(names)}",
    )


def latest(count: int) -> list[LogEntry]:
    """Return the latest changes, newest first."""
    content_type = ContentType.objects.get_for_model(SiteSettings)
    entries = LogEntry.objects.filter(content_type_id=content_type.pk).select_related("user")
    return list(entries.order_by("-action_time")[:count])
