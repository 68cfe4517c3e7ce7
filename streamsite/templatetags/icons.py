"""The ``icon`` tag: the one way in which templates draw an icon. Available in every template without ``{% load %}``."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# The sprite that holds every icon as a <symbol> with the icon's name as its id.
SPRITE = "icons.svg"


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name: str, slot: str = "") -> SafeString:
    """Return an ``<svg>`` that shows the icon ``name`` of the sprite, in the color and size of its surroundings.

    It is decoration: screen readers skip it, so a control without other text needs an ``aria-label``. ``slot`` is the
    slot of the custom element around it, if any.
    """
    place = format_html(' slot="{}"', slot) if slot else ""
    return format_html(
        '<svg{} class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', place, static(SPRITE), name
    )


@receiver(setting_changed)
def _forget_address(*, setting: str, **_: object) -> None:
    """Clear the cache of icons when a test changes where static files are served from."""
    if setting in {"STATIC_URL", "STORAGES"}:
        icon.cache_clear()
