"""Template tag that lists the sections of the settings."""

from __future__ import annotations

from django import template

from accounts.settings_sections import SECTIONS, Section

register = template.Library()


@register.simple_tag
def settings_sections(url_name: str | None) -> list[tuple[Section, bool]]:
    """Return the sections, each with whether the page with this URL name belongs to it."""
    return [(section, section.is_at(url_name or "")) for section in SECTIONS]
