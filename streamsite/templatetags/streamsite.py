"""Filters for texts and other values of pages; those by language are in ``formats``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from urllib.parse import quote

from django import template
from django.utils.html import Urlizer, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from ua_parser import parse

from streamsite.sanitize import has_userinfo

register = template.Library()
HREF = re.compile(r'href="([^"]*)"')


class LinkWriter(Urlizer):
    """Django's ``urlize``, which leaves addresses with a user before their host as text."""

    def handle_word(
        self,
        word: str,
        *,
        safe_input: bool,
        trim_url_limit: int | None = None,
        nofollow: bool = False,
        autoescape: bool = False,
    ) -> str:
        """Return the word as a link, or escaped."""
        written: str = super().handle_word(
            word,
            safe_input=safe_input,
            trim_url_limit=trim_url_limit,
            nofollow=nofollow,
            autoescape=autoescape,
        )
        match = HREF.search(written)
        return escape(word) if match and has_userinfo(unescape(match[1])) else written


write_links = LinkWriter()


@register.filter(is_safe=True, needs_autoescape=True)
def linked(text: str, autoescape: bool = True) -> SafeString:
    """Return ``text`` with its web and email addresses as links."""
    return mark_safe(write_links(text, nofollow=True, autoescape=autoescape))  # noqa: S308 - escaped by it


INERT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@register.filter
def thumbnail_file(url: str, name: str) -> str:
    """Return a thumbnail's URL in another size or format: ``.../card-2.webp`` as ``.../small-2.avif``."""
    folder, _, file = url.rpartition("/")
    size, _, form = name.partition(".")
    stem = file.rpartition(".")[0]
    _, dash, suffix = stem.partition("-")
    return f"{folder}/{size}{dash}{suffix}.{form}"


@register.filter
def initial(name: str | None) -> str:
    """Return the first letter of a name, for avatars without an image."""
    return (name or "?").strip()[:1].upper() or "?"


@register.filter
def device(user_agent: str) -> str:
    """Return browser and system of a ``User-Agent``, such as ``Firefox on Windows``, or the program's own name."""
    if not user_agent.strip():
        return _("Unknown device")
    browser, system = _browser_and_system(user_agent)
    if not system:
        return browser
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


@lru_cache(maxsize=500)
def _browser_and_system(user_agent: str) -> tuple[str, str]:
    """Return the names of browser and system; the second is ``""`` if it is unknown."""
    found = parse(user_agent)
    if found.user_agent is None:
        return user_agent[:60], ""
    return found.user_agent.family, found.os.family if found.os else ""


@register.simple_tag
def json_ld(data: Mapping[str, object]) -> SafeString:
    """Render JSON-LD for programs that read pages. Browsers do not run it, so the content security policy allows it.

    Characters that could end the block or begin another are written as JSON escapes.
    """
    text = json.dumps(data, ensure_ascii=False).translate(INERT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


@register.filter
def svg_uri(svg: str) -> str:
    """Return an SVG image as a ``data:`` URI."""
    return f"data:image/svg+xml,{quote(svg)}"
