"""What cards of videos need to know of the page's viewer."""

from __future__ import annotations

from django import template
from django.template import Context

from accounts import preferences
from accounts.models import User
from videos import sensitivity
from videos.models import Status
from videos.schemas.cards import CardDict

register = template.Library()


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
