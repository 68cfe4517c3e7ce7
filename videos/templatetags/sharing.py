"""Tags for metadata that other programs read."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from streamsite.site_settings.features import features
from videos.syndication import urls
from videos.syndication.feed_entries import CONTENT_TYPES, RSS

register = template.Library()


@register.simple_tag
def feed_links(title: str, name: str, *parts: str) -> SafeString:
    """Return the ``<link>`` of each format of a feed; ``name`` is the route of its RSS."""
    kinds = ((ending, name if ending == RSS else f"{name}-{ending}") for ending in CONTENT_TYPES)
    return format_html_join(
        "\n  ",
        '<link rel="alternate" type="{}" href="{}" title="{}">',
        (
            (CONTENT_TYPES[ending], urls.absolute_url(reverse(route, args=parts)), title)
            for ending, route in kinds
        ),
    )


@register.simple_tag
def oembed_link(title: str, name: str, *parts: str) -> SafeString:
    """Return the ``<link>`` by which programs find the oEmbed response of the page with this URL name.

    "" where the site turned embedding off.
    """
    if not features().embeds:
        return SafeString("")
    address = urls.oembed_url(urls.absolute_url(reverse(name, args=parts)))
    return format_html(
        '<link rel="alternate" type="application/json+oembed" href="{}" title="{}">', address, title
    )
