"""Filters that turn codes of exports and imports into words of the page's language."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

from takeout import formats, store
from takeout.imports.report import FILES
from takeout.imports.sources import NAMES

register = template.Library()

STATUSES = {
    store.QUEUED: _("Queued"),
    store.RUNNING: _("In progress"),
    store.READY: _("Ready"),
    store.DONE: _("Done"),
    store.FAILED: _("Failed"),
    store.EXPIRED: _("Expired"),
}
# The statuses of videos whose badges look alike.
BADGES = {store.RUNNING: "processing", store.DONE: "ready", store.EXPIRED: "failed"}
KINDS = {
    formats.ACCOUNT: _("Profile and settings"),
    formats.VIDEOS: _("Videos"),
    formats.SUBSCRIPTIONS: _("Subscriptions"),
    formats.PLAYLISTS: _("Playlists"),
    formats.WATCH_LATER: _("Watch later"),
    formats.SAVED_PLAYLISTS: _("Saved playlists"),
    formats.HISTORY: _("Watch history"),
    formats.REACTIONS: _("Likes and dislikes"),
    formats.POSTS: _("Posts"),
    formats.COMMENTS: _("Comments"),
    FILES: _("Files in the archive"),
}


@register.filter
def takeout_status(code: str) -> str:
    """Return the label of a status: ``running`` -> ``In progress``."""
    return str(STATUSES.get(code, code))


@register.filter
def takeout_badge(code: str) -> str:
    """Return the status of a video that has the same badge."""
    return BADGES.get(code, code)


@register.filter
def takeout_is_running(code: str) -> bool:
    """Return whether a status is that of what has not ended."""
    return code in (store.QUEUED, store.RUNNING)


@register.filter
def takeout_kind(code: str) -> str:
    """Return the label of a kind of objects."""
    return str(KINDS.get(code, code))


@register.filter
def takeout_source(code: str) -> str:
    """Return the name of the program that wrote an archive."""
    return NAMES.get(code, code)
