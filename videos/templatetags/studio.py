"""Filters of the studio's pages."""

from __future__ import annotations

from datetime import date

from django import template

from videos.chapters import description_parser
from videos.studio import formatting

register = template.Library()
register.filter("watch_time", formatting.format_watch_time)


@register.simple_tag
def chapters_in(description: str | None, seconds: float) -> description_parser.ParsedChapters:
    """Return the chapters that a description gives a video of this length, or why it gives none."""
    return description_parser.find_chapters(description or "", seconds)


@register.filter
def source_name(source: str) -> str:
    """Return the label of a traffic source: ``related`` -> ``Suggested videos``."""
    return str(formatting.SOURCE_LABELS[source])


@register.filter
def verdict_name(verdict: str) -> str:
    """Return the label of a verdict about views: ``counted`` -> ``Counted``."""
    return str(formatting.VERDICT_LABELS[verdict])


@register.filter
def day_name(day: str) -> str:
    """Format an ISO day: ``2026-01-31`` -> ``31 Jan 2026``."""
    return f"{date.fromisoformat(day):%-d %b %Y}"


@register.filter
def percent(share: float) -> str:
    """Format a share of one: ``0.425`` -> ``43%``."""
    return f"{100 * share:.0f}%"


@register.filter
def whole(number: int) -> str:
    """Format a count with separators: ``18029`` -> ``18,029``."""
    return f"{number:,}"
