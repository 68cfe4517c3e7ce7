"""Filters that turn codes of exports and imports into words of the page's language."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

STATUSES = {
    "queued": _("Queued"),
    "running": _("In progress"),
    "ready": _("Ready"),
    "done": _("Done"),
    "failed": _("Failed"),
    "expired": _("Expired"),
}
# The statuses of videos whose badges look alike.
BADGES = {"running": "processing", "done": "ready", "expired": "failed"}


@register.filter
def takeout_status(code: str) -> str:
    """Return the label of a status: ``running`` -> ``In progress``."""
    return str(STATUSES.get(code, code))


@register.filter
def takeout_badge(code: str) -> str:
    """Return the status of a video that has the same badge."""
    return BADGES.get(code, code)
