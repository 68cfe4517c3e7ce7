"""What the viewer of a page gets to see of sensitive videos."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.template import Context

from streamsite.sensitive_content import RTA_LABEL
from videos import sensitivity
from videos.schemas.cards import CardDict

register = template.Library()
register.simple_tag(lambda: RTA_LABEL, name="rta_label")


@register.simple_tag(takes_context=True)
def blurs(context: Context, video: CardDict) -> bool:
    """Return whether the thumbnail of a card is to be blurred for the page's viewer."""
    return sensitivity.card_treatment(context.get("user"), video) in sensitivity.BLURRING


@register.simple_tag(takes_context=True)
def blurs_cover(context: Context, playlist: Mapping[str, object]) -> bool:
    """Return whether the thumbnail of a playlist, which is that of a video, is to be blurred for the page's viewer."""
    is_blurring = sensitivity.policy_of(context.get("user")) in sensitivity.BLURRING
    return bool(playlist["is_sensitive"]) and is_blurring
