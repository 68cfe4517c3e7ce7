"""Cards of videos on pages: what they need to know of the page's viewer, and their HTML, kept by what it shows."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import cast
from urllib.parse import quote

import orjson
from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from accounts import preferences
from accounts.models import User
from streamsite.caching import ExpiringCache
from videos import sensitivity
from videos.models import Status
from videos.schemas.cards import CardDict

register = template.Library()

TEMPLATE = "components/video_card.html"
# What a page may say about a card besides the video: whether the channel is left out, the playlist that its address
# leads into, its place among the first ones, the size of its thumbnail, whether it has no preview, and what was found.
NAMES = ("hide_channel", "list", "place", "sizes", "has_no_preview", "found_words")
# Stands in kept HTML for the address to come back to; nobody can guess it, so no title contains it.
PLACEHOLDER = secrets.token_hex(16)
# "5 minutes ago" holds for a minute.
KEPT_SECONDS, MAX_KEPT = 60, 4_000

_kept: ExpiringCache[tuple[bytes, ...], str] = ExpiringCache(seconds=KEPT_SECONDS, max_entries=MAX_KEPT)


@register.simple_tag(takes_context=True)
def preview_url(context: Context, video: CardDict) -> str:
    """Return the address of the storyboard, by which a card is previewed under the pointer.

    "" for videos that have none yet, whose thumbnail is blurred for the viewer, or for who turned previews off.
    """
    viewer = context.get("user")
    if isinstance(viewer, User) and not preferences.value_of(viewer.preferences, "hover_previews"):
        return ""
    if video["status"] != Status.READY or sensitivity.card_treatment(viewer, video) in sensitivity.ASKING:
        return ""
    return video["storyboard_url"] or ""


@register.simple_tag(takes_context=True)
def video_card(context: Context, **given: object) -> SafeString:
    """Return the card of ``video``, from the context or ``given`` as are ``NAMES``.

    The template sees these, the viewer, and nothing else of the page, so its HTML is kept by them: a page of 20 cards
    would otherwise spend most of its time on the same HTML as the page before.
    """
    video = cast(CardDict, given.get("video", context.get("video")))
    shown = {name: given.get(name, context.get(name)) for name in NAMES}
    viewer, request = context.get("user"), context.get("request")
    key = _key(context, video, shown, viewer)
    html = _kept.get(key, "")
    if not html:
        values = {**shown, "video": video, "user": viewer, "next_path": PLACEHOLDER}
        html = context.template.engine.get_template(TEMPLATE).render(context.new(values))  # type: ignore[union-attr]
        _kept.put(key, html)
    address = request.get_full_path() if isinstance(request, HttpRequest) else "/"
    # Safe: the template's own HTML, in which a quoted address takes the place of a word.
    return mark_safe(html.replace(PLACEHOLDER, quote(address)))  # noqa: S308


def _key(context: Context, video: CardDict, shown: Mapping[str, object], viewer: object) -> tuple[bytes, ...]:
    """Return all that the HTML of a card depends on."""
    name = viewer.username if isinstance(viewer, User) else None
    facts = {
        **shown,
        "is_member": name is not None,
        "may_mute": name is not None and name != video["channel"]["username"],
        "treatment": sensitivity.card_treatment(viewer, video),
        "preview": preview_url(context, video),
        "language": translation.get_language(),
        "time_zone": timezone.get_current_timezone_name(),
        "minute": int(timezone.now().timestamp() // KEPT_SECONDS),
    }
    return orjson.dumps(video, default=str), orjson.dumps(facts, default=repr)


def forget_all() -> None:
    """Drop every kept card."""
    _kept.clear()
