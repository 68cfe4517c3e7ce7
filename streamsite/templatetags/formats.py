"""Formats and attributes by the viewer's language and time zone. Available in every template without ``{% load %}``."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from streamsite import formats, languages
from streamsite.api.renderers import iso

register = template.Library()


@register.filter
def duration(seconds: float | None) -> str:
    """Format seconds: ``61.4`` -> ``1:01``, ``3723`` -> ``1:02:03``."""
    return formats.clock(seconds or 0)


@register.filter
def size(number: int | None) -> str:
    """Format a number of bytes: ``60600000`` -> ``60.6 MB``."""
    return formats.size(number or 0)


@register.filter
def compact(number: float | None) -> str:
    """Shorten a count: ``1234`` -> ``1.2K``, ``5000000`` -> ``5M``."""
    return formats.compact(number or 0)


@register.filter
def whole(number: float | None) -> str:
    """Format a count with separators: ``18029`` -> ``18,029``."""
    return formats.number(number or 0)


@register.filter
def percent(share: float | None) -> str:
    """Format a share of one: ``0.425`` -> ``42%``."""
    return formats.percent(share or 0)


@register.filter
def day(value: str | date | None) -> str:
    """Format a date, a datetime or an ISO text: ``Mar 3, 2014``."""
    return formats.day(value) if value else ""


@register.filter
def moment(value: str | datetime | None) -> str:
    """Format a datetime or ISO time: ``Nov 29, 2026, 2:05 PM GMT``. Prefer the tag ``local_time``."""
    return formats.moment(value) if value else ""


@register.filter
def ago(value: str | datetime | None) -> str:
    """Format the time since a datetime or ISO time, in its largest unit: ``3 days ago``."""
    return formats.ago(value) if value else ""


def _time(value: str | datetime, text: str, attributes: str) -> SafeString:
    machine = value if isinstance(value, str) else iso(value)
    return format_html('<time datetime="{}"{}>{}</time>', machine, SafeString(attributes), text)


@register.simple_tag
def local_time(value: str | datetime | None) -> SafeString:
    """Return a ``<time>`` with date and time. Scripts show it in the browser's zone; without them the zone is named."""
    return _time(value, formats.moment(value), " data-local") if value else SafeString("")


@register.simple_tag
def your_time(value: str | datetime) -> SafeString:
    """Return a ``<time>`` with date and time that says whose clock it is: ``..., your time``."""
    return _time(value, formats.your_time(value), ' data-local="yours"')


@register.simple_tag
def local_day(value: str | datetime | None) -> SafeString:
    """Return a ``<time>`` with the day of a moment."""
    return _time(value, formats.day(value), ' data-local="day"') if value else SafeString("")


@register.simple_tag
def time_ago(value: str | datetime | None) -> SafeString:
    """Return a ``<time>`` that says how long ago a moment was: ``3 days ago``."""
    return _time(value, formats.ago(value), "") if value else SafeString("")


@register.simple_tag
def language_attributes() -> SafeString:
    """Return the attributes of ``<html>``: language, direction, and the time zone that the account chose, if any."""
    text = format_html('lang="{}" dir="{}"', translation.get_language(), languages.direction())
    if formats.has_zone():
        text += format_html(' data-time-zone="{}"', timezone.get_current_timezone_name())
    return text


@register.simple_tag
def language_catalog() -> SafeString:
    """Return the script with the translations of texts in modules; nothing in the language of the source."""
    code = translation.get_language() or settings.LANGUAGE_CODE
    if code == settings.LANGUAGE_CODE:
        return SafeString("")
    return format_html('<script defer src="{}"></script>', static(f"js/catalogs/{code}.js"))


@register.simple_tag
def language_now() -> str:
    """Return the active language's name, in that language."""
    return dict(settings.LANGUAGES)[translation.get_language() or settings.LANGUAGE_CODE]
