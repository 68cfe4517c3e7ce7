"""Tags for the site's scripts and styles. Available in every template without ``{% load %}``."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from streamsite.assets import EARLY_SCRIPT, JOINED, SITE_STYLE
from streamsite.module_graph import all_imports

register = template.Library()


@register.simple_tag(takes_context=True)
def module(context: Context, name: str) -> SafeString:
    """Return the ``<script>`` of the ES module ``name`` and a ``modulepreload`` for each module that it imports.

    Modules run after the page is parsed, so all have a low priority: styles and the first images come before them. What
    another tag of the page has named is not named again.
    """
    request = getattr(context, "request", None)
    named: set[str] = getattr(request, "named_modules", set())
    needed = [other for other in all_imports(name) if other not in named]
    if request is not None:
        request.named_modules = named | {name, *needed}
    return format_html(
        '<script type="module" src="{}" fetchpriority="low"></script>{}',
        static(name),
        format_html_join(
            "",
            '<link rel="modulepreload" href="{}" fetchpriority="low">',
            ((static(other),) for other in needed),
        ),
    )


@register.simple_tag
def site_styles() -> SafeString:
    """Return the link to the styles that every page has: one file, or each of its parts while developing."""
    return format_html_join("", '<link rel="stylesheet" href="{}">', _addresses(SITE_STYLE))


@register.simple_tag
def early_scripts() -> SafeString:
    """Return the script that runs before the first paint, or each of its parts while developing."""
    return format_html_join("", '<script src="{}"></script>', _addresses(EARLY_SCRIPT))


def _addresses(joined: str) -> list[tuple[str]]:
    names = JOINED[joined] if settings.DEBUG else (joined,)
    return [(static(name),) for name in names]
