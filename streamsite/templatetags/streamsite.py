"""Filters for durations, counts and times."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import quote

from django import template
from django.utils.html import Urlizer, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from ua_parser import parse

from streamsite.sanitize import format_bytes, has_userinfo

register = template.Library()
HREF = re.compile(r'href="([^"]*)"')


class LinkWriter(Urlizer):
    """Django's ``urlize`` without addresses that have a user before their host."""

    def handle_word(self, word: str, **options: Any) -> str:
        written: str = super().handle_word(word, **options)
        match = HREF.search(written)
        return escape(word) if match and has_userinfo(unescape(match[1])) else written


write_links = LinkWriter()


@register.filter(is_safe=True, needs_autoescape=True)
def linked(text: str, autoescape: bool = True) -> SafeString:
    """``text`` with its web and email addresses as links."""
    return mark_safe(write_links(text, nofollow=True, autoescape=autoescape))  # noqa: S308 - escaped by it


INERT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@register.filter
def duration(seconds: float | None) -> str:
    """``61.4`` -> ``1:01``; ``3723`` -> ``1:02:03``."""
    whole = int(seconds or 0)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


@register.filter
def size(number: int | None) -> str:
    """``60600000`` -> ``60.6 MB``."""
    return format_bytes(number or 0)


@register.filter
def poster(url: str, name: str) -> str:
    """The same picture in another size or format: ``.../card-2.webp`` with ``small.avif`` -> ``.../small-2.avif``."""
    folder, _, file = url.rpartition("/")
    size, _, form = name.partition(".")
    stem = file.rpartition(".")[0]
    _, dash, suffix = stem.partition("-")
    return f"{folder}/{size}{dash}{suffix}.{form}"


@register.filter
def compact(number: int | None) -> str:
    """``1234`` -> ``1.2K``; ``5000000`` -> ``5M``."""
    value = float(number or 0)
    for suffix in ("", "K", "M", "B"):
        if value < 1000 or suffix == "B":
            break
        value /= 1000
    shown = f"{int(value * 10) / 10:.1f}".removesuffix(".0") if suffix and value < 100 else str(int(value))
    return f"{shown}{suffix}"


@register.filter
def moment(value: str | datetime) -> str:
    """An ISO time or datetime as ``30 Nov 2026, 18:00 UTC``."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{when.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


@register.filter
def day(value: str | date) -> str:
    """An ISO day or date as ``Mar 3, 2014``."""
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{when:%b} {when.day}, {when.year}"


@register.filter
def ago(moment: str | datetime | None) -> str:
    """An ISO time or datetime as ``3 days ago``, in its largest unit."""
    if not moment:
        return ""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    if (datetime.now(UTC) - when).total_seconds() < 60:
        return "just now"
    return f"{timesince(when, depth=1)} ago"


@register.filter
def initial(name: str | None) -> str:
    """The first letter, for avatars without a picture."""
    return (name or "?").strip()[:1].upper() or "?"


@register.filter
@lru_cache(maxsize=500)
def device(user_agent: str) -> str:
    """A ``User-Agent`` in words: ``Firefox on Windows``; programs keep the name they give themselves."""
    if not user_agent.strip():
        return "Unknown program"
    found = parse(user_agent)
    if found.user_agent is None:
        return user_agent[:60]
    return f"{found.user_agent.family} on {found.os.family}" if found.os else found.user_agent.family


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """A block of data for programs that read pages. Browsers do not run it, so the content security policy allows it.

    What could end the block or begin another is written as JSON's own escapes.
    """
    text = json.dumps(data, ensure_ascii=False).translate(INERT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


@register.filter
def svg_uri(svg: str) -> str:
    """An SVG picture as the address of an image."""
    return f"data:image/svg+xml,{quote(svg)}"
